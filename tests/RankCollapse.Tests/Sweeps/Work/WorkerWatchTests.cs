using RankCollapse.Sweeps.Storage;
using RankCollapse.Sweeps.Work;

namespace RankCollapse.Tests.Sweeps.Work;

public sealed class WorkerWatchTests
{
    private const double Lease = 8;

    [Fact]
    public void AWorker_IsDeadOnceItsHeartbeatHasNotChangedForALease()
    {
        using var folder = new TemporaryFolder();
        SweepFolder sweep = SampleSweep.Create(folder, $$"""{ "settings": { {{SampleSweep.Tiny}} } }""");
        TimeSpan now = TimeSpan.Zero;
        var watch = new WorkerWatch(sweep, Lease, () => now);
        WriteHeartbeat(sweep, "elsewhere", counter: 1);
        for (int second = 0; second < 20; second++)
        {
            now = TimeSpan.FromSeconds(second);
            WriteHeartbeat(sweep, "elsewhere", counter: second);
            Assert.False(watch.IsDead("elsewhere"));
        }
        double silent = 0;
        while (!watch.IsDead("elsewhere"))
        {
            now += TimeSpan.FromSeconds(1);
            silent++;
            Assert.InRange(silent, 0, Lease + 1);
        }
        Assert.InRange(silent, Lease, Lease + 1);
    }

    [Fact]
    public void AnObserverThatWasAsleep_DoesNotBuryTheLiving()
    {
        using var folder = new TemporaryFolder();
        SweepFolder sweep = SampleSweep.Create(folder, $$"""{ "settings": { {{SampleSweep.Tiny}} } }""");
        TimeSpan now = TimeSpan.Zero;
        var watch = new WorkerWatch(sweep, Lease, () => now);
        WriteHeartbeat(sweep, "elsewhere", counter: 1);
        Assert.False(watch.IsDead("elsewhere"));
        now += TimeSpan.FromHours(10);
        Assert.False(watch.IsDead("elsewhere"));
    }

    [Fact]
    public void TimesOfFilesAndClocksInThem_DoNotCount()
    {
        using var folder = new TemporaryFolder();
        SweepFolder sweep = SampleSweep.Create(folder, $$"""{ "settings": { {{SampleSweep.Tiny}} } }""");
        TimeSpan now = TimeSpan.Zero;
        var watch = new WorkerWatch(sweep, Lease, () => now);
        foreach (int year in (int[])[1980, 2099, 2001])
        {
            WriteHeartbeat(sweep, "elsewhere", counter: year);
            File.SetLastWriteTimeUtc(Path.Combine(sweep.WorkersPath, "elsewhere.json"), new DateTime(year, 1, 1, 0, 0, 0, DateTimeKind.Utc));
            now += TimeSpan.FromSeconds(Lease - 1);
            Assert.False(watch.IsDead("elsewhere"));
        }
    }

    [Fact]
    public void AProcessThatIsGone_IsDeadAtOnce()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Processes are looked up in /proc.");
        using var folder = new TemporaryFolder();
        SweepFolder sweep = SampleSweep.Create(folder, $$"""{ "settings": { {{SampleSweep.Tiny}} } }""");
        var watch = new WorkerWatch(sweep, Lease, () => TimeSpan.Zero);
        int process = Environment.ProcessId;
        WriteHeartbeat(sweep, "lives", 1, LocalProcess.Machine, process, LocalProcess.StartOf(process)!);
        Assert.False(watch.IsDead("lives"));
        // The number was given to another process since.
        WriteHeartbeat(sweep, "gone", 1, LocalProcess.Machine, process, "1");
        Assert.True(watch.IsDead("gone"));
    }

    internal static void WriteHeartbeat(SweepFolder sweep, string worker, long counter, string machine = "another", int process = 1, string start = "1") =>
        File.WriteAllBytes(
        Path.Combine(sweep.WorkersPath, worker + ".json"),
        System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(
            new WorkerHeartbeat
            {
                Worker = worker,
                Host = "h",
                Machine = machine,
                Process = process,
                ProcessStart = start,
                Counter = counter,
                Activity = "training"
            },
            StorageJson.Default.WorkerHeartbeat));
}
