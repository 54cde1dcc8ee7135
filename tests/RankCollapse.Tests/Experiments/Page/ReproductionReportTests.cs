using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using RankCollapse.Cli.Commands;
using RankCollapse.Experiments;
using RankCollapse.Experiments.Page;
using RankCollapse.Reporting.Pages;

namespace RankCollapse.Tests.Experiments.Page;

public sealed partial class ReproductionReportTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Page_HoldsClaimsMeasurementsVerdictsAndLinksOfEveryFigure()
    {
        IReadOnlyList<FigureResult> figures = SyntheticReproduction.Write(_folder.Root);
        string page = File.ReadAllText(Path.Combine(_folder.Root, ReproductionReport.FileName));

        Assert.Contains("7 of 10 claims reproduced, 1 under a condition that the paper does not state and 2 not", page, StringComparison.Ordinal);
        Assert.Contains("Reproduced under a condition", page, StringComparison.Ordinal);
        Assert.Contains("small σ &lt;at every λ&gt;", page, StringComparison.Ordinal);
        Assert.Contains("W<sub>1</sub> explains it.", page, StringComparison.Ordinal);
        foreach (FigureResult figure in figures)
        {
            Assert.Contains($"<section id=\"{figure.Name}\"", page, StringComparison.Ordinal);
            Assert.Contains(figure.Command.Split(' ')[^1], page, StringComparison.Ordinal);
            foreach (FigureData data in figure.Data)
            {
                foreach (string file in (string[])[$"{figure.Name}/{data.Name}.csv", $"{figure.Name}/{data.Name}.parquet"])
                {
                    Assert.Contains($"href=\"{file}\"", page, StringComparison.Ordinal);
                    Assert.True(File.Exists(Path.Combine(_folder.Root, file)), file);
                }
            }
        }
        Assert.All(Address().Matches(page), match => Assert.StartsWith("http://www.w3.org/", match.Value, StringComparison.Ordinal));
    }

    [Fact]
    public void Identifiers_OfThePage_AreUnique()
    {
        SyntheticReproduction.Write(_folder.Root);
        string page = File.ReadAllText(Path.Combine(_folder.Root, ReproductionReport.FileName));
        string[] identifiers = [.. Identifier().Matches(page).Select(match => match.Groups["id"].Value)];

        Assert.NotEmpty(identifiers);
        Assert.Equal(identifiers.Length, identifiers.Distinct().Count());
    }

    [Fact]
    public void Charts_AreReadBackAsTheyWereWritten()
    {
        FigureResult written = SyntheticReproduction.Write(_folder.Root)[0];
        FigureResult read = FigureResult.Read(Path.Combine(_folder.Root, written.Name));

        Assert.Equal(JsonSerializer.Serialize(written.Verdicts), JsonSerializer.Serialize(read.Verdicts));
        Assert.Equal(2, JsonNode.Parse(read.Charts)!["heat"]!["panels"]!.AsArray().Count);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(written.Charts), JsonNode.Parse(read.Charts)));
    }

    [Fact]
    public void Results_KeepToTheirSchemas()
    {
        IReadOnlyList<FigureResult> figures = SyntheticReproduction.Write(_folder.Root);
        Assert.All(figures, figure => Assert.Empty(SchemaCheck.Problems(Schemas.All.Parse("figure").Create(), JsonNode.Parse(figure.ToJson()))));
        JsonObject document = ReproduceCommand.Document.Write((_folder.Root, figures));
        Assert.Empty(SchemaCheck.Problems(Schemas.All.Parse("reproduce-json").Create(), JsonNode.Parse(document.ToJsonString())));
    }

    [Fact]
    public void Figure_WithoutCharts_IsShownAsItsPicture()
    {
        SyntheticReproduction.Write(_folder.Root);
        File.Delete(Path.Combine(_folder.Root, "fig1", FigureResult.ChartsFileName));
        string page = File.ReadAllText(ReproductionReport.Write(_folder.Root));
        Assert.DoesNotContain("data-chart=\"fig1-heat\"", page, StringComparison.Ordinal);
        Assert.Contains("<figure id=\"fig1-heat\"", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Page_OfADamagedFigure_NamesTheFile()
    {
        SyntheticReproduction.Write(_folder.Root);
        string svg = Path.Combine(_folder.Root, "fig1", "heat.svg");
        File.WriteAllText(svg, "<svg");
        Assert.Contains("fig1/heat.svg", Assert.Throws<InvalidInputException>(() => ReproductionReport.Write(_folder.Root)).Message, StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(_folder.Root, "fig1", FigureResult.FileName), "{}");
        Assert.Contains(FigureResult.FileName, Assert.Throws<InvalidInputException>(() => ReproductionReport.Write(_folder.Root)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Page_OfAnEmptyFolder_IsRefused() =>
        Assert.Contains("no reproduced figure", Assert.Throws<InvalidInputException>(() => ReproductionReport.Write(_folder.Root)).Message,
            StringComparison.Ordinal);

    [Theory]
    [InlineData("Z^{l,T}Z^l", "Z<sup>l,T</sup>Z<sup>l</sup>")]
    [InlineData("w_l and TCV_{K,l}", "w<sub>l</sub> and TCV<sub>K,l</sub>")]
    [InlineData("block_deviation", "block_deviation")]
    [InlineData("(λ'/λ)^0.46 <b>", "(λ′/λ)<sup>0.46</sup> &lt;b&gt;")]
    public void Formulas_InSentences_AreRaisedAndLowered(string text, string html) => Assert.Equal(html, PageText.Sentence(text));

    public void Dispose() => _folder.Dispose();

    [GeneratedRegex(@"https?://[^""'\s)<]*")]
    private static partial Regex Address();

    [GeneratedRegex(@"\sid=""(?<id>[^""]+)""", RegexOptions.ExplicitCapture)]
    private static partial Regex Identifier();
}
