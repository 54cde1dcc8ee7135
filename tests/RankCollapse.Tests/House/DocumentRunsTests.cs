using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using RankCollapse.Formats;
using RankCollapse.Runs;
using RankCollapse.Tests.Cli;
using RankCollapse.Tests.Models;
using RankCollapse.Training;

namespace RankCollapse.Tests.House;

/// <summary>
/// Everything that a document tells one to type is typed, in order, in one folder, by a shell; what a document shows of the output is what comes.
/// What would take long is made smaller by <see cref="Smaller"/>.
/// </summary>
[Trait("Category", "Long")]
public sealed partial class DocumentRunsTests
{
    private static readonly TimeSpan MostTime = TimeSpan.FromMinutes(10);

    /// <summary>What is put in the place of what a document says, so that it ends soon and needs no cluster.</summary>
    private static readonly (Regex What, string By)[] Smaller =
    [
        (new(@"reproduce all"), "reproduce fig6"),
        (new(@"(reproduce (?!.*--quick)[^|]*)"), "$1 --quick"),
        (new(@"--max-epochs 12000"), "--max-epochs 200"),
        (new(@"--seeds 0\.\.9"), "--seeds 0..1 --samples 40 --width 40"),
        (new(@" --engine slurm( --slurm \S+)?"), " --engine local"),
        (new(@"/shared/"), ""),
        (new(@"(\./)?rankcollapse serve (\S+)"), "timeout --preserve-status --signal INT 5 rankcollapse serve $2 --port 0"),
        (new(@"--depth 6 --classes 6 --rank 4"), "--data gaussian-mixture --samples 6 --classes 3 --dimension 6 --depth 3 --width 6 --lambda 1e-3 --rank 2"),
        (new(@"train …"), "train --data gaussian-mixture --samples 24 --classes 3 --dimension 6 --depth 3 --width 8 --convention mean --lambda 1e-2"),
    ];

    public static TheoryData<string> Documents =>
    [
        "README.md", "docs/guides/engineer.md", "docs/guides/theorist.md", "docs/models.md", "docs/reproduction.md", "docs/sweeps.md", "docs/theory.md",
    ];

    [Theory]
    [MemberData(nameof(Documents))]
    public void CommandsOfADocument_DoWhatItShows(string document)
    {
        LongTests.Require();
        Assert.SkipUnless(File.Exists("/bin/bash"), "The lines are for a shell.");
        using var stage = new TemporaryFolder();
        TypedBlock[] blocks = [.. BlocksOf(document)];
        Prepare(stage, document, blocks);
        var wrong = new StringBuilder();
        foreach (TypedBlock block in blocks)
        {
            string folder = stage.Root;
            foreach (TypedLine line in block.Lines)
            {
                if (line.Command.StartsWith("cd ", StringComparison.Ordinal)) folder = Path.Combine(folder, line.Command[3..].Trim());
                else wrong.Append(Run(line, stage.Root, folder));
            }
        }
        Assert.True(wrong.Length == 0, wrong.ToString());
    }

    [Fact]
    public void LibraryLines_OfReadme_RunAsTheyStand()
    {
        LongTests.Require();
        using var folder = new TemporaryFolder();
        using var shown = new StringWriter();
        TrainingRunResult result = TrainingRun.Start(new RunConfiguration { Convention = Convention.Mean, Lambda = 1e-3 }, folder.File("second"));
        shown.WriteLine(result.Run.Summary.Layers[^2].TcvUpper);
        Assert.True(double.Parse(shown.ToString(), System.Globalization.CultureInfo.CurrentCulture) < 1e-12);

        string[] lines = [.. SourceTree.Lines("README.md").SkipWhile(line => !line.StartsWith("    using RankCollapse", StringComparison.Ordinal))
            .TakeWhile(line => line.Length == 0 || line.StartsWith("    ", StringComparison.Ordinal)).Where(line => line.Length > 0)];
        string here = string.Concat(SourceTree.Lines("tests/RankCollapse.Tests/House/DocumentRunsTests.cs"));
        Assert.Equal(4, lines.Length);
        foreach (string line in lines)
            Assert.Contains(line.Trim().Replace("\"runs/second\"", "folder.File(\"second\")", StringComparison.Ordinal)
                .Replace("Console.", "shown.", StringComparison.Ordinal), here, StringComparison.Ordinal);
    }

