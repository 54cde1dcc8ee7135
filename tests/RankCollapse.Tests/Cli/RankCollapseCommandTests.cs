using System.Text;
using System.Text.Json;
using RankCollapse.Formats;
using RankCollapse.Runs;
using RankCollapse.Sweeps.Storage;

namespace RankCollapse.Tests.Cli;

public sealed class RankCollapseCommandTests
{
    public static TheoryData<string, string> CommandLines => new()
    {
        { "trian", "did you mean 'train'" },
        { "frobnicate", "known are train, measure, report, compare" },
        { "--jsn", "rankcollapse has no option '--jsn'" },
        { "-x", "rankcollapse cannot use '-x'" },
        { "train --dpeth 5", "did you mean '--depth'" },
        { "train --dept=5", "did you mean '--depth'" },
        { "train --depth", "--depth needs a value" },
        { "train --depth five", "--depth is 'five', expected a whole number" },
        { "train --depth 99999999999", "expected a whole number" },
        { "train --depth 3 --depth 4", "given 2 times" },
        { "train --lambda big", "expected a number" },
        { "train --width 10,x", "whole numbers with commas" },
        { "train mnist", "cannot use 'mnist'" },
        { "train --depth 0", "depth is 0" },
        { "train --width 0", "width is 0" },
        { "train --width 3,4 --depth 5", "4 hidden layers" },
        { "train --width 9,8 --depth 3 --architecture residual", "equal widths" },
        { "train --lambda -1", "lambda is -1" },
        { "train --lambda NaN", "lambda is NaN" },
        { "train --delta -0.1", "delta is -0.1" },
        { "train --lambda-features -1e-9", "lambda-features" },
        { "train --samples 0", "samples is 0" },
        { "train --samples 10001", "mnist has 10000 samples" },
        { "train --classes 11", "classes" },
        { "train --class-counts 1,2", "class counts" },
        { "train --activation tahn", "did you mean 'tanh'" },
        { "train --output-activation nothing", "no activation" },
        { "train --loss hinge", "squared" },
        { "train --convention means", "did you mean 'mean'" },
        { "train --solver admm", "did you mean 'adam'" },
        { "train --init kaiming", "orthogonal" },
        { "train --architecture resdiual", "did you mean 'residual'" },
        { "train --solver adam --learning-rate 0", "learning-rate is 0" },
        { "train --threads 0", "threads is 0" },
        { "train --learning-rate 0.1", "--learning-rate has an effect with the solvers adam, adamw and sgd only, and solver is gauss-newton" },
        { "train --batch-size 32", "--batch-size has an effect with the solvers adam, adamw and sgd only, and solver is gauss-newton" },
        { "train --solver adam --drop-last", "--drop-last has an effect with a batch-size only, and batch-size is" },
        { "train --solver adam --gamma 0.5", "--gamma has an effect with the schedule step only, and schedule is cosine" },
        { "train --solver sgd --batch-size 0", "batch-size is 0; expected at least 1" },
        { "train --solver sgd --batch-size 300 --samples 200 --max-epochs 1", "--batch-size is 300, but there are 200 samples" },
        { "train --solver lbfgs --schedule constant", "--schedule has an effect with the solvers adam, adamw and sgd only, and solver is lbfgs" },
        { "train --solver adam --momentum 0.5", "--momentum has an effect with the solver sgd only, and solver is adam" },
        { "train --sigma 1", "--sigma has an effect with the data gaussian-mixture and moons only, and data is mnist" },
        { "train --dimension 5", "--dimension has an effect with the data gaussian-mixture only" },
        { "train --convention eq3 --delta 1", "--delta has an effect with the conventions sum and mean only, and convention is eq3" },
        { "train --convention eq3 --lambda-features 1", "--lambda-features has an effect" },
        { "train --depth 1 --width 9", "--width has an effect with a depth of at least 2 only, and depth is 1" },
        { "train --depth 1 --activation relu", "--activation has an effect" },
        { "train --depth 2 --architecture residual", "--architecture has an effect with a depth of at least 3 only" },
        { "train --seeds 0..1 --no-report", "--no-report has no effect with --seeds" },
        { "forecast --stability --delta 1", "--delta has no effect with --stability" },
        { "forecast --stability --refine 1e-3", "--refine has no effect with --stability" },
        { "forecast --solver adam", "forecast has no option '--solver'" },
        { "forecast --max-seconds 3", "forecast has no option '--max-seconds'" },
        { "construct --momentum 0.3", "construct has no option '--momentum'" },
        { "train --max-epochs -1", "max-epochs is -1" },
        { "train --max-seconds 0", "max-seconds is 0" },
        { "train --record-every 0", "record-every is 0" },
        { "train --width 26000 --solver lbfgs", "of memory" },
        { "train --width 2000000", "use smaller widths" },
        { "train --data mnst", "did you mean 'mnist'" },
        { "train --data none.npz", "no file" },
        { "train --config none.json", "no file" },
        { "train --resume --force", "one of both" },
        { "train --resume --out none", "no run folder none" },
        { "measure", "measure needs RUN" },
        { "measure none", "no run folder none" },
        { "measure none more", "cannot use 'more'" },
        { "measure none --tolerance 1", "--tolerance is 1" },
        { "measure none --rank 0", "--rank is 0" },
        { "report none", "no run folder none" },
        { "doctor --fast", "doctor has no option '--fast'" },
        { "@train", "no command '@train'" },
    };

