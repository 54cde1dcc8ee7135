using RankCollapse.Formats;
using RankCollapse.Runs;
using RankCollapse.Tests.Models;
using RankCollapse.Tests.Sweeps;

namespace RankCollapse.Tests.Cli;

public sealed class StopRequestTests
{
    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    [InlineData("HUP")]
    public void FirstSignal_EndsWhatWaitsInTheSystem(string signal)
    {
        using var folder = new TemporaryFolder();
        CommandLine.Train(folder.File("run"), "--max-epochs", "1", "--no-report");
        string pipe = SpecialFile.Pipe(folder.File("pipe"));
        // Nobody reads the pipe, so that opening it waits for ever.
        using var command = CommandProcess.Start("query", "SELECT 1", folder.File("run"), "--format", "csv", "--out", pipe);
        command.WaitUntilItListens();
        Thread.Sleep(700);
        Assert.False(command.HasEnded);
        command.Signal(signal);
        CommandLine result = command.WaitForEnd(15);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("stopped on request", result.Error, StringComparison.Ordinal);
        Assert.Equal(2, Directory.GetFileSystemEntries(folder.Root).Length);
    }

    /// <summary>Commands that have nothing to save end wherever a signal finds them; what they wrote is whole, and what they were given is as it was.</summary>
    [Theory]
    [InlineData("path {run} --steps 3 --export 0,1 --out {out}/path")]
    [InlineData("report {run}")]
    [InlineData("report {run} --out {out}/report.html")]
    [InlineData("compare {run} {run} --html {out}/comparison.html")]
    [InlineData("examples model --out {out}/example")]
    [InlineData("measure {run} --json")]
    [InlineData("forecast --against {run} --stability --deltas 1 --out {out}/forecast")]
    [InlineData("certify {run}")]
    [InlineData("inspect {model} --classes 2 --html {out}/model.html --parquet {out}/model.parquet")]
    [InlineData("compress {model} --keep 0.7 --out {out}/small.safetensors")]
    public void StopAtAnyFile_LeavesNothingHalfWritten(string line)
    {
        const int Tries = 4;
        using var folder = new TemporaryFolder(inMemory: true);
        string run = folder.File("run"), output = folder.File("out");
        Assert.Equal(0, CommandLine.Run("train", "--data", "gaussian-mixture", "--samples", "9", "--classes", "3", "--dimension", "6", "--depth", "3",
            "--width", "9", "--convention", "mean", "--lambda", "1e-2", "--solver", "adam", "--max-epochs", "3", "--out", run, "--no-report").ExitCode);
        string model = folder.Write("model.safetensors", ModelBytes.Safetensors(
            ("W1", [8, 6], ModelBytes.Numbers(48)), ("W2", [3, 8], ModelBytes.Numbers(24))));
        byte[][] given = Given();
        string[] words = [.. line.Split(' ').Select(word => word.Replace("{run}", run, StringComparison.Ordinal)
            .Replace("{out}", output, StringComparison.Ordinal).Replace("{model}", model, StringComparison.Ordinal))];
        Directory.CreateDirectory(output);
        (int points, CommandLine undisturbed) = StoppedAt(int.MaxValue - 1);
        Assert.True(undisturbed.ExitCode is 0 or 1 && points > 0, undisturbed.Error);
        for (int i = 0; i < Tries; i++)
        {
            Directory.Delete(output, recursive: true);
            Directory.CreateDirectory(output);
            CommandLine result = StoppedAt(i * (points - 1) / (Tries - 1)).Result;
            Assert.True(result.ExitCode is 0 or 1, result.Error);
            Assert.True(result.Error.Length == 0 || result.Error.Contains("stopped on request", StringComparison.Ordinal)
                || result.Error == undisturbed.Error, result.Error);
            string[] files = Directory.GetFiles(folder.Root, "*", SearchOption.AllDirectories);
            Assert.DoesNotContain(files, file => file.EndsWith(".tmp", StringComparison.Ordinal));
            Assert.All(files, RequireWhole);
            Assert.Equal(given, Given());
            RunFolder.Open(run).Verify();
        }

        byte[][] Given() => [.. new[] { "config.json", "summary.json", "weights.safetensors", "metrics.parquet" }
            .Select(name => Path.Combine(run, name)).Append(model).Select(File.ReadAllBytes)];

        (int Points, CommandLine Result) StoppedAt(int point)
        {
            int at = 0;
            using var stop = new CancellationTokenSource();
            FilePoint.Watch = (_, _) =>
            {
                if (Interlocked.Increment(ref at) == point + 1) stop.Cancel();
            };
            try
            {
                CommandLine result = CommandLine.Run(stop.Token, words);
                return (at, result);
            }
            finally
            {
                FilePoint.Watch = null;
            }
        }
    }

