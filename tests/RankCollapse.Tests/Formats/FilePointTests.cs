using RankCollapse.Formats;
using RankCollapse.Runs;

namespace RankCollapse.Tests.Formats;

/// <summary>A training that ends at any point at which something happens to a file goes on to the same bits.</summary>
public sealed class FilePointTests
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

    /// <summary>About forty points, spread over the training; all of them among the long tests.</summary>
    private static int Stride(int points) => Environment.GetEnvironmentVariable("RANKCOLLAPSE_LONG_TESTS") == "1" ? 1 : Math.Max(1, points / 40);

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

    private sealed class KilledException : Exception;
}
