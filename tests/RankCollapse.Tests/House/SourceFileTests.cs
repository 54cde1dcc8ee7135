using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace RankCollapse.Tests.House;

/// <summary>What holds of every source file: namespace, length of lines, names of tests, what errors say, and to whom internals are open.</summary>
public sealed partial class SourceFileTests
{
    private const int LongestLine = 160;

    /// <summary>Lines of JSON, HTML and shell inside strings, and rows of printed tables, which breaking would not make clearer; never to be raised.</summary>
    private const int LongTexts = 24;

    /// <summary>Tests that are of no single file of <c>src</c>, with the reason.</summary>
    private static readonly Dictionary<string, string> TestsOfNoFile = new()
    {
        ["tests/RankCollapse.Tests/Adding/"] = "entries of the open tables, each seen from everywhere",
        ["tests/RankCollapse.Tests/Cli/ReplacedFileTests.cs"] = "every file of runs and sweeps, with something else in its place",
        ["tests/RankCollapse.Tests/Fuzzing/"] = "every door through which content of others comes in",
        ["tests/RankCollapse.Tests/Golden/"] = "whole results, bit for bit",
        ["tests/RankCollapse.Tests/House/"] = "the repository itself",
        ["tests/RankCollapse.Tests/Networks/ActivationAccuracyTests.cs"] = "how accurate every activation is",
        ["tests/RankCollapse.Tests/Networks/ActivationBoundsTests.cs"] = "the bounds that every activation claims",
        ["tests/RankCollapse.Tests/Runs/CollapseToleranceTests.cs"] = "trainings that end when all layers have collapsed, by run, resuming and ensemble",
        ["tests/RankCollapse.Tests/LongTests.cs"] = "no test, but what long ones require",
        ["tests/RankCollapse.Tests/Theory/StatementsTests.cs"] = "the paper's statements, each with its home",
    };

    /// <summary>Files below the command in which texts name options, with the reason.</summary>
    private static readonly Dictionary<string, string> FilesThatNameOptions = new()
    {
        ["src/RankCollapse.Experiments/Running/FigureWork.cs"] = "says which command makes the figure again",
        ["src/RankCollapse.Sweeps/Engines/Local/WorkerProcess.cs"] = "starts the command",
        ["src/RankCollapse.Sweeps/Engines/Slurm/SlurmClient.cs"] = "starts Slurm's commands",
        ["src/RankCollapse.Sweeps/Engines/Slurm/SlurmScript.cs"] = "starts Slurm's commands and this one",
    };

    /// <summary>
    /// Files in which something is computed whose result could differ from machine to machine, with the reason why it does not, or why no result depends on it.
    /// </summary>
    private static readonly Dictionary<string, string> FilesThatMayDiffer = new()
    {
        ["src/RankCollapse/LinearAlgebra/CompensatedProduct.cs"] = "entry by entry, and exact products at every width",
    };

    [Fact]
    public void Namespaces_EqualFolders()
    {
        IEnumerable<string> others = SourceTree.Files("src", "tests", "benchmarks")
            .Where(file => Path.GetFileName(file) != "Program.cs")
            .Where(file => !SourceTree.Lines(file).Contains($"namespace {SourceTree.NamespaceOf(file)};"));
        Assert.Empty(others);
    }

    [Fact]
    public void Lines_AreNotTooLong()
    {
        string[] lines =
        [
            .. from file in SourceTree.Files("src", "tests", "benchmarks")
               from line in SourceTree.Lines(file).Index()
               where line.Item.Length > LongestLine
               select $"{file}:{line.Index + 1} has {line.Item.Length} characters",
        ];
        Assert.True(lines.Length <= LongTexts, $"{lines.Length} lines are too long: {string.Join("\n", lines.Take(20))}");
    }

    [Fact]
    public void Tests_HaveTheNameAndPlaceOfWhatTheyTest()
    {
        HashSet<string> sources = [.. SourceTree.Files("src").Select(file => $"{SourceTree.NamespaceOf(file)}.{Path.GetFileNameWithoutExtension(file)}")];
        IEnumerable<string> others =
            from file in SourceTree.Files("tests/RankCollapse.Tests")
            where file.EndsWith("Tests.cs", StringComparison.Ordinal) && !TestsOfNoFile.Keys.Any(file.StartsWith)
            let tested = $"RankCollapse{SourceTree.NamespaceOf(file)["RankCollapse.Tests".Length..]}.{Path.GetFileName(file)[..^"Tests.cs".Length]}"
            where !sources.Contains(tested)
            select file;
        Assert.Empty(others);
    }