    [Fact]
    public void PythonLines_OfModels_ReadAndWriteTensors()
    {
        LongTests.Require();
        const string Python = "/usr/bin/python3";
        Assert.SkipUnless(SmallDisk.Execute(Python, "-c", "import torch"), "There is no PyTorch here.");
        using var folder = new TemporaryFolder();
        CommandLine.Train(folder.File("run"), "--no-report");
        string code = string.Join('\n', PythonOf("docs/models.md"));
        folder.Write("lines.py", code + """

            weights = load("run/weights.safetensors")
            assert network(weights, torch.ones(2, 6, dtype=torch.float64)).shape == (2, 3)
            torch.save(weights, "back.pt")
            """);
        Assert.True(Shell($"{Python} lines.py", folder.Root, folder.Root, out string output) == 0, output);
        Assert.Equal(0, CommandLine.Run("inspect", folder.File("back.pt")).ExitCode);
    }

    private static IEnumerable<string> PythonOf(string document)
    {
        bool inside = false;
        foreach (string line in SourceTree.Lines(document))
        {
            if (line.StartsWith("```", StringComparison.Ordinal)) inside = line == "```python";
            else if (inside) yield return line;
        }
    }

    /// <summary>Types a line; what was wrong, or nothing.</summary>
    private static string Run(TypedLine line, string stage, string folder)
    {
        string command = line.Command;
        foreach ((Regex what, string by) in Smaller) command = what.Replace(command, by);
        int code = Shell(command, stage, folder, out string output);
        if (code != 0) return $"{line.Command}: ended with {code}:\n{output}\n";
        string[] missing = [.. line.Shown.Where(shown => !output.Split('\n').Contains(shown))];
        if (missing.Length > 0) return $"{line.Command}: does not say\n{string.Join('\n', missing)}\nbut\n{output}\n";
        // Numbers that a comment beside the command promises.
        string? number = NumberOf().Matches(line.Comment).Select(match => match.Value)
            .FirstOrDefault(value => !output.Contains(value, StringComparison.Ordinal));
        return number is not null && command == line.Command ? $"{line.Command}: does not say {number}, but\n{output}\n" : "";
    }

