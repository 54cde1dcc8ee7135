using System.Text.Json;
using System.Xml.Linq;

namespace RankCollapse.Tests.House;

/// <summary>What the lock files of all projects name: packages under licences that ask for no more than that their notice is kept.</summary>
public sealed class LockedPackagesTests
{
    private const string LockName = "packages.lock.json";

    /// <summary>Licences that a package may have: permissive ones, which agree with ours.</summary>
    private static readonly string[] Allowed = ["MIT", "Apache-2.0", "BSD-3-Clause"];

    /// <summary>Packages from before licences had names, by the address that they give instead, and what was read there.</summary>
    private static readonly Dictionary<string, string> ByAddress = new(StringComparer.Ordinal)
    {
        ["https://github.com/MiloszKrajewski/K4os.Compression.LZ4/blob/master/LICENSE?raw=true"] = "MIT",
        ["https://github.com/dotnet/corefx/blob/master/LICENSE.TXT"] = "MIT",
        ["https://github.com/dotnet/standard/blob/master/LICENSE.TXT"] = "MIT",
    };

    /// <summary>Packages under another licence, and why they may be used.</summary>
    private static readonly Dictionary<string, string> Exceptions = new(StringComparer.Ordinal)
    {
        ["Microsoft.NETCore.Platforms"] =
            "Microsoft's licence of .NET libraries: a list of systems' names, used while the generators are compiled, and in no package of ours",
    };

    [Fact]
    public void EveryProject_HasALockFile()
    {
        string[] projects = [.. Directory.EnumerateFiles(SourceTree.Root, "*.csproj", SearchOption.AllDirectories).Where(path => !path.Contains("/obj/",
            StringComparison.Ordinal))];
        Assert.NotEmpty(projects);
        Assert.All(projects, project => Assert.True(File.Exists(Path.Combine(Path.GetDirectoryName(project)!, LockName)), project));
    }

    [Fact]
    public void LockFiles_NameNoHostAndNoFolder() =>
        Assert.All(LockFiles(), path => Assert.DoesNotContain("//", string.Concat(
            File.ReadLines(path).Where(line => !line.Contains("contentHash", StringComparison.Ordinal))), StringComparison.Ordinal));

    [Fact]
    public void EveryPackage_HasALicenceThatIsAllowed()
    {
        string folder = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        var problems = new List<string>();
        int read = 0;
        foreach ((string id, string version) in LockFiles().SelectMany(Packages).Distinct())
        {
            string package = Path.Combine(folder, id.ToLowerInvariant(), version.ToLowerInvariant()), description = Path.Combine(package,
                id.ToLowerInvariant() + ".nuspec");
            if (!File.Exists(description))
            {
                // Where not every project was restored, as it is in the CI.
                if (Environment.GetEnvironmentVariable("CI") == "true") problems.Add($"{id} {version} is not in {folder}");
                continue;
            }
            read++;
            string licence = LicenceOf(XDocument.Load(description), package);
            if (!licence.Split(" OR ").Any(Allowed.Contains) && !Exceptions.ContainsKey(id)) problems.Add($"{id} {version} has the licence {licence}");
        }
        Assert.True(problems.Count == 0, string.Join('\n', problems));
        Assert.True(read > 30, $"Only {read} packages were found.");
    }

    private static string LicenceOf(XDocument description, string package)
    {
        XElement[] metadata = [.. description.Root!.Elements().Elements()];
        string? Value(string name) => metadata.FirstOrDefault(element => element.Name.LocalName == name)?.Value;
        string? kind = metadata.FirstOrDefault(element => element.Name.LocalName == "license")?.Attribute("type")?.Value;
        if (kind == "expression") return Value("license")!.Trim('(', ')');
        if (kind == "file") return File.ReadLines(Path.Combine(package,
            Value("license")!)).First().Trim() is "MIT License" ? "MIT" : $"in its file {Value("license")}";
        string address = Value("licenseUrl") ?? "";
        return ByAddress.GetValueOrDefault(address, $"at '{address}'");
    }

    private static string[] LockFiles() => Directory.GetFiles(SourceTree.Root, LockName, SearchOption.AllDirectories);

    private static List<(string Id, string Version)> Packages(string path)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(path));
        return
        [
            .. document.RootElement.GetProperty("dependencies").EnumerateObject().SelectMany(framework => framework.Value.EnumerateObject())
                .Where(package => package.Value.GetProperty("type").GetString() != "Project")
                .Select(package => (package.Name, package.Value.GetProperty("resolved").GetString()!)),
        ];
    }
}
