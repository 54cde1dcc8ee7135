using System.Text.RegularExpressions;
using System.Xml.Linq;
using RankCollapse.Reporting;
using RankCollapse.Runs;

namespace RankCollapse.Tests.Reporting;

public sealed partial class RunFiguresTests : IDisposable
{
    private static readonly byte[] PngMagic = [0x89, 0x50, 0x4e, 0x47];
    private readonly string _folder = Directory.CreateTempSubdirectory("rankcollapse-figures-").FullName;

    public static TheoryData<string> Kinds => [.. SampleRuns.All.Keys];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void WriteAll_OfAnyRun_WritesWellFormedFiguresWithoutNaN(string kind)
    {
        Run run = SampleRuns.All[kind]();
        IReadOnlyList<string> written = RunFigures.WriteAll(run, _folder);

        Assert.Equal(16, written.Count);
        Assert.All(written, path => Assert.True(new FileInfo(path).Length > 500, path));
        foreach (string path in written.Where(p => p.EndsWith(".png", StringComparison.Ordinal)))
            Assert.Equal(PngMagic, File.ReadAllBytes(path)[..4]);
        foreach (string path in written.Where(p => p.EndsWith(".svg", StringComparison.Ordinal)))
        {
            XElement root = XElement.Load(path);
            foreach (XAttribute attribute in root.DescendantsAndSelf().Attributes().Where(a => a.Name.LocalName is not ("href" or "id")))
                Assert.DoesNotMatch(NotANumber(), attribute.Value);
            Assert.All(root.Descendants().Where(e => e.Name.LocalName == "text"), e => Assert.Equal("Inter, sans-serif", e.Attribute("font-family")?.Value));
            Assert.EndsWith("mm", root.Attribute("width")!.Value, StringComparison.Ordinal);
            Assert.Contains(root.Elements(), e => e.Name.LocalName == "desc" && e.Value.Length > 10);
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [GeneratedRegex(@"\b(nan|inf|infinity)\b", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    private static partial Regex NotANumber();
}