    private static int Shell(string command, string stage, string folder, out string output)
    {
        var start = new ProcessStartInfo("/bin/bash", ["-c", $"{{ {command}\n}} 2>&1"])
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            Environment = { ["PATH"] = $"{stage}:{Environment.GetEnvironmentVariable("PATH")}" },
        };
        using Process process = Process.Start(start)!;
        Task<string> text = process.StandardOutput.ReadToEndAsync();
        if (!process.WaitForExit(MostTime)) process.Kill(entireProcessTree: true);
        output = text.GetAwaiter().GetResult();
        return process.ExitCode;
    }

    /// <summary>The files that the document takes for granted, small.</summary>
    private static void Prepare(TemporaryFolder stage, string document, IReadOnlyList<TypedBlock> blocks)
    {
        CommandProcess.WriteProgram(stage);
        string[] commands = [.. blocks.SelectMany(block => block.Lines).Select(line => line.Command)];
        if (!commands.Any(command => command.Contains("--out runs/first", StringComparison.Ordinal))) CommandLine.Train(stage.File("runs/first"));
        CommandLine.Train(stage.File("runs/second"));
        CommandLine.Train(stage.File("RUN"));
        if (document == "docs/theory.md") File.Copy(stage.File("RUN/weights.safetensors"), stage.File("RUN/descent.safetensors"));
        stage.Write("cluster.json", "{}");
        CommandLine.Run("examples", "digits", "--out", stage.File("examples"));
        CommandLine.Run("examples", "model", "--out", stage.File("examples"), "--force");
        foreach (string name in (string[])["digits.npz", "letters.npz", "images.npz", "others.npz"])
            File.Copy(stage.File("examples/digits.npz"), stage.File(name));
        File.Copy(stage.File("examples/model.safetensors"), stage.File("model.safetensors"));
        stage.Write("base.safetensors", ModelBytes.Safetensors(("fc.weight", [8, 6], ModelBytes.Numbers(48))));
        stage.Write("tuned.safetensors", ModelBytes.Safetensors(("fc.weight", [8, 6], [.. ModelBytes.Numbers(48).Select((value, i) => value + (i / 6 % 2))])));
        new OnnxModels(784).OfRank("w1", 8, [784, 32], isTransposed: true).Random("w2", 32, 10).Node("MatMul", ["x", "w1"], "h").Node("Tanh", ["h"], "z")
            .Node("MatMul", ["z", "w2"], "y").Write(stage, "y");
        double[] samples = [.. ModelBytes.Numbers(60).Select(value => (double)value)], labels = [.. Enumerable.Range(0, 12).Select(i => (double)(i % 3))];
        stage.Write("features.npz", ModelBytes.Npz(CompressionLevel.Fastest, ("h", [12, 5], samples), ("labels", [12], labels)));
        NpyFormat.Write(stage.File("head.npy"), new NpyArray([3, 5], samples[..15]));
        Directory.CreateDirectory(stage.File("features"));
        foreach (int epoch in (int[])[1, 10]) File.Copy(stage.File("features.npz"), stage.File($"features/epoch-{epoch}.npz"));
        Directory.CreateDirectory(stage.File("docs/examples"));
        foreach (string file in Directory.GetFiles(Path.Combine(SourceTree.Root, "docs/examples"), "fig*.json"))
            stage.Write($"docs/examples/{Path.GetFileName(file)}", Reduced(File.ReadAllText(file)));
        foreach (TypedBlock block in blocks.Where(block => block.Specification is not null))
        {
            string name = SweepFile().Match(string.Join('\n', block.Lines.Select(line => line.Command).Concat(commands))).Value;
            stage.Write(name, Reduced(block.Specification!));
        }
    }

    /// <summary>A specification with few and small trainings.</summary>
    private static string Reduced(string specification)
    {
        JsonNode root = JsonNode.Parse(specification, documentOptions: new() { CommentHandling = System.Text.Json.JsonCommentHandling.Skip })!;
        Reduce(root);
        foreach ((string name, JsonNode value) in new (string, JsonNode)[] { ("samples", 20), ("maxEpochs", 20) }) root["settings"]![name] = value;
        return root.ToJsonString();
    }

    private static void Reduce(JsonNode node)
    {
        if (node is not JsonObject members) return;
        foreach ((string name, JsonNode? value) in members.ToArray())
            switch (name)
            {
                case "count" or "seeds": members[name] = 2; break;
                case "step": members[name] = 9; break;
                case "maxEpochs": members[name] = 20; break;
                case "width" when value is JsonValue: members[name] = 12; break;
                case "width" or "activation": members[name] = new JsonArray(value![0]!.DeepClone(), value[1]!.DeepClone()); break;
                case "grid" or "settings": Reduce(value!); break;
                case "union": foreach (JsonNode? one in value!.AsArray()) Reduce(one!); break;
                default: if (value is JsonObject) Reduce(value); break;
            }
    }

    /// <summary>Indented lines: commands with what is shown after them, and specifications.</summary>
    private static IEnumerable<TypedBlock> BlocksOf(string document)
    {
        var lines = new List<string>();
        foreach (string line in SourceTree.Lines(document).Append("."))
            if (line.StartsWith("    ", StringComparison.Ordinal)) lines.Add(line[4..].TrimEnd());
            else if (line.Length == 0 && lines.Count > 0) lines.Add("");
            else if (lines.Count > 0)
            {
                yield return BlockOf(lines);
                lines.Clear();
            }
    }

    private static TypedBlock BlockOf(IReadOnlyList<string> lines)
    {
        string? specification = lines[0] == "{" ? string.Join('\n', lines.TakeWhile(line => line.Length > 0)) : null;
        var typed = new List<TypedLine>();
        string open = "";
        foreach (string line in lines)
        {
            string all = open.Length > 0 ? $"{open} {line.Trim()}" : line;
            if (open.Length > 0 || CommandOf().IsMatch(line))
            {
                open = all.Count(letter => letter == '"') % 2 == 1 ? all : "";
                if (open.Length > 0) continue;
                Match parts = CommentOf().Match(all);
                typed.Add(new TypedLine(parts.Groups["command"].Value.TrimEnd(), parts.Groups["comment"].Value, []));
            }
            else if (line.Length > 0 && typed.Count > 0) typed[^1].Shown.Add(line);
        }
        return new TypedBlock(specification, typed);
    }

    private sealed record TypedLine(string Command, string Comment, List<string> Shown);

    private sealed record TypedBlock(string? Specification, IReadOnlyList<TypedLine> Lines);

    [GeneratedRegex(@"^((\.{1,2}/)?rankcollapse |cd |echo )", RegexOptions.ExplicitCapture)]
    private static partial Regex CommandOf();

    [GeneratedRegex("^(?<command>([^#\"]|\"[^\"]*\")*)(#(?<comment>.*))?$", RegexOptions.ExplicitCapture)]
    private static partial Regex CommentOf();

    [GeneratedRegex(@"\d+\.\d{3,}")]
    private static partial Regex NumberOf();

    [GeneratedRegex(@"(?<=sweep )[\w-]+\.json")]
    private static partial Regex SweepFile();
}