    [Theory]
    [MemberData(nameof(CommandLines))]
    public void BadCommandLine_IsOneLineAndExitCodeTwo(string line, string found)
    {
        using var folder = new TemporaryFolder();
        string[] arguments = line.Split(' ');
        bool isTraining = arguments[0] == "train" && !arguments.Contains("--out");
        CommandLine result = CommandLine.Run(isTraining ? [.. arguments, "--out", folder.File("run")] : arguments);
        AssertRefused(result, found);
        Assert.Empty(Directory.GetFileSystemEntries(folder.Root));
    }

    /// <summary>What is said of each line of <c>bad-inputs.txt</c>; <c>RANKCOLLAPSE_REWRITE=1</c> writes it anew.</summary>
    [Fact]
    public void BadInputs_AreRefusedInOneLineThatSaysWhatWasFoundAndWhatToDo()
    {
        string table = Path.Combine(House.SourceTree.Root, "tests", "RankCollapse.Tests", "Cli", "bad-inputs.txt");
        using var folder = new TemporaryFolder();
        Prepare(folder);
        string[] before = Entries(folder.Root);
        var said = new StringBuilder();
        foreach (string line in File.ReadLines(table).Where(line => line.StartsWith("$ ", StringComparison.Ordinal)))
        {
            string[] arguments = [.. line[2..].Split(' ').Select(part => part.Replace("{dir}", folder.Root, StringComparison.Ordinal))];
            bool isTraining = arguments[0] is "train" && !arguments.Contains("--out");
            CommandLine result = CommandLine.Run(isTraining ? [.. arguments, "--out", folder.File("new")] : arguments);
            Assert.True(result.ExitCode == 2, $"{line}: {result.ExitCode} {result.Error}");
            string message = Assert.Single(result.Error.TrimEnd().Split('\n'), one => one.StartsWith("error: ", StringComparison.Ordinal));
            Assert.DoesNotContain("Exception", message, StringComparison.Ordinal);
            Assert.Equal("", result.Output);
            said.Append(line).Append('\n').Append(message.Replace(folder.Root, "{dir}", StringComparison.Ordinal)).Append("\n\n");
        }
        Assert.Equal(before, Entries(folder.Root));
        if (Environment.GetEnvironmentVariable("RANKCOLLAPSE_REWRITE") is "1") File.WriteAllText(table, said.ToString());
        Assert.Equal(File.ReadAllText(table), said.ToString());
    }