    /// <summary>
    /// The C library's functions differ between systems, sums of other libraries between vector widths, and products added at once between processors; what is
    /// drawn and printed may use them.
    /// </summary>
    [Fact]
    public void WhatComputes_GivesTheSameBitsOnEveryMachine()
    {
        IEnumerable<string> others =
            from file in SourceTree.Files("src")
            where ComputingProject().IsMatch(file) && !FilesThatMayDiffer.ContainsKey(file)
            from line in SourceTree.Lines(file)
            where DiffersBetweenMachines().IsMatch(line.Split("//")[0])
            select $"{file}: {line.Trim()}";
        Assert.Empty(others);
    }

    /// <summary>
    /// Of .NET on Linux what draws on OpenSSL, which ends the program where that is missing: secrets, hashes, connections, and the check for names that
    /// stand twice in JSON.
    /// </summary>
    [Fact]
    public void OpenSsl_IsNeededByNothing()
    {
        IEnumerable<string> others =
            from file in SourceTree.Files("src")
            where file != "src/RankCollapse/Formats/Sha256.cs"
            from line in SourceTree.Lines(file)
            where DrawsOnOpenSsl().IsMatch(line.Split("//")[0])
            select $"{file}: {line.Trim()}";
        Assert.Empty(others);
    }

    [Fact]
    public void ErrorsBelowTheCommand_NameNoOptions()
    {
        IEnumerable<string> others =
            from file in SourceTree.Files("src")
            where !file.StartsWith("src/RankCollapse.Cli/", StringComparison.Ordinal) && !FilesThatNameOptions.ContainsKey(file)

            from line in SourceTree.Lines(file)
            where OptionInText().IsMatch(line)
            select $"{file}: {line.Trim()}";
        Assert.Empty(others);
    }

    [Fact]
    public void Internals_AreOpenToTestsAndBenchmarksAlone()
    {
        IEnumerable<string> open =
            from file in Directory.GetFiles(Path.Combine(SourceTree.Root, "src"), "*.csproj", SearchOption.AllDirectories)
            from element in XDocument.Load(file).Descendants("InternalsVisibleTo")
            let friend = (string)element.Attribute("Include")!
            where friend is not ("RankCollapse.Tests" or "RankCollapse.BrowserTests" or "RankCollapse.Benchmarks")
            select $"{Path.GetFileNameWithoutExtension(file)} to {friend}";
        Assert.Empty(open);
    }

    /// <summary>An option in a sentence of a string; variables of CSS stand at its beginning or in var().</summary>
    [GeneratedRegex(@"^src/RankCollapse(\.Generators|\.Models|\.Sweeps|\.Experiments)?/")]
    private static partial Regex ComputingProject();

    [GeneratedRegex(@"\b(Math|MathF|double|float)\.(A?(Sin|Cos|Tan)(h|Pi|2|2Pi)?|SinCos(Pi)?|Exp\w*|Log\w*)\b"
        + @"|\b(Math|MathF|double|float)\.(Pow|Cbrt|Hypot|RootN|Lerp|Reciprocal\w*)\b"
        + @"|\bTensorPrimitives\.(?!(Add|Subtract|Multiply|MultiplyAdd|Divide|Negate|Sqrt|IsFiniteAll|MaxMagnitude|MinMagnitude"
        + @"|ConvertTruncating|ConvertToSingle)\b)"
        + @"|\bVector<|\bVector(64|128|256|512)?\.(Sum|Dot)\b|\bMathNet\b|Estimate\(")]
    private static partial Regex DiffersBetweenMachines();

    [GeneratedRegex(@"\b(AllowDuplicateProperties|RandomNumberGenerator|(HMAC)?(MD5|SHA\d+)|Aes|RSA|ECDsa|X509\w*|SslStream|HttpClient)\b")]
    private static partial Regex DrawsOnOpenSsl();

    [GeneratedRegex("""^(?!\s*//).*\$?"[^"]*(?<!var[(])(?<=[ (])--[a-z]""")]
    private static partial Regex OptionInText();
}
