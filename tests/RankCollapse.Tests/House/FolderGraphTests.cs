using System.Reflection;
using System.Xml.Linq;
using RankCollapse.Cli;
using RankCollapse.Experiments;
using RankCollapse.Models;
using RankCollapse.Reporting;
using RankCollapse.Sweeps;

namespace RankCollapse.Tests.House;

/// <summary>Which folders and projects may refer to which: types flow one way, none in a circle.</summary>
public sealed class FolderGraphTests
{
    /// <summary>Every folder of <c>src</c>, as a namespace; each may refer to those before it, and to no others.</summary>
    private static readonly string[] Order =
    [
        "RankCollapse",
        "RankCollapse.LinearAlgebra.Vectors", "RankCollapse.LinearAlgebra.Kernels", "RankCollapse.LinearAlgebra",
        "RankCollapse.Formats",
        "RankCollapse.Data",
        "RankCollapse.Networks",
        "RankCollapse.Training", "RankCollapse.Training.SecondOrder", "RankCollapse.Training.Solving",
        "RankCollapse.Collapse", "RankCollapse.Collapse.Metrics",
        "RankCollapse.Theory.RepresentationCosts", "RankCollapse.Theory.Minimizers", "RankCollapse.Theory.Certificates", "RankCollapse.Theory.Rivals",
            "RankCollapse.Theory.StationaryPoints",
            "RankCollapse.Theory.Paths",
        "RankCollapse.Theory.Forecasts",
        "RankCollapse.Runs",
        "RankCollapse.Sweeps.Plan", "RankCollapse.Sweeps.Storage", "RankCollapse.Sweeps.Work", "RankCollapse.Sweeps.Engines.Local",
        "RankCollapse.Sweeps.Engines.Slurm", "RankCollapse.Sweeps.Engines.InProcess", "RankCollapse.Sweeps.Engines", "RankCollapse.Sweeps.Specification",
        "RankCollapse.Sweeps.Results", "RankCollapse.Sweeps.Live", "RankCollapse.Sweeps",
        "RankCollapse.Models.Reading", "RankCollapse.Models.Torch", "RankCollapse.Models.Onnx", "RankCollapse.Models.Weights", "RankCollapse.Models.Running",
        "RankCollapse.Models.Features",
        "RankCollapse.Models.Compression", "RankCollapse.Models.Formats", "RankCollapse.Models.Comparison", "RankCollapse.Models",
        "RankCollapse.Reporting.Text", "RankCollapse.Reporting.Fonts", "RankCollapse.Reporting.Panels", "RankCollapse.Reporting.Rendering",
            "RankCollapse.Reporting.Pages",
        "RankCollapse.Reporting.Compressions", "RankCollapse.Reporting.Figures", "RankCollapse.Reporting.Inspections", "RankCollapse.Reporting.Reports",
        "RankCollapse.Reporting",
        "RankCollapse.Experiments", "RankCollapse.Experiments.Depth", "RankCollapse.Experiments.Ranks", "RankCollapse.Experiments.Batch",
        "RankCollapse.Experiments.Rivals",
        "RankCollapse.Experiments.Figure1", "RankCollapse.Experiments.Figure2", "RankCollapse.Experiments.Figure3",
        "RankCollapse.Experiments.Figure5", "RankCollapse.Experiments.Figures6And7", "RankCollapse.Experiments.Page", "RankCollapse.Experiments.Running",
        "RankCollapse.Cli.Doctor", "RankCollapse.Cli.Output", "RankCollapse.Cli.Parsing", "RankCollapse.Cli.Serving", "RankCollapse.Cli.Playing",
        "RankCollapse.Cli.Commands.Sweeps",
        "RankCollapse.Cli.Commands", "RankCollapse.Cli",
    ];

    /// <summary>The projects that each project refers to.</summary>
    private static readonly Dictionary<string, string[]> ProjectReferences = new()
    {
        ["RankCollapse"] = ["RankCollapse.Generators"],
        ["RankCollapse.Generators"] = [],
        ["RankCollapse.Models"] = ["RankCollapse"],
        ["RankCollapse.Sweeps"] = ["RankCollapse"],
        ["RankCollapse.Reporting"] = ["RankCollapse", "RankCollapse.Models"],
        ["RankCollapse.Experiments"] = ["RankCollapse", "RankCollapse.Reporting", "RankCollapse.Sweeps"],
        ["RankCollapse.Cli"] = ["RankCollapse", "RankCollapse.Experiments", "RankCollapse.Models", "RankCollapse.Reporting", "RankCollapse.Sweeps"],
    };

    private static readonly Assembly[] Projects =
    [
        typeof(InvalidInputException).Assembly, typeof(Inspection).Assembly, typeof(TrainingEnsemble).Assembly, typeof(HtmlReport).Assembly,
            typeof(Experiment).Assembly,
        typeof(RankCollapseCommand).Assembly,
    ];

    [Fact]
    public void Folders_ReferOnlyToThoseBeforeThem()
    {
        var upward = Projects.SelectMany(TypeReferences.Of)
            .Where(pair => Array.IndexOf(Order, pair.From.Namespace) < Array.IndexOf(Order, pair.To.Namespace) && pair.From.Namespace is not null)
            .GroupBy(pair => $"{pair.From.Namespace} -> {pair.To.Namespace}", pair => $"{pair.From.Name} to {pair.To.Name}")
            .Select(edge => $"{edge.Key}: {string.Join(", ", edge.Distinct().Take(10))}");
        Assert.True(!upward.Any(), string.Join('\n', upward));
    }

    [Fact]
    public void Order_ListsEveryFolder()
    {
        string[] folders = [.. SourceTree.Files("src").Select(SourceTree.NamespaceOf).Where(folder => folder != "RankCollapse.Generators").Distinct()];
        Assert.Equal(folders.Order(), Order.Intersect(folders).Order());
        Assert.Equal(Order.Distinct(), Order);
    }

    [Fact]
    public void Projects_ReferOnlyToThoseListed()
    {
        foreach ((string project, string[] references) in ProjectReferences)
        {
            XDocument file = XDocument.Load(Path.Combine(SourceTree.Root, "src", project, project + ".csproj"));
            Assert.Equal(references,
                file.Descendants("ProjectReference").Select(element => Path.GetFileNameWithoutExtension((string)element.Attribute("Include")!)).Order());
        }
    }
}