    private static string[] Entries(string folder) =>
        [.. Directory.GetFileSystemEntries(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];

    private static void Prepare(TemporaryFolder folder)
    {
        Assert.Equal(0, CommandLine.Train(folder.File("run"), "--max-epochs", "3", "--no-report").ExitCode);
        folder.Write("text.txt", "hello\n");
        folder.Write("empty.json", "");
        folder.Write("bytes.bin", [1, 2, 0, 3]);
        folder.Write("typo.json", """{ "lamda": 1 }""");
        folder.Write("cut.json", """{ "depth": 3""");
        folder.Write("list.json", "[1]");
        folder.Write("wrong-type.json", """{ "depth": "deep" }""");
        folder.Write("constant.csv", "1,2,0\n3,4,0\n5,6,0\n");
        folder.Write("words.csv", "1,2,0\nx,4,1\n");
        folder.Write("ragged.csv", "1,2,0\n3,1\n");
        folder.Write("two-labels.csv", "label,a,class\n0,1,0\n1,2,1\n");
        folder.Write("named.csv", "a,b,class\n1,2,0\n3,4,1\n");
        folder.Write("quote.csv", "1,\"2,0\n");
        folder.Write("broken.safetensors", "nothing");
        folder.Write("broken.onnx", "nothing");
        folder.Write("sweep-typo.json", """{ "grid": { "dept": [2, 3] } }""");
        folder.Write("sweep-exclude.json", """{ "grid": { "depth": [2, 3] }, "exclude": [{ "depht": 2 }] }""");
        folder.Write("sweep-bound.json", """{ "grid": { "depth": [2, 3] }, "exclude": [{ "depth": { "bellow": 3 } }] }""");
        folder.Write("sweep-empty.json", """{ "grid": { "depth": [] } }""");
        folder.Write("sweep-good.json", """{ "settings": { "data": "gaussian-mixture" }, "grid": { "depth": [2, 3] } }""");
        NpyArray rows = new([3, 2], [1.0, 2, 3, 4, 5, 6]);
        void Npz(string name, params (string Name, NpyArray Array)[] arrays) =>
            NpzFile.Write(folder.File(name), arrays.ToDictionary(a => a.Name, a => a.Array));
        Npz("square.npz", ("X", new([2, 2], [1.0, 2, 3, 4])), ("y", new([2], [0L, 1])));
        Npz("unlabelled.npz", ("X", rows));
        Npz("other.npz", ("weights", rows));
        Npz("nan.npz", ("X", new([3, 2], [1.0, 2, double.NaN, 4, 5, 6])), ("y", new([3], [0L, 1, 1])));
        Npz("three.npz", ("X", rows), ("y", new([3], [0L, 1, 2])));
        Npz("fractions.npz", ("X", rows), ("y", new([3], [0.5, 1, 2])));
        NpyFormat.Write(folder.File("array.npy"), rows);
        SweepFolder sweep = Sweeps.Results.SampleResults.WriteSweep(folder.File("sweep"), [1e-3], 1);
        Assert.True(Directory.Exists(sweep.Path));
    }

    public static TheoryData<string, byte[], string> Files => new()
    {
        { "empty.npz", [], "is empty" },
        { "text.csv", "1,2,x\n3,4,0\n"u8.ToArray(), "text.csv" },
        { "nan.csv", "1,NaN,0\n3,4,1\n"u8.ToArray(), "nan.csv" },
        { "label.csv", "1,2,0\n3,4,7\n"u8.ToArray(), "label 7" },
        { "cut.gz", [0x1F, 0x8B, 8, 0, 0, 0, 0, 0], "cut.gz" },
        { "magic-idx3-ubyte", [0, 0, 8, 7, 0, 0, 0, 1], "magic-idx3-ubyte" },
        { "vast-idx3-ubyte", [0, 0, 8, 3, 0x7F, 0xFF, 0xFF, 0xFF, 0x7F, 0xFF, 0xFF, 0xFF, 0x7F, 0xFF, 0xFF, 0xFF], "vast-idx3-ubyte" },
        { "half.npz", [(byte)'P', (byte)'K', 3, 4, 1, 2, 3], "half.npz" },
        { "bytes.bin", [1, 2, 0, 3], "neither" },
    };

    [Theory]
    [MemberData(nameof(Files))]
    public void BadDataFile_IsNamedAndNothingIsWritten(string name, byte[] content, string found)
    {
        using var folder = new TemporaryFolder();
        string file = folder.Write(name, content);
        AssertRefused(CommandLine.Run("train", "--data", file, "--samples", "2", "--classes", "2", "--out", folder.File("run")), found);
        Assert.Equal([file], Directory.GetFileSystemEntries(folder.Root));
    }

    [Theory]
    [InlineData("""{ "lamda": 1 }""", "did you mean 'lambda'")]
    [InlineData("""{ "depth": 0 }""", "depth is 0")]
    [InlineData("{", "not valid JSON")]
    public void BadConfigurationFile_IsRefused(string json, string found)
    {
        using var folder = new TemporaryFolder();
        AssertRefused(CommandLine.Run("train", "--config", folder.Write("settings.json", json), "--out", folder.File("run")), found);
        Assert.False(Directory.Exists(folder.File("run")));
    }

    [Fact]
    public void FolderThatCannotBeWritten_IsSaidBeforeTraining()
    {
        using var folder = new TemporaryFolder();
        string file = folder.Write("file", "x");
        AssertRefused(CommandLine.Train(file), "is a file");
        CommandLine result = CommandLine.Train(Path.Combine(file, "run"));
        AssertRefused(result, "--out");
        Assert.DoesNotContain("Training", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void RunFolderThatExists_IsRefusedUnlessForced()
    {
        using var folder = new TemporaryFolder();
        string run = folder.File("run");
        Assert.Equal(0, CommandLine.Train(run, "--max-epochs", "2", "--no-report").ExitCode);
        byte[] before = File.ReadAllBytes(Path.Combine(run, "weights.safetensors"));
        AssertRefused(CommandLine.Train(run, "--max-epochs", "3", "--no-report"), "--force");
        Assert.Equal(before, File.ReadAllBytes(Path.Combine(run, "weights.safetensors")));
        Assert.Equal(0, CommandLine.Train(run, "--max-epochs", "3", "--no-report", "--force").ExitCode);
        Assert.NotEqual(before, File.ReadAllBytes(Path.Combine(run, "weights.safetensors")));
    }

    [Fact]
    public void DamagedRun_IsRefusedByEveryVerb()
    {
        using var folder = new TemporaryFolder();
        string run = folder.File("run");
        CommandLine.Train(run, "--max-epochs", "2", "--no-report");
        File.WriteAllText(Path.Combine(run, "weights.safetensors"), "damaged");
        AssertRefused(CommandLine.Run("measure", run), "weights.safetensors");
        AssertRefused(CommandLine.Run("report", run), "weights.safetensors");
        Assert.False(File.Exists(Path.Combine(run, "report.html")));
    }

    [Fact]
    public void ErrorWithJson_IsOneDocumentOnOutput()
    {
        CommandLine result = CommandLine.Run("train", "--depth", "0", "--json");
        Assert.Equal(2, result.ExitCode);
        using JsonDocument document = JsonDocument.Parse(result.Output);
        Assert.Contains("depth is 0", document.RootElement.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    internal static void AssertRefused(CommandLine result, string found)
    {
        Assert.Equal(2, result.ExitCode);
        Assert.Equal("", result.Output);
        string line = Assert.Single(result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith("error: ", line, StringComparison.Ordinal);
        Assert.Contains(found, line, StringComparison.Ordinal);
        Assert.True(Encoding.UTF8.GetByteCount(line) < 600, line);
    }

    [Theory]
    [InlineData("train")]
    [InlineData("measure")]
    [InlineData("report")]
    [InlineData("doctor")]
    public void Help_EndsWithAnExampleThatParses(string verb)
    {
        CommandLine help = CommandLine.Run(verb, "--help");
        Assert.Equal(0, help.ExitCode);
        Assert.Equal("", help.Error);
        Assert.Contains("Example", help.Output, StringComparison.Ordinal);
        Assert.Contains($"  rankcollapse {verb}", help.Output[help.Output.IndexOf("Example", StringComparison.Ordinal)..], StringComparison.Ordinal);
    }

    [Fact]
    public void NoVerb_ShowsFiveThingsToDo_AndHelpEveryVerb()
    {
        CommandLine result = CommandLine.Run();
        Assert.Equal(0, result.ExitCode);
        string[] commands = [.. result.Output.Split('\n').Where(line => line.StartsWith("     rankcollapse ", StringComparison.Ordinal))];
        Assert.Equal(5, commands.Length);
        Assert.All(commands, command => Assert.Equal(0, CommandLine.Run(command.Trim().Split(' ')[1], "--help").ExitCode));
        Assert.Contains("doctor", CommandLine.Run("--help").Output, StringComparison.Ordinal);
        Assert.Equal(TrainingRun.ProgramVersion, CommandLine.Run("--version").Output.Trim());
    }
}
