using System.Text.RegularExpressions;
using RankCollapse.Formats;
using RankCollapse.Runs;
using RankCollapse.Sweeps;
using RankCollapse.Sweeps.Engines.InProcess;
using RankCollapse.Sweeps.Plan;
using RankCollapse.Sweeps.Storage;
using RankCollapse.Sweeps.Work;
using RankCollapse.Tests.Sweeps;

namespace RankCollapse.Tests.Formats;

/// <summary>A training, or a sweep, that ends at any point at which something happens to a file goes on to the same bits.</summary>
public sealed partial class FilePointTests
{
    private static readonly RunConfiguration Configuration = new()
    {
        Data = "gaussian-mixture",
        Samples = 12,
        Classes = 2,
        Dimension = 4,
        Depth = 2,
        Width = [4],
        Solver = "adam",
        Convention = RankCollapse.Training.Convention.Mean,
        Lambda = 1e-2,
        MaxEpochs = 12,
        GradientTolerance = 1e-300,
        CheckpointSeconds = 1e-9,
        Threads = 1,
    };

    [Fact]
    public void KillAtEveryPoint_LosesNothing()
    {
        using var folder = new TemporaryFolder(inMemory: true);
        double[] expected = Trained(folder.File("undisturbed"));
        int points = 0;
        Watched((_, _) => points++, () => Trained(folder.File("counted")));
        Assert.True(points >= 200, $"There are {points} points.");
        for (int point = 0; point < points; point += Stride(points))
        {
            string run = folder.File($"run-{point}");
            int at = 0;
            Watched((_, _) =>
            {
                // Nothing happens any more after a kill, not even clearing away.
                if (at++ >= point) throw new KilledException();
            }, () => Assert.Throws<KilledException>(() => Trained(run)));
            Assert.Equal(expected, GoneOn(run));
            Directory.Delete(run, recursive: true);
        }
    }

    [Fact]
    public void FailureAtEveryPoint_IsOneLineAndLosesNothing()
    {
        using var folder = new TemporaryFolder(inMemory: true);
        double[] expected = Trained(folder.File("undisturbed"));
        int points = 0;
        Watched((_, _) => points++, () => Trained(folder.File("counted")));
        for (int point = 0; point < points; point += Stride(points))
        {
            string run = folder.File($"run-{point}");
            int at = 0;
            Watched((_, path) =>
            {
                if (at++ == point) throw new IOException($"No space left on device : '{path}'", 28);
            }, () =>
            {
                try
                {
                    Trained(run);
                }
                catch (InvalidInputException e)
                {
                    Assert.DoesNotContain('\n', e.Message);
                }
            });
            Assert.Equal(expected, GoneOn(run));
            if (Directory.Exists(run)) Directory.Delete(run, recursive: true);
        }
    }

    [Theory]
    [InlineData(KeptFiles.Run)]
    [InlineData(KeptFiles.Metrics)]
    public void KillAtEveryPointOfASweep_LosesNothing(KeptFiles keep) => AtEveryPointOfASweep(keep, (specification, path, point) =>
    {
        var points = new Points();
        Watched((action, file) =>
        {
            if (points.NumberOf(action, file) >= point) throw new IOException("The world has ended.");
        }, () => Ended(() => Swept(specification, path)));
    });

    [Fact]
    public void FailureAtEveryPointOfASweep_IsWaitedForOrOneLine_AndLosesNothing() => AtEveryPointOfASweep(KeptFiles.Run, (specification, path, point) =>
    {
        var points = new Points();
        bool hasFailed = false;
        Watched((action, file) =>
        {
            if (points.NumberOf(action, file) == point && !Interlocked.Exchange(ref hasFailed, true))
                throw new IOException($"No space left on device : '{file}'", 28);
        }, () =>
        {
            try
            {
                Swept(specification, path);
            }
            catch (RankCollapseException e)
            {
                Assert.DoesNotContain('\n', e.Message);
            }
        });
    });

