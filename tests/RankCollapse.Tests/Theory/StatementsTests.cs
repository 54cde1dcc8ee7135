using System.Text.RegularExpressions;
using System.Xml.Linq;
using RankCollapse.Collapse;
using RankCollapse.Tests.Cli;
using RankCollapse.Theory.Certificates;
using RankCollapse.Theory.Forecasts;
using RankCollapse.Theory.Minimizers;
using RankCollapse.Theory.Paths;
using RankCollapse.Theory.RepresentationCosts;

namespace RankCollapse.Tests.Theory;

/// <summary>The paper's numbered statements, each with its one home: the type or member whose summary begins with its number.</summary>
public sealed partial class StatementsTests
{
    private static readonly Dictionary<string, (Type Type, string? Member)> Homes = new()
    {
        ["Proposition 3.1"] = (typeof(GradientRank), null),
        ["Definition 3.2"] = (typeof(TotalClusterVariation), null),
        ["Lemma 3.3"] = (typeof(Lemma33Remainder), null),
        ["Theorem 3.4"] = (typeof(LowRankCertificate), null),
        ["Definition 3.5"] = (typeof(CollapseVerdict), null),
        ["Definition 4.1"] = (typeof(FeatureConstraints), null),
        ["Theorem 4.2"] = (typeof(GlobalMinimizer), null),
        ["Theorem 4.3"] = (typeof(CollapsePath), null),
        ["Theorem 4.4"] = (typeof(StabilityFamily), null),
        ["Lemma A.6"] = (typeof(LemmaA6Sequence), null),
        ["Lemma B.1"] = (typeof(LemmaB1Problem), null),
        ["Lemma B.2"] = (typeof(BrockettFlow), null),
        ["Lemma B.3"] = (typeof(RankDrop), null),
        ["Corollary B.4"] = (typeof(CollapsePath), nameof(CollapsePath.Discretize)),
        ["Remark B.6"] = (typeof(RepresentationCostOptions), nameof(RepresentationCostOptions.OfRemarkB6)),
        ["Lemma C.1"] = (typeof(LemmaC1Problem), null),
        ["Theorem C.2"] = (typeof(GlobalMinimizer), null),
        ["Remark C.3"] = (typeof(StabilityFamily), null),
        ["Proposition D.1"] = (typeof(BlockStructure), null),
    };

    private static readonly string[] NotComputed = ["Definition A.1", "Proposition A.2", "Lemma A.3", "Proposition A.4", "Remark A.5", "Remark B.5"];

    private static readonly Lazy<(string Id, string[] Numbers)[]> Headings = new(() =>
        [.. XDocument.Load(Path.Combine(AppContext.BaseDirectory, "RankCollapse.xml")).Descendants("member")
            .Select(m => (Id: m.Attribute("name")!.Value, Summary: m.Element("summary")?.Value.Trim() ?? ""))

            // Records repeat their summary at their constructor.
            .Where(m => !m.Id.Contains("#ctor", StringComparison.Ordinal))
            .Select(m => (m.Id, Numbers: Heading().Match(m.Summary) is { Success: true } match ? match.Groups[1].Captures.Select(c => c.Value).ToArray() : []))
            .Where(m => m.Numbers.Length > 0)]);

    private static readonly Lazy<string[][]> Table = new(() =>
        [.. File.ReadLines(Page)
            .TakeWhile(line => !line.StartsWith("## Where the paper is loose", StringComparison.Ordinal))
            .Where(line => line.StartsWith("| ", StringComparison.Ordinal))
            .Select(line => line.Trim('|', ' ').Split(" | "))]);

    private static string Page => Path.Combine(RepositoryRoot(), "docs", "theory.md");

    public static TheoryData<string> Computed => [.. Homes.Keys];

    public static TheoryData<string> Left => [.. NotComputed];

    [Theory]
    [MemberData(nameof(Computed))]
    public void Statement_HasOneHomeWhoseSummaryBeginsWithItsNumber(string number) => Assert.Equal([IdOf(Homes[number])], HomesOf(number));

    [Theory]
    [MemberData(nameof(Left))]
    public void StatementThatIsNotComputed_HasNoHome(string number) => Assert.Empty(HomesOf(number));

