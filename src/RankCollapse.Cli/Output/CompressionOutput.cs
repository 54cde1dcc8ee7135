using RankCollapse.Formats;
using RankCollapse.Models.Compression;
using RankCollapse.Reporting.Text;

namespace RankCollapse.Cli.Output;

/// <summary>What <c>compress</c> did, as text and as JSON.</summary>
internal static class CompressionOutput
{
    private const int LongestName = 48;

    /// <summary>Writes the layers, the totals and the comparison.</summary>
    public static void Write(TextWriter output, CompressionReport report)
    {
        output.WriteLine($"{report.Output ?? report.Model}: {report.ParametersAfter:N0} of {report.ParametersBefore:N0} parameters, "
            + $"{Numbers.PerCent(report.Removed)} removed");
        bool hasCertificate = report.Layers.Any(layer => layer.Certificate is not null), hasData = report.Layers.Any(layer => layer.IsFittedToData);
        var table = new TextTable(
            ["layer", new Column("kind", 9) { IsText = true }, new Column("shape", 6), "rank", new Column("of", 5), new Column("parameters", 8),
                new Column("after", 7),
            new Column("least error", 4), new Column("error of W", 3), .. hasData ? [new Column("error on data", 2)] : Array.Empty<Column>(),
            .. hasCertificate ? [new Column("Theorem 3.4", 1)] : Array.Empty<Column>()]);
        foreach (CompressedLayer layer in report.Layers)
        {
            table.Add(
                [ShortName.Of(layer.Name, ShortName.Longest(output, LongestName)), layer.Kind, layer.ShapeText, layer.Rank is { } rank ? $"{rank}" : "whole",
                layer.FullRank is { } full ? $"{full}" : Numbers.Short(null),
                $"{layer.ParametersBefore:N0}", $"{layer.ParametersAfter:N0}", Numbers.Short(layer.ErrorBound), Numbers.Short(layer.WeightError),
                .. hasData ? [Numbers.Short(layer.DataError)] : Array.Empty<string>(),
                .. hasCertificate ? [layer.Certificate is { } bound
                    ? $"{Numbers.Short(bound)}{(layer.IsCertificateVacuous ? " (vacuous)" : "")}" : Numbers.Short(null)] : Array.Empty<string>()]);
        }
        if (report.Layers.Count > 0) table.Write(output);
        foreach (var group in report.Layers.Where(layer => layer.Reason is not null).GroupBy(layer => layer.Reason!))
        {
            string[] names = [.. group.Select(layer => ShortName.Of(layer.Name, LongestName))];
            output.WriteLine($"whole: {string.Join(", ", names.Take(4))}{(names.Length > 4 ? $" and {names.Length - 4} more" : "")}: {group.Key}");
        }
        if (report.BudgetError is { } budget)
            output.WriteLine(report.IsOptimal == true ? "No other ranks within the budget have a smaller error."
                : $"The ranks' error is {Numbers.Short(budget.Error)}; no ranks within the budget are below {Numbers.Short(budget.LowerBound)}.");
        output.WriteLine($"Error of the factored weights together: {Numbers.Short(report.WeightError)} of their norm");
        Write(output, report.Check, report.CheckReason);
    }

    /// <summary>The document.</summary>
    public static JsonShape<CompressionReport> Document => new JsonShape<CompressionReport>()
        .Whole("version", _ => JsonOutput.MetricsVersion)
        .Text("model", report => report.Model)
        .TextOrNull("output", report => report.Output)
        .Any("rule", JsonSchema.OneOf(Enum.GetNames<RankRule>().Select(name => name.ToLowerInvariant())), report => report.Rule.ToString().ToLowerInvariant())
        .Whole("parametersBefore", report => report.ParametersBefore)
        .Whole("parametersAfter", report => report.ParametersAfter)
        .Number("removed", report => report.Removed)
        .Number("weightError", report => report.WeightError)
        .FlagOrNull("isOptimal", report => report.IsOptimal)
        .Number("budgetError", report => report.BudgetError?.Error)
        .Number("budgetLowerBound", report => report.BudgetError?.LowerBound)
        .List("layers", report => report.Layers, OfLayer)
        .ObjectOrNull("check", report => report.Check, OfCheck)
        .TextOrNull("checkReason", report => report.CheckReason);

