using RankCollapse.Formats;
using RankCollapse.Models.Comparison;
using RankCollapse.Models.Compression;
using RankCollapse.Reporting.Text;

namespace RankCollapse.Cli.Output;

/// <summary>What <c>compress --against</c> wrote, as text and as JSON.</summary>
internal static class AdapterOutput
{
    private const int LongestName = 48;
    private const int MostNames = 4;

    /// <summary>Writes the layers that have factors, the totals and what is not carried.</summary>
    public static void Write(TextWriter output, AdapterReport report)
    {
        int factored = report.Layers.Count(layer => layer.Rank is not null);
        output.WriteLine(report.Output is { } folder
            ? $"{folder}: factors of the change in {NumberText.Count(factored, "layer")}, {report.Parameters:N0} parameters, "
                + $"{Numbers.PerCent((double)report.Parameters / report.ModelParameters)} of the model's {report.ModelParameters:N0}"
            : $"{report.Model}: no layer's change could be factored, so that nothing was written");
        var table = new TextTable(
            ["module", new Column("shape", 5), "rank", new Column("parameters", 4), new Column("‖ΔW‖/‖B‖", 3), "error of ΔW", new Column("error of W", 2)]);
        foreach (AdapterLayer layer in report.Layers.Where(layer => layer.Rank is not null))
        {
            table.Add([ShortName.Of(layer.Module!, ShortName.Longest(output, LongestName)), layer.ShapeText, $"{layer.Rank}", $"{layer.Parameters:N0}",
                Numbers.Short(layer.RelativeChange), Numbers.Short(layer.ChangeError), Numbers.Short(layer.WeightError)]);
        }
        if (factored > 0) table.Write(output);
        AdapterLayer[] kept = [.. report.Layers.Where(layer => layer.IsKept)];
        if (kept.Length > 0) output.WriteLine($"Kept as they are: {Names(kept)}");
        foreach (var group in report.Lost.GroupBy(layer => layer.Reason!))
            output.WriteLine($"Not carried: {Names(group)}: {group.Key}");
        output.WriteLine($"Merged with the base, the weights are off by {Numbers.Short(report.Error)} of their norm, {Numbers.Short(report.ChangeError)} of "
            + "the change, with what is not carried");
    }

    private static string Names(IEnumerable<AdapterLayer> layers)
    {
        string[] all = [.. layers.Select(layer => ShortName.Of(layer.Name, LongestName)
            + (layer is { Reason: not null, RelativeChange: { } change } ? $" (changed by {Numbers.Short(change)})" : ""))];
        return string.Join(", ", all.Take(MostNames)) + (all.Length > MostNames ? $" and {all.Length - MostNames} more" : "");
    }

    /// <summary>The document.</summary>
    public static JsonShape<AdapterReport> Document => new JsonShape<AdapterReport>()
        .Whole("version", _ => JsonOutput.MetricsVersion)
        .Text("model", report => report.Model)
        .Text("base", report => report.Base)
        .TextOrNull("output", report => report.Output)
        .Any("rule", JsonSchema.OneOf(Enum.GetNames<RankRule>().Select(name => name.ToLowerInvariant())), report => report.Rule.ToString().ToLowerInvariant())
        .Whole("parameters", report => report.Parameters)
        .Whole("modelParameters", report => report.ModelParameters)
        .Number("error", report => report.Error)
        .Number("changeError", report => report.ChangeError)
        .Texts("savedModules", report => report.SavedModules)
        .List("layers", report => report.Layers, new JsonShape<AdapterLayer>()
            .Text("name", layer => layer.Name)
            .TextOrNull("module", layer => layer.Module)
            .Text("shape", layer => layer.ShapeText)
            .WholeOrNull("rank", layer => layer.Rank)
            .Whole("parameters", layer => layer.Parameters)
            .Number("relativeChange", layer => layer.RelativeChange)
            .Number("changeError", layer => layer.ChangeError)
            .Number("weightError", layer => layer.WeightError)
            .Flag("isKept", layer => layer.IsKept)
            .TextOrNull("reason", layer => layer.Reason));
}
