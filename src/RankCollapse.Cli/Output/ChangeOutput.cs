using RankCollapse.Collapse;
using RankCollapse.Collapse.Metrics;
using RankCollapse.Formats;
using RankCollapse.Models.Comparison;
using RankCollapse.Reporting.Text;

namespace RankCollapse.Cli.Output;

/// <summary>What <c>inspect --against</c> found, as tables and as JSON.</summary>
internal static class ChangeOutput
{
    private const int LongestName = 48;
    private const int MostNames = 4;

    /// <summary>Writes the layers, what they come to together, the other tensors and what has no partner.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="change">What was found.</param>
    /// <param name="all">Every column, and every tensor.</param>
    public static void Write(TextWriter output, ModelChange change, bool all)
    {
        int changed = change.WholeLayers.Count(layer => layer.IsChanged), count = change.WholeLayers.Count();
        output.WriteLine($"{change.Path} against {change.BasePath}: {changed} of {NumberText.Count(count, "layer")} changed, ‖ΔW‖/‖B‖ = "
            + $"{Numbers.Short(change.RelativeChange)} together");
        Metric[] metrics = [.. change.Metrics().Where(metric => all || metric.IsMainIn(MetricScopes.Changes))];
        var table = new TextTable(["layer", new Column("matrix", 80), .. MetricColumns.Of(metrics, MetricScopes.Changes)]);
        foreach (ChangedLayer layer in change.Layers)
        {
            table.Add([ShortName.Of(layer.Title, ShortName.Longest(output, LongestName)), layer.Shape.ToString(),
                .. metrics.Select(metric => Numbers.Of(metric, layer.Number(metric)))]);
        }
        table.Write(output);
        WriteFindings(output, change, changed);
        WriteOthers(output, change, all);
        WriteUnmatched(output, change, all);
    }

    private static void WriteFindings(TextWriter output, ModelChange change, int changed)
    {
        if (changed == 0) return;
        ChangedLayer[] half = [.. change.HalfOfChange];
        output.WriteLine($"Half of the change is in {NumberText.Count(half.Length, "layer")}: {Names(half.Select(layer => layer.Title))}");
        output.WriteLine($"Low-rank factors that keep 99 % of each layer's change would have {change.AdapterParameters:N0} parameters, "
            + $"{Numbers.PerCent((double)change.AdapterParameters / change.Parameters)} of the layers' {change.Parameters:N0}");
        output.WriteLine($"Intruder dimensions: {change.Intruders}, among the {change.Options.Leading} leading left singular vectors of each layer those whose "
            + $"cosine with all of the base's is below {Numbers.Plain(change.Options.IntruderCosine)}");
    }

    private static void WriteOthers(TextWriter output, ModelChange change, bool all)
    {
        ChangedTensor[] others = [.. change.Others.Where(tensor => tensor.ChangeNorm > 0)];
        if (change.Others.Count == 0) return;
        output.WriteLine($"Other tensors (biases, norms and the like): {others.Length} of {change.Others.Count} changed");
        foreach (ChangedTensor tensor in all ? others : others.OrderByDescending(tensor => tensor.RelativeChange ?? double.MaxValue).Take(MostNames))
            output.WriteLine($"  {ShortName.Of(tensor.Name, LongestName)}: ‖Δ‖ = {Numbers.Short(tensor.ChangeNorm)}, {(tensor.RelativeChange is { } relative
                ? $"{Numbers.Short(relative)} of its size" : "from 0")}");
        if (!all && others.Length > MostNames) output.WriteLine($"  and {others.Length - MostNames} more (--all names each)");
    }

    private static void WriteUnmatched(TextWriter output, ModelChange change, bool all)
    {
        if (change.Unmatched.Count == 0) return;
        output.WriteLine($"Not compared ({NumberText.Count(change.Unmatched.Count, "tensor")}):");
        foreach (var group in change.Unmatched.GroupBy(tensor => (tensor.IsOfBase, tensor.Reason)))
        {
            string[] names = [.. group.Select(tensor => tensor.Name)];
            output.WriteLine($"  {(group.Key.IsOfBase ? "of the base, " : "")}{(all
                ? string.Join(", ", names.Select(ErrorText.Printable)) : Names(names))}: {group.Key.Reason}");
        }
    }

    private static string Names(IEnumerable<string> names)
    {
        string[] all = [.. names.Select(name => ShortName.Of(name, LongestName))];
        return string.Join(", ", all.Take(MostNames)) + (all.Length > MostNames ? $" and {all.Length - MostNames} more" : "");
    }

    /// <summary>The document.</summary>
    public static JsonShape<ModelChange> Document => new JsonShape<ModelChange>()
        .Whole("version", _ => JsonOutput.MetricsVersion)
        .Text("model", change => change.Path)
        .Text("format", change => change.Format.Name)
        .Text("base", change => change.BasePath)
        .Text("baseFormat", change => change.BaseFormat.Name)
        .Whole("leading", change => change.Options.Leading)
        .Number("intruderCosine", change => change.Options.IntruderCosine)
        .Object("summary", change => change, new JsonShape<ModelChange>()
            .Whole("layers", change => change.WholeLayers.Count())
            .Whole("changedLayers", change => change.WholeLayers.Count(layer => layer.IsChanged))
            .Whole("weights", change => change.Parameters)
            .Number("relativeChange", change => change.RelativeChange)
            .Whole("intruderDimensions", change => change.Intruders)
            .Whole("adapterParameters99", change => change.AdapterParameters)
            .Texts("halfOfChange", change => change.HalfOfChange.Select(layer => layer.Layer.Name)))
        .List("layers", change => change.Layers, OfLayer)
        .List("otherTensors", change => change.Others, new JsonShape<ChangedTensor>()
            .Text("name", tensor => tensor.Name)
            .Whole("count", tensor => tensor.Count)
            .Number("changeNorm", tensor => tensor.ChangeNorm)
            .Number("relativeChange", tensor => tensor.RelativeChange))
        .List("unmatched", change => change.Unmatched, new JsonShape<UnmatchedTensor>()
            .Text("name", tensor => tensor.Name)
            .Flag("isOfBase", tensor => tensor.IsOfBase)
            .Text("reason", tensor => tensor.Reason));

    private static JsonShape<ChangedLayer> OfLayer => new JsonShape<ChangedLayer>()
        .Text("layer", layer => layer.Layer.Name)
        .Text("baseLayer", layer => layer.Base.Name)
        .Text("kind", layer => layer.Layer.Kind.ToString().ToLowerInvariant())
        .Object("blocks", layer => layer.Shape, new JsonShape<BlockShape>()
            .Whole("rows", shape => shape.Rows)
            .Whole("columns", shape => shape.Columns)
            .Whole("count", shape => shape.Count))
        .Metrics(MetricScopes.Changes, (layer, metric) => layer.Number(metric))
        .Numbers("singularValues", layer => layer.Measured.Spectrum.SingularValues)
        .Numbers("leftAngles", layer => layer.Measured.Subspaces.SelectMany(block => block.LeftAngles))
        .Numbers("rightAngles", layer => layer.Measured.Subspaces.SelectMany(block => block.RightAngles));
}
