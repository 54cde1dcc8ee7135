using System.Reflection;
using PublicApiGenerator;
using RankCollapse.Experiments;
using RankCollapse.Models;
using RankCollapse.Reporting;
using RankCollapse.Sweeps.Storage;

namespace RankCollapse.Tests.House;

/// <summary>
/// The public API of each package, as it was agreed on: <c>House/PublicApi/NAME.txt</c>. A change that is meant is accepted by running these tests with
/// <c>RANKCOLLAPSE_REWRITE=1</c>, which writes the files anew, and by committing them.
/// </summary>
public sealed class PublicApiTests
{
    private const string Accept = "RANKCOLLAPSE_REWRITE";

    private static readonly ApiGeneratorOptions Options = new() { IncludeAssemblyAttributes = false };

    private static readonly Dictionary<string, Assembly> Assemblies =
        ((Type[])[typeof(InvalidInputException), typeof(Inspection), typeof(SweepFolder), typeof(HtmlReport), typeof(Experiment)])
        .ToDictionary(type => type.Assembly.GetName().Name!, type => type.Assembly);

    public static TheoryData<string> Packages =>
        ["RankCollapse", "RankCollapse.Models", "RankCollapse.Sweeps", "RankCollapse.Reporting", "RankCollapse.Experiments"];

    [Theory]
    [MemberData(nameof(Packages))]
    public void Api_IsTheAcceptedOne(string package)
    {
        string path = Path.Combine(SourceTree.Root, "tests", "RankCollapse.Tests", "House", "PublicApi", package + ".txt");
        string[] api = Assemblies[package].GeneratePublicApi(Options).ReplaceLineEndings("\n").TrimEnd().Split('\n');
        if (Environment.GetEnvironmentVariable(Accept) == "1") File.WriteAllText(path, string.Join('\n', api) + "\n");
        string[] accepted = File.ReadAllLines(path);
        string[] added = [.. api.Except(accepted)], removed = [.. accepted.Except(api)];
        Assert.True(
            accepted.SequenceEqual(api),
            $"The public API of {package} has changed; if that is meant, run this test with {Accept}=1 and commit "
                + $"{path}.\nadded:\n{string.Join('\n', added)}\nremoved:\n{string.Join('\n', removed)}");
    }
}
