using RankCollapse.Sweeps.Storage;

namespace RankCollapse.Experiments.Figure3;

/// <summary>The runs of one solver from many starts.</summary>
internal sealed class CollapseEnsemble
{
    private const int Steps = 241;

    private CollapseEnsemble(string name, IReadOnlyList<CollapseRun> runs)
    {
        Name = name;
        Runs = runs;
    }

    /// <summary>The solver's short name, which begins the keys of its trainings.</summary>
    public string Name { get; }

    /// <summary>The runs, by seed.</summary>
    public IReadOnlyList<CollapseRun> Runs { get; }

    /// <summary>Reads the runs' results.</summary>
    public static CollapseEnsemble Of(string name, IEnumerable<long> seeds, IReadOnlyDictionary<string, TrialResult> results, int depth) =>
        new(name, [.. seeds.Select(seed => new CollapseRun(seed, results[$"{name}-{seed}"], CollapseLog.Of(results[$"{name}-{seed}"].Metrics, depth)))]);

    /// <summary>A quantity over the epochs, which are the same in all runs as far as they go.</summary>
    public RunBand OverEpochs(Func<CollapseLog, double[]> quantity) =>
        RunBand.Over([.. Runs.Select(run => (run.Log.Epochs, quantity(run.Log)))], Runs.MaxBy(run => run.Log.Count)!.Log.Epochs);

    /// <summary>A quantity over the seconds, in equal steps to the end of the slowest run.</summary>
    public RunBand OverSeconds(Func<CollapseLog, double[]> quantity) =>
        RunBand.Over([.. Runs.Select(run => (run.Log.Seconds, quantity(run.Log)))], RunBand.Steps(Runs.Max(run => run.Log.Seconds[^1]), Steps));
}

/// <summary>One run of an ensemble.</summary>
/// <param name="Seed">The seed of its start.</param>
/// <param name="Result">How it ended.</param>
/// <param name="Log">Its course.</param>
internal sealed record CollapseRun(long Seed, TrialResult Result, CollapseLog Log)
{
    /// <summary>The largest TCV over all layers at the end.</summary>
    public double LargestFinalTcv => Enumerable.Range(1, Log.Depth).Max(l => Log.Tcv(l)[^1]);

    /// <summary>The layer of the largest TCV at the end.</summary>
    public int LastLayerToCollapse => Enumerable.Range(1, Log.Depth).MaxBy(l => Log.Tcv(l)[^1]);

    /// <summary>The largest rank over the hidden layers at the end.</summary>
    public double LargestFinalRank => Enumerable.Range(1, Log.Depth - 1).Max(l => Log.Ranks(l)[^1]);

    /// <summary>Whether the ranks of all layers are K at the end.</summary>
    public bool HasRanks(int classes) => Enumerable.Range(1, Log.Depth).All(l => Log.Ranks(l)[^1] == classes);
}
