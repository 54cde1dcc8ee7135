using System.Text;
using System.Text.RegularExpressions;
using CsCheck;
using RankCollapse.Cli.Output;
using RankCollapse.Runs;

namespace RankCollapse.Tests.Cli.Output;

/// <remarks><c>RANKCOLLAPSE_REWRITE=1</c> makes this class write the files of <c>Screens</c> anew.</remarks>
public sealed partial class ScreenWriterTests
{
    private static readonly Gen<string> Lines =
        Gen.Select(Gen.Int[0, 6], Gen.String[Gen.Char["abc=─"], 1, 12].Array[1, 20], (indent, words) => new string(' ', indent) + string.Join(' ', words));

    [Fact]
    public void FoldedLines_FitAndLoseNoWord() => Gen.Select(Lines, Gen.Int[20, 90]).Sample((line, width) =>
    {
        string[] parts = [.. ScreenWriter.Fold(line, width)];
        return parts.All(part => part.Length <= width)
            && parts.SelectMany(part => part.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .SequenceEqual(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
    });

    [Fact]
    public void AWordThatIsWiderThanTheTerminal_StaysWhole() =>
        Assert.Equal(["run:", "  /a/very/long/path/of/a/folder", "  is there"], ScreenWriter.Fold("run: /a/very/long/path/of/a/folder is there", 20));

    [Fact]
    public void WideCharacters_CountTwice() => Assert.Equal(["名前名前名前", "  名前名前"], ScreenWriter.Fold("名前名前名前 名前名前", 20));

    [Fact]
    public void Documents_AreNotFolded()
    {
        CommandLine result = CommandLine.RunOnScreen(30, "schema", "config");
        Assert.Equal(CommandLine.Run("schema", "config").Output, result.Output);
    }

    /// <summary>Lines break where they did only where the folder's name is as long.</summary>
    private static readonly int LengthOfFolder = "/tmp/rankcollapse-abcdef".Length;

    [Theory]
    [InlineData(60)]
    [InlineData(80)]
    [InlineData(120)]
    [InlineData(200)]
    public void EveryVerb_FitsTheTerminal_AndShowsWhatItDid(int columns)
    {
        using var folder = new TemporaryFolder();
        string run = folder.File("first"), sweep = folder.File("sweep");
        var screens = new StringBuilder();
        ShowTimed(["train", "--out", run, "--no-report", "--seed", "3", "--max-epochs", "40", .. CommandLine.SmallTask]);
        Show("measure", run);
        ShowTimed(["forecast", "--against", run, "--out", folder.File("figures")]);
        Show("certify", run);
        Show("construct", "--out", folder.File("minimum"), "--samples", "20", "--width", "20");
        Show("report", run);
        Show("inspect", run);
        Show("compress", run, "--out", folder.File("small.safetensors"));
        Show("query", "SELECT * EXCLUDE (seconds, recordEvery) FROM runs", run);
        folder.Write("sweep.json", """
            { "settings": { "data": "gaussian-mixture", "samples": 20, "classes": 2, "width": 5, "solver": "adam", "maxEpochs": 5 },
              "grid": { "depth": [2, 3] } }
            """);
        Show("sweep", folder.File("sweep.json"), "--out", sweep, "--dry-run");
        ShowTimed(["train", "--out", folder.File("ensemble"), "--seeds", "0..1", "--max-epochs", "10", .. CommandLine.SmallTask]);
        Show("schema");
        Show();
        foreach (string verb in (string[])["train", "forecast", "sweep", "query", "inspect", "completion", "doctor"]) Show(verb, "--help");
        string golden = Path.Combine(House.SourceTree.Root, "tests", "RankCollapse.Tests", "Cli", "Output", "Screens", $"{columns}.txt"),
            found = screens.ToString();
        if (Environment.GetEnvironmentVariable("RANKCOLLAPSE_REWRITE") is "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(golden)!);
            File.WriteAllText(golden, found);
        }
        // Where products are not fused, results have other digits.
        if (folder.Root.Length == LengthOfFolder && Arithmetic.Current.IsFused) Assert.Equal(File.ReadAllText(golden), found);

        // How long something took breaks lines elsewhere, so that only the words of such an answer are kept.
        void ShowTimed(string[] arguments)
        {
            int before = screens.Length;
            Show(arguments);
            string words = Durations().Replace(screens.ToString(before, screens.Length - before), "0 s");
            screens.Length = before;
            screens.AppendLine(Blanks().Replace(words, " "));
        }

        void Show(params string[] arguments)
        {
            CommandLine result = CommandLine.RunOnScreen(columns, arguments);
            string[] lines =
                [.. result.Output.ReplaceLineEndings("\n").Split('\n').Select(line => line.Replace(folder.Root, "/tmp", StringComparison.Ordinal))];
            Assert.All(lines, line => Assert.True(ScreenWriter.Columns(line) <= columns || !line.Trim().Contains(' '), line));
            Assert.All(Frames().Split(result.Error), frame => Assert.True(frame.Split('\n')[0].Length < columns || !frame.Trim().Contains(' '), frame));
            screens.AppendLine($"$ rankcollapse {string.Join(' ', arguments)}".Replace(folder.Root, "/tmp", StringComparison.Ordinal));
            foreach (string line in lines) screens.AppendLine(Digits().Replace(line, "0").TrimEnd());
        }
    }

    [GeneratedRegex(@"\r\u001b\[2K")]
    private static partial Regex Frames();

    [GeneratedRegex(@"(?<![\d.])\d[\d.]*(e-?\d+)?( min \d+)?\s+s\b")]
    private static partial Regex Durations();

    [GeneratedRegex(@"[\s─]+")]
    private static partial Regex Blanks();

    [GeneratedRegex(@"\d")]
    private static partial Regex Digits();
}
