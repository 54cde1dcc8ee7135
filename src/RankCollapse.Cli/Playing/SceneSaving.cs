using RankCollapse.Formats;
using RankCollapse.Runs;

namespace RankCollapse.Cli.Playing;

/// <summary>Copies the run of a scene to where it stays, as an ordinary run.</summary>
internal static class SceneSaving
{
    /// <summary>Copies a run with its newest checkpoint.</summary>
    /// <param name="source">The run's folder.</param>
    /// <param name="destination">A folder that does not exist, or is empty.</param>
    /// <param name="isFromAnother">Whether the run began with the weights of one that is not kept; it is said to begin with its own first weights then.</param>
    public static void Copy(string source, string destination, bool isFromAnother)
    {
        Run run = RunFolder.Read(source);
        using FolderClaim claim = RunFolder.ClaimNew(destination);
        var folder = RunFolder.Create(destination);
        folder.WriteDataSet(run.DataSet);
        folder.WriteInitial(run.Initial);
        folder.WriteConfiguration(isFromAnother ? run.Configuration with { From = FirstWeights(destination) } : run.Configuration);
        using (Checkpoint? checkpoint = RunFolder.Open(source).OpenNewestCheckpoint())
        {
            if (checkpoint is not null) folder.WriteCheckpoint($"epoch-{run.Summary.Epochs}", checkpoint.State.CopyTo);
        }
        folder.WriteTrained(run.Trained);
        folder.WriteMetrics(run.Metrics);
        folder.WriteSummary(run.Summary);
    }

    /// <summary>The file of the weights with which a run began.</summary>
    public static string FirstWeights(string path) => Path.Combine(path, "initial.safetensors");

    /// <summary>A path that nothing has yet: the one that is wanted, or with the first number that is free.</summary>
    public static string Free(string wanted)
    {
        if (!Path.Exists(wanted)) return wanted;
        int number = 2;
        while (Path.Exists($"{wanted}-{number}")) number++;
        return $"{wanted}-{number}";
    }
}
