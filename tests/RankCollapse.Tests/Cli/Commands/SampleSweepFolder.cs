using RankCollapse.Sweeps.Plan;
using RankCollapse.Sweeps.Storage;
using RankCollapse.Tests.Sweeps.Results;

namespace RankCollapse.Tests.Cli.Commands;

/// <summary>A sweep of nine trials, eight of them done, that verbs of results are tried on.</summary>
public abstract class SampleSweepFolder : IDisposable
{
    private protected SampleSweepFolder()
    {
        Sweep = SampleResults.WriteSweep(Folder.File("sweep"), [1e-4, 1e-3, 1e-2], 3);
        foreach (Trial trial in Sweep.ReadPlan().Trials.Skip(1)) SampleResults.Finish(Sweep, trial);
    }

    private protected TemporaryFolder Folder { get; } = new();

    private protected SweepFolder Sweep { get; }

    public void Dispose()
    {
        Folder.Dispose();
        GC.SuppressFinalize(this);
    }
}
