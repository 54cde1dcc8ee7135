using RankCollapse.Tests.Models;
using RankCollapse.Tests.Sweeps;

namespace RankCollapse.Tests.Cli;

public sealed class StopRequestTests
{
    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
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