    private static void RequireWhole(string file)
    {
        switch (Path.GetExtension(file))
        {
            case ".json":
                System.Text.Json.JsonDocument.Parse(File.ReadAllBytes(file)).Dispose();
                break;
            case ".safetensors":
                SafetensorsFile.Open(file).Dispose();
                break;
            case ".html" or ".svg":
                Assert.EndsWith($"</{Path.GetExtension(file)[1..]}>", File.ReadAllText(file).TrimEnd(), StringComparison.Ordinal);
                break;
            case ".parquet":
                Assert.Equal("PAR1"u8, File.ReadAllBytes(file).AsSpan()[^4..]);
                break;
            default:
                Assert.NotEqual(0, new FileInfo(file).Length);
                break;
        }
    }

    [Theory]
    [Trait("Category", "Long")]
    [InlineData("train --data gaussian-mixture --samples 3000 --dimension 1500 --width 1500 --depth 4 --solver adam --out {f}/new")]
    [InlineData("train --data gaussian-mixture --width 100 --max-epochs 10000000 --gradient-tolerance 1e-300 --out {f}/new")]
    [InlineData("train --data gaussian-mixture --width 100 --max-epochs 10000000 --gradient-tolerance 1e-300 --seeds 0..3 --out {f}/new")]
    [InlineData("construct --data gaussian-mixture --samples 3000 --classes 400 --dimension 500 --lambda 1e-4 --depth 4 --width 500 --out {f}/new")]
    [InlineData("forecast --data gaussian-mixture --samples 3000 --classes 40 --dimension 300 --lambda 1e-3 --depth 6")]
    [InlineData("certify {f}/run --curvature")]
    [InlineData("inspect {f}/model.npz")]
    [InlineData("compress {f}/model.npz --energy 0.9 --out {f}/new.safetensors")]
    [InlineData("query 'SELECT count(*) FROM range(100000000) a, range(100000) b' {f}/run")]
    [InlineData("query 'SELECT * FROM range(1000000000)' {f}/run --format csv --out {f}/new.csv")]
    [InlineData("sweep {f}/sweep.json --out {f}/new --workers 2")]
    [InlineData("sweep {f}/sweep.json --out {f}/new --engine in-process")]
    [InlineData("reproduce all --out {f}/new")]
    [InlineData("serve {f} --port 0")]
    public void LongWork_EndsAtTheFirstSignal(string line)
    {
        LongTests.Require();
        using var folder = new TemporaryFolder();
        Assert.Equal(0, CommandLine.Run("train", "--data", "gaussian-mixture", "--samples", "2000", "--width", "60", "--depth", "4", "--convention", "mean",
            "--max-epochs", "3", "--gradient-tolerance", "1e300", "--out", folder.File("run")).ExitCode);
        folder.Write("sweep.json", $$"""
            { "settings": { {{SampleSweep.Short.Replace("\"maxEpochs\": 400", "\"maxEpochs\": 100000000", StringComparison.Ordinal)}} }, "seeds": 3 }
            """);
        var random = new Random(1);
        double[] numbers = [.. Enumerable.Range(0, 2500 * 2500).Select(_ => random.NextDouble() - 0.5)];
        folder.Write("model.npz", ModelBytes.Npz(System.IO.Compression.CompressionLevel.NoCompression, ("a.weight", [2500, 2500], numbers),
            ("b.weight", [2500, 2500], numbers)));
        string[] arguments = [.. line.Split('\'').SelectMany((part, i) => i % 2 == 1 ? [part] : part.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Select(word => word.Replace("{f}", folder.Root, StringComparison.Ordinal))];
        using var command = CommandProcess.Start(arguments);
        Thread.Sleep(4000);
        Assert.False(command.HasEnded, command.HasEnded ? command.WaitForEnd().Error : "");
        var waiting = System.Diagnostics.Stopwatch.StartNew();
        command.Signal("TERM");
        CommandLine result = command.WaitForEnd(20);
        TestContext.Current.TestOutputHelper?.WriteLine($"{waiting.Elapsed.TotalSeconds:0.0} s, exit code {result.ExitCode}: {line}");
        Assert.InRange(result.ExitCode, 0, 1);
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
    }
}