    /// <summary>Disturbs a sweep at one point after the other, goes on with it, and names all points after which something is not as it should be.</summary>
    private static void AtEveryPointOfASweep(KeptFiles keep, Action<string, string, int> disturb)
    {
        using var folder = new TemporaryFolder(inMemory: true);
        string specification = Specification(folder, keep);
        int points = PointsOfASweep(folder, specification), tried = 0;
        var findings = new List<string>();
        for (int point = 0; point < points; point += Stride(points, mostInSuite: 12), tried++)
        {
            string path = folder.File($"sweep-{point}");
            try
            {
                disturb(specification, path, point);
                EndProcesses(path);
                Swept(specification, path);
                SampleSweep.RequireAllAsUndisturbed(SweepFolder.Open(path), withTable: tried % 8 == 0);
            }
            catch (Exception e)
            {
                findings.Add($"point {point}: {e}");
            }
            if (Directory.Exists(path)) Directory.Delete(path, recursive: true);
            if (tried % 50 == 0) TestContext.Current.TestOutputHelper?.WriteLine($"{tried} tried, {findings.Count} findings");
        }
        TestContext.Current.TestOutputHelper?.WriteLine($"{tried} of {points} points tried");
        Assert.True(findings.Count == 0, $"{findings.Count} of {tried} points: {string.Join('\n', findings.Take(10))}");
    }

    /// <summary>Two trials whose every epoch writes a checkpoint, and that may be tried again as often as it takes.</summary>
    private static string Specification(TemporaryFolder folder, KeptFiles keep) => folder.Write("sweep.json", $$"""
        { "settings": { {{SampleSweep.Tiny.Replace("\"maxEpochs\": 20", "\"maxEpochs\": 3", StringComparison.Ordinal)}}, "checkpointSeconds": 1e-9 },
          "seeds": 2,
          "limits": { "keep": "{{keep.ToString().ToLowerInvariant()}}", "attempts": 100 } }
        """);

    /// <summary>What happens at the end of the world does not matter; where only clearing away was left, nothing does.</summary>
    private static void Ended(Action action)
    {
        try
        {
            action();
        }
        catch (Exception e) when (e is RankCollapseException or IOException)
        {
            // The next one goes on.
        }
    }

    private static int PointsOfASweep(TemporaryFolder folder, string specification)
    {
        var points = new Points();
        Watched((action, path) => points.NumberOf(action, path), () => Swept(specification, folder.File("counted")));
        Assert.True(points.Count >= 200, $"There are {points.Count} points.");
        return points.Count;
    }

    private static void Swept(string specification, string path) => Sweep.Run(specification, path, new InProcessEngine(),
        new EngineRequest { Asked = SampleSweep.Workers(1), PatienceSeconds = 0 });

    /// <summary>Workers of this process go on for those who look: after an end of the world their heartbeats name a process that is gone.</summary>
    private static void EndProcesses(string path)
    {
        string workers = Path.Combine(path, "workers");
        if (!Directory.Exists(workers)) return;
        foreach (string file in Directory.GetFiles(workers)) File.WriteAllText(file, ProcessStart().Replace(File.ReadAllText(file), "$1\"gone\""));
    }

    [GeneratedRegex(@"(""processStart"":\s*)""[^""]*""")]
    private static partial Regex ProcessStart();

    /// <summary>Some points, spread over the whole; all of them among the long tests.</summary>
    private static int Stride(int points, int mostInSuite = 40) =>
        LongTests.AreAsked ? 1 : Math.Max(1, points / mostInSuite);

    private static double[] Trained(string path) => TrainingRun.Start(Configuration, path).Run.Trained.Parameters.ToArray();

    /// <summary>What a user does afterwards: goes on where there is something to go on with, and begins otherwise.</summary>
    private static double[] GoneOn(string path)
    {
        if (!File.Exists(Path.Combine(path, "config.json"))) return Trained(path);
        TrainingRun.Resume(path);
        return RunFolder.Read(path).Trained.Parameters.ToArray();
    }

    private static void Watched(Action<FileAction, string> watch, Action action)
    {
        FilePoint.Watch = watch;
        try
        {
            action();
        }
        finally
        {
            FilePoint.Watch = null;
        }
    }

    /// <summary>Numbers the points of a sweep. Pieces that are written to or read from a file one after the other go through one buffer, and are one.</summary>
    private sealed class Points
    {
        private readonly Lock _counting = new();
        private (FileAction, string) _last;

        public int Count { get; private set; }

        public int NumberOf(FileAction action, string path)
        {
            lock (_counting)
            {
                if (action is not (FileAction.Write or FileAction.Read) || _last != (action, path)) Count++;
                _last = (action, path);
                return Count - 1;
            }
        }
    }

    private sealed class KilledException : Exception;
}
