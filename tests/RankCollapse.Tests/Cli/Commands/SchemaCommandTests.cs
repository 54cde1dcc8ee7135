using System.Text;
using System.Text.Json.Nodes;
using RankCollapse.Cli.Commands;
using RankCollapse.Runs;
using RankCollapse.Tests.Sweeps;

namespace RankCollapse.Tests.Cli.Commands;

/// <summary>Schemas are those of docs/schemas, and what the program writes keeps to them.</summary>
/// <remarks><c>RANKCOLLAPSE_REWRITE=1</c> makes this class write docs/schemas and docs/settings.md anew.</remarks>
public sealed class SchemaCommandTests
{
    private static readonly bool Rewrites = Environment.GetEnvironmentVariable("RANKCOLLAPSE_REWRITE") is "1";

    public static TheoryData<string> Names => [.. Schemas.All.Names];

    private static string Docs
    {
        get
        {
            var folder = new DirectoryInfo(AppContext.BaseDirectory);
            while (!File.Exists(Path.Combine(folder.FullName, "RankCollapse.slnx"))) folder = folder.Parent!;
            return Path.Combine(folder.FullName, "docs");
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void TheFileInDocs_IsWhatIsPrinted(string name) => RequireFile(Path.Combine("schemas", $"{name}.json"), CommandLine.Run("schema", name).Output);

    [Fact]
    public void TheListOfSettings_IsThatOfTheTable() => RequireFile("settings.md", SettingsPage());

    [Fact]
    public void WithoutAName_AllAreListed()
    {
        string output = CommandLine.Run("schema").Output;
        Assert.All(Schemas.All.Names, name => Assert.Contains(name, output, StringComparison.Ordinal));
        Require("schema-json", CommandLine.Run("schema", "--json").Output);
    }

    [Fact]
    public void AnUnknownName_IsRefusedWithNearOnes()
    {
        CommandLine line = CommandLine.Run("schema", "confg", "--json");
        Assert.Equal(2, line.ExitCode);
        Assert.Contains("did you mean 'config'", line.Error, StringComparison.Ordinal);
        Require("error-json", line.Output);
    }

    [Fact]
    public void ARun_AndTheVerbsOnIt_KeepToTheirSchemas()
    {
        using var folder = new TemporaryFolder();
        string run = folder.File("run");
        Require("train-json", CommandLine.Train(run, "--max-epochs", "20", "--json").Output);
        Require("config", File.ReadAllText(Path.Combine(run, "config.json")));
        Require("summary", File.ReadAllText(Path.Combine(run, "summary.json")));
        Require("manifest", File.ReadAllText(Path.Combine(run, "manifest.json")));
        Require("measure-json", Done("measure", run, "--json"));
        Require("compare-json", Done("compare", run, run, "--json"));
        Require("certify-json", Done("certify", run, "--json"));
        Require("forecast-json", Done("forecast", "--against", run, "--json"));
        Require("stability-json", Done("forecast", "--against", run, "--stability", "--json"));
        Require("report-json", Done("report", run, "--json"));
        Require("inspect-json", Done("inspect", run, "--json"));
        Require("compress-json", Done("compress", run, "--rank", "2", "--out", folder.File("small.safetensors"), "--json"));
        Require("query-json", Done("query", "SELECT run, objective, width FROM runs", run, "--json"));
    }

    [Fact]
    public void AMinimiser_AndThePathToIt_KeepToTheirSchemas()
    {
        using var folder = new TemporaryFolder();
        string[] task = ["--data", "gaussian-mixture", "--samples", "9", "--classes", "3", "--dimension", "12", "--sigma", "1", "--depth", "3", "--width", "9",
            "--activation", "asinh"];
        Require("construct-json", Done(["construct", .. task, "--out", folder.File("minimiser"), "--json"]));
        CommandLine.Run(["train", .. task, "--max-epochs", "1", "--no-report", "--out", folder.File("run")]);
        Require("path-json", Done("path", folder.File("run"), "--no-figures", "--json"));
    }

    [Fact]
    public void TheMachine_KeepsToItsSchema() => Require("doctor-json", Done("doctor", "--json"));

    [Fact]
    public void AnEnsemble_KeepsToItsSchema()
    {
        using var folder = new TemporaryFolder();
        Require("ensemble", CommandLine.Train(folder.File("runs"), "--seeds", "0..1", "--max-epochs", "5", "--json").Output);
    }

    [Fact]
    public void ASweep_KeepsToItsSchemas()
    {
        using var folder = new TemporaryFolder();
        string json = $$"""
            {
              "name": "two", "settings": { {{SampleSweep.Tiny}} }, "grid": { "delta": { "from": 0.1, "to": 10, "count": 2, "scale": "log" } }, "seeds": 1,
              "exclude": [ { "delta": { "above": 100 } } ], "limits": { "keep": "summary" }
            }
            """;
        Require("sweep", json);
        foreach (string example in Directory.GetFiles(Path.Combine(Docs, "examples"), "*.json"))
        {
            string withoutComments = string.Join('\n', File.ReadLines(example).Where(line => !line.TrimStart().StartsWith("//", StringComparison.Ordinal)));
            Require(Path.GetFileName(example) == "train.json" ? "config" : "sweep", withoutComments);
        }
        string file = folder.Write("two.json", json), sweep = folder.File("sweep");
        Require("sweep-plan-json", Done("sweep", file, "--out", sweep, "--dry-run", "--json"));
        Require("sweep-status-json", Done("sweep", file, "--out", sweep, "--workers", "1", "--json"));
        Require("sweep-status-json", Done("sweep", "status", sweep, "--json"));
        Require("result", File.ReadAllText(Directory.GetFiles(sweep, "result.json", SearchOption.AllDirectories)[0]));
        Require("sweep-plot-json", Done("sweep", "plot", sweep, "--metric", "objective", "--x", "delta", "--json"));
        Require("sweep-collect-json", Done("sweep", "collect", sweep, "--json"));
        Require("sweep-work-json", Done("sweep", "work", sweep, "--json"));
        Require("sweep-retry-json", Done("sweep", "retry", sweep, "--failed", "--json"));
    }

    private static string Done(params string[] arguments)
    {
        CommandLine line = CommandLine.Run(arguments);
        return line.ExitCode == 2 ? throw new InvalidOperationException(line.Error) : line.Output;
    }

    private static void Require(string schema, string document) =>
        Assert.Empty(SchemaCheck.Problems(Schemas.All.Parse(schema).Create(), JsonNode.Parse(document)));

    private static void RequireFile(string path, string content)
    {
        string file = Path.Combine(Docs, path);
        content = content.ReplaceLineEndings("\n");
        if (Rewrites)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, content);
        }
        Assert.Equal(File.ReadAllText(file).ReplaceLineEndings("\n"), content);
    }

    private static string SettingsPage()
    {
        var page = new StringBuilder(
            "# Settings\n\nThe settings of a run, from the program's table of them. A setting has an effect on the result, on where training stops, ");
        page.Append("on what is recorded, or on the machine's time alone.\n\n");
        page.Append("| option | in files | what | effect on |\n|---|---|---|---|\n");
        foreach (Setting setting in RunSettings.All)
        {
            string what = setting.HelpWithValues.Replace("|", "\\|", StringComparison.Ordinal);
            page.Append($"| `--{setting.Name}` | `{setting.JsonName}` | {what} | {EnumNames.Of(setting.Effect)} |\n");
        }
        return page.ToString();
    }
}