    [Fact]
    public void Summaries_BeginWithStatementsOfThePaperAlone() =>
        Assert.Equal(Homes.Keys.Order(StringComparer.Ordinal), Headings.Value.SelectMany(h => h.Numbers).Distinct().Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Computed))]
    public void Statement_StandsInTheTableWithItsHome(string number)
    {
        (Type type, string? member) = Homes[number];
        string[] row = Assert.Single(Table.Value, r => r.Length == 5 && Names(r[0], number));
        Assert.Equal(type.Namespace!.Split('.')[^1], row[1].Split(", ")[0].Trim('`'));
        Assert.Contains(member is null ? $"`{type.Name}`" : $"`{type.Name}.{member}`", row[2], StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Left))]
    public void StatementThatIsNotComputed_StandsInTheTableWithTheReason(string number) =>
        Assert.NotEmpty(Assert.Single(Table.Value, r => r.Length == 2 && Names(r[0], number))[1]);

    [Fact]
    public void TypesInTheTable_Exist()
    {
        ILookup<string, Type> types = typeof(GlobalMinimizer).Assembly.GetTypes().ToLookup(t => t.Name, StringComparer.Ordinal);
        Assert.All(Table.Value.Where(r => r.Length == 5).SelectMany(r => Quoted(r[2])), name =>
        {
            string[] parts = name.Split('.');
            Type type = Assert.Single(types[parts[0]]);
            Assert.True(type.IsPublic, $"{name} is named, and not public.");
            if (parts.Length == 2) Assert.NotEmpty(type.GetMember(parts[1]));
        });
    }

    [Fact]
    public void TypesThatThePageNames_ArePublic()
    {
        ILookup<string, Type> types = typeof(GlobalMinimizer).Assembly.GetTypes().ToLookup(t => t.Name, StringComparer.Ordinal);
        Assert.All(File.ReadLines(Page).SelectMany(Quoted).Select(name => name.Split('.')[0]).Distinct().SelectMany(name => types[name]), type =>
            Assert.True(type.IsPublic, $"{type} is named, and not public."));
    }

    [Fact]
    public void EveryRow_SaysHowToSeeItsStatement() => Assert.All(Table.Value.Where(r => r.Length == 5).Skip(2), row =>
        Assert.True(Promise().IsMatch(row[3]) || row[3].StartsWith("in the library alone: ", StringComparison.Ordinal), row[0]));

    [Fact]
    public void Commands_PrintWhatTheTableSays()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.File("runs"));
        foreach (string line in File.ReadLines(Page).TakeWhile(line => !line.StartsWith("| statement", StringComparison.Ordinal))
            .Where(line => line.StartsWith("    ", StringComparison.Ordinal)))
        {
            string[] words = Words(line.Trim());
            if (words[0] == "echo") File.WriteAllText(words[^1], string.Join(" ", words[1..^2]));
            else Run(words);
        }
        Match[] promises = [.. Table.Value.Where(r => r.Length == 5).SelectMany(r => Promise().Matches(r[3]))];
        foreach (IGrouping<string, string> command in promises.GroupBy(m => m.Groups["command"].Value, m => m.Groups["words"].Value))
        {
            string printed = Run(Words(command.Key));
            foreach (string words in command)
                Assert.True(printed.Contains(words, StringComparison.Ordinal), $"{command.Key} does not print “{words}”:\n{printed}");
        }

        string[] Words(string line) => [.. line.Split(' ').Select(word =>
            word.StartsWith("runs/", StringComparison.Ordinal) ? folder.File(word.Replace('/', Path.DirectorySeparatorChar)) : word)];

        static string Run(string[] words)
        {
            Assert.Equal("rankcollapse", words[0]);
            CommandLine result = CommandLine.Run(words[1..]);
            Assert.True(result.ExitCode == 0, $"{string.Join(" ", words)} ended with {result.ExitCode}: {result.Error}{result.Output}");
            return result.Output;
        }
    }

    [Fact]
    public void TestsInTheTable_Exist()
    {
        Type[] types = typeof(StatementsTests).Assembly.GetTypes();
        HashSet<string> names = [.. types.Select(t => t.Name), .. types.SelectMany(t => t.GetMethods()).Select(m => m.Name)];
        Assert.All(Table.Value.Where(r => r.Length == 5).SelectMany(r => Quoted(r[4])), name => Assert.Contains(name, names));
    }

    private static IEnumerable<string> HomesOf(string number) =>
        Headings.Value.Where(h => h.Numbers.Contains(number)).Select(h => h.Id.Split('(')[0]);

    private static string IdOf((Type Type, string? Member) home) => home.Member is null ? $"T:{home.Type.FullName}" : $"M:{home.Type.FullName}.{home.Member}";

    private static bool Names(string cell, string number) => cell.Split(", ").Contains(number);

    /// <summary>The names of types and tests among what is quoted as code; options of the command are quoted too.</summary>
    private static IEnumerable<string> Quoted(string cell) => Code().Matches(cell).Select(m => m.Groups[1].Value).Where(name => char.IsUpper(name[0]));

    private static string RepositoryRoot()
    {
        string folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "RankCollapse.slnx"))) folder = Path.GetDirectoryName(folder)!;
        return folder;
    }

    /// <summary>One number or several at the beginning, up to a colon.</summary>
    [GeneratedRegex(@"^(?:(?:, | and )?((?:Theorem|Lemma|Proposition|Definition|Corollary|Remark) [A-D1-9]\.\d))+:")]
    private static partial Regex Heading();

    /// <summary>A command and words that it prints.</summary>
    [GeneratedRegex("`(?<command>rankcollapse [^`]+)` prints “(?<words>[^”]+)”", RegexOptions.ExplicitCapture)]
    private static partial Regex Promise();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Code();
}
