using System.Text.Json.Nodes;
using RankCollapse.Models.Compression;

namespace RankCollapse.Cli.Output;

/// <summary>What <c>compress</c> did, as text and as JSON.</summary>
internal static class CompressionOutput
{
    private const int LongestName = 48;

    /// <summary>Writes the layers, the totals and the comparison.</summary>
    public static void Write(TextWriter output, CompressionReport report)
    {
        output.WriteLine($"{report.Output ?? report.Model}: {report.ParametersAfter:N0} of {report.ParametersBefore:N0} parameters, {Numbers.PerCent(report.Removed)} removed");
        bool hasCertificate = report.Layers.Any(layer => layer.Certificate is not null), hasData = report.Layers.Any(layer => layer.IsFittedToData);
        var table = new TextTable(["layer", "kind", "shape", "rank", "of", "parameters", "after", "least error", "error of W", .. hasData ? ["error on data"] : Array.Empty<string>(), .. hasCertificate ? ["Theorem 3.4"] : Array.Empty<string>()]);
        foreach (CompressedLayer layer in report.Layers)
        {
            table.Add([ShortName.Of(layer.Name, LongestName), layer.Kind, layer.ShapeText, layer.Rank is { } rank ? $"{rank}" : "whole", layer.FullRank is { } full ? $"{full}" : Numbers.Short(null),
                $"{layer.ParametersBefore:N0}", $"{layer.ParametersAfter:N0}", Numbers.Short(layer.ErrorBound), Numbers.Short(layer.WeightError),
                .. hasData ? [Numbers.Short(layer.DataError)] : Array.Empty<string>(),
                .. hasCertificate ? [layer.Certificate is { } bound ? $"{Numbers.Short(bound)}{(layer.IsCertificateVacuous ? " (vacuous)" : "")}" : Numbers.Short(null)] : Array.Empty<string>()]);
        }
        if (report.Layers.Count > 0) table.Write(output);
        foreach (var group in report.Layers.Where(layer => layer.Reason is not null).GroupBy(layer => layer.Reason!))
        {
            string[] names = [.. group.Select(layer => ShortName.Of(layer.Name, LongestName))];
            output.WriteLine($"whole: {string.Join(", ", names.Take(4))}{(names.Length > 4 ? $" and {names.Length - 4} more" : "")}: {group.Key}");
        }
        if (report.BudgetError is { } budget)
            output.WriteLine(report.IsOptimal == true ? "No other ranks within the budget have a smaller error." : $"The ranks' error is {Numbers.Short(budget.Error)}; no ranks within the budget are below {Numbers.Short(budget.LowerBound)}.");
        output.WriteLine($"Error of the factored weights together: {Numbers.Short(report.WeightError)} of their norm");
        Write(output, report.Check, report.CheckReason);
    }

    /// <summary>The document.</summary>
    public static JsonObject ToJson(CompressionReport report) => new()
    {
        ["version"] = JsonOutput.MetricsVersion,
        ["model"] = report.Model,
        ["output"] = JsonOutput.Text(report.Output),
        ["rule"] = report.Rule.ToString().ToLowerInvariant(),
        ["parametersBefore"] = report.ParametersBefore,
        ["parametersAfter"] = report.ParametersAfter,
        ["removed"] = JsonOutput.Number(report.Removed),
        ["weightError"] = JsonOutput.Number(report.WeightError),
        ["isOptimal"] = report.IsOptimal,
        ["budgetError"] = JsonOutput.Number(report.BudgetError?.Error),
        ["budgetLowerBound"] = JsonOutput.Number(report.BudgetError?.LowerBound),
        ["layers"] = new JsonArray([.. report.Layers.Select(layer => new JsonObject
        {
            ["layer"] = layer.Name,
            ["kind"] = layer.Kind,
            ["shape"] = layer.ShapeText,
            ["rank"] = layer.Rank,
            ["fullRank"] = layer.FullRank,
            ["parametersBefore"] = layer.ParametersBefore,
            ["parametersAfter"] = layer.ParametersAfter,
            ["isFittedToData"] = layer.IsFittedToData,
            ["errorBound"] = JsonOutput.Number(layer.ErrorBound),
            ["weightError"] = JsonOutput.Number(layer.WeightError),
            ["dataError"] = JsonOutput.Number(layer.DataError),
            ["certificate"] = JsonOutput.Number(layer.Certificate),
            ["isCertificateVacuous"] = layer.Certificate is null ? null : layer.IsCertificateVacuous,
            ["reason"] = JsonOutput.Text(layer.Reason),
        })]),
        ["check"] = report.Check is { } check ? ToJson(check) : null,
        ["checkReason"] = JsonOutput.Text(report.CheckReason),
    };

    private static void Write(TextWriter output, CompressionCheck? check, string? reason)
    {
        if (check is null)
        {
            output.WriteLine(reason);
            return;
        }
        output.WriteLine($"On {check.SampleCount} samples, {check.Inputs}:");
        foreach (OutputDifference difference in check.Outputs)
            output.WriteLine($"  output {ShortName.Of(difference.Name, LongestName)}: relative error {Numbers.Short(difference.RelativeError)}, norm of the difference {Numbers.Short(difference.Error)}, largest entry {Numbers.Short(difference.LargestError)}");
        if (check.OutputBound is { } bound) output.WriteLine($"  bound of that norm from the layers' errors: {Numbers.Short(bound)}");
        if (check.CertifiedOutputBound is { } certified) output.WriteLine($"  bound with Theorem 3.4 in place of the errors, where it is not vacuous: {Numbers.Short(certified)}");
        if (check.AccuracyBefore is not null) output.WriteLine($"  accuracy {Numbers.PerCent(check.AccuracyBefore)} before, {Numbers.PerCent(check.AccuracyAfter)} after");
    }

    private static JsonObject ToJson(CompressionCheck check) => new()
    {
        ["inputs"] = check.Inputs,
        ["samples"] = check.SampleCount,
        ["outputs"] = new JsonArray([.. check.Outputs.Select(difference => new JsonObject
        {
            ["name"] = difference.Name,
            ["relativeError"] = JsonOutput.Number(difference.RelativeError),
            ["error"] = JsonOutput.Number(difference.Error),
            ["largestError"] = JsonOutput.Number(difference.LargestError),
        })]),
        ["accuracyBefore"] = JsonOutput.Number(check.AccuracyBefore),
        ["accuracyAfter"] = JsonOutput.Number(check.AccuracyAfter),
        ["outputBound"] = JsonOutput.Number(check.OutputBound),
        ["certifiedOutputBound"] = JsonOutput.Number(check.CertifiedOutputBound),
    };
}