    private static JsonShape<CompressedLayer> OfLayer => new JsonShape<CompressedLayer>()
        .Text("layer", layer => layer.Name)
        .Text("kind", layer => layer.Kind)
        .Text("shape", layer => layer.ShapeText)
        .WholeOrNull("rank", layer => layer.Rank)
        .WholeOrNull("fullRank", layer => layer.FullRank)
        .Whole("parametersBefore", layer => layer.ParametersBefore)
        .Whole("parametersAfter", layer => layer.ParametersAfter)
        .Flag("isFittedToData", layer => layer.IsFittedToData)
        .Number("errorBound", layer => layer.ErrorBound)
        .Number("weightError", layer => layer.WeightError)
        .Number("dataError", layer => layer.DataError)
        .Number("certificate", layer => layer.Certificate)
        .FlagOrNull("isCertificateVacuous", layer => layer.Certificate is null ? null : layer.IsCertificateVacuous)
        .TextOrNull("reason", layer => layer.Reason);

    private static JsonShape<CompressionCheck> OfCheck => new JsonShape<CompressionCheck>()
        .Text("inputs", check => check.Inputs)
        .Whole("samples", check => check.SampleCount)
        .List("outputs", check => check.Outputs, new JsonShape<OutputDifference>()
            .Text("name", difference => difference.Name)
            .Number("relativeError", difference => difference.RelativeError)
            .Number("error", difference => difference.Error)
            .Number("largestError", difference => difference.LargestError))
        .Number("accuracyBefore", check => check.AccuracyBefore)
        .Number("accuracyAfter", check => check.AccuracyAfter)
        .TextOrNull("accuracyReason", check => check.AccuracyReason)
        .Texts("unseen", check => check.Unseen)
        .Number("outputBound", check => check.OutputBound)
        .Number("certifiedOutputBound", check => check.CertifiedOutputBound);

    private static void Write(TextWriter output, CompressionCheck? check, string? reason)
    {
        if (check is null)
        {
            output.WriteLine(reason);
            return;
        }
        output.WriteLine($"On {NumberText.Count(check.SampleCount, "sample")}, {check.Inputs}:");
        foreach (OutputDifference difference in check.Outputs)
            output.WriteLine($"  output {ShortName.Of(difference.Name, LongestName)}: relative error {Numbers.Short(difference.RelativeError)}, norm of the "
                + $"difference {Numbers.Short(difference.Error)}, largest entry {Numbers.Short(difference.LargestError)}");
        if (check.Unseen.Count > 0)
        {
            string names = string.Join(", ", check.Unseen.Take(4).Select(name => ShortName.Of(name, LongestName)));
            string more = check.Unseen.Count > 4 ? $" and {check.Unseen.Count - 4} more" : "";
            string them = check.Unseen.Count == 1 ? "it" : "them";
            output.WriteLine($"  these inputs do not see {names}{more}: no output depends on {them} there; give --data or --test");
        }
        if (check.OutputBound is { } bound) output.WriteLine($"  bound of that norm from the layers' errors: {Numbers.Short(bound)}");
        if (check.CertifiedOutputBound is { } certified)
            output.WriteLine($"  bound with Theorem 3.4 in place of the errors, where it is not vacuous: {Numbers.Short(certified)}");
        if (check.AccuracyBefore is not null)
            output.WriteLine($"  accuracy {Numbers.PerCent(check.AccuracyBefore)} before, {Numbers.PerCent(check.AccuracyAfter)} after");
        else if (check.AccuracyReason is { } none) output.WriteLine($"  no accuracy: {none}");
    }
}
