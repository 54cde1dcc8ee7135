using System.Diagnostics;
using RankCollapse.Formats;
using RankCollapse.Runs;
using RankCollapse.Sweeps.Plan;
using RankCollapse.Sweeps.Storage;

namespace RankCollapse.Sweeps.Work;

/// <summary>
/// Collects the rows of the results that a worker stores, and writes them now and then as a shard, so that a table need not open every result.
/// </summary>
internal sealed class ShardWriter(SweepFolder folder, string worker)
{
    private const int MostTrials = 256;
    private const int MostRows = 1 << 20;
    private const double MostSeconds = 20;

    private readonly List<ShardTrial> _trials = [];
    private int _rows;
    private int _number;
    private long _begun;

    /// <summary>Adds a result; writes a shard when enough have come together.</summary>
    public void Add(ResultManifest manifest, Run run, KeptFiles keep)
    {
        if (_trials.Count == 0) _begun = Stopwatch.GetTimestamp();
        _trials.Add(new ShardTrial(manifest, run.Summary, keep == KeptFiles.Summary ? [] : run.Metrics));
        _rows += _trials[^1].Metrics.Count;
        if (_trials.Count >= MostTrials || _rows >= MostRows || Stopwatch.GetElapsedTime(_begun).TotalSeconds > MostSeconds) TryFlush();
    }

    /// <summary>Writes what has come together. Where that fails the rows are left out: whoever makes a table reads those results themselves.</summary>
    public void TryFlush()
    {
        if (_trials.Count == 0) return;
        string name = $"{worker}-{++_number:D6}", aside = Path.Combine(folder.AsidePath, $"shard-{name}");
        try
        {
            FileSteps.MakeFolder(aside);
            ShardTables.Write(aside, _trials);
            FileSteps.MakeFolder(folder.ShardsPath);
            FileSteps.RenameFolder(aside, Path.Combine(folder.ShardsPath, name));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidInputException)
        {
            // The disk is full; the folder aside is cleared away with the worker.
        }
        _trials.Clear();
        _rows = 0;
    }
}
