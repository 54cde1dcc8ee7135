using System.Globalization;
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
        bool hasNoise = report.Layers.Any(layer => layer.NoiseThreshold is not null);
        var table = new TextTable(
            ["layer", new Column("kind", 9) { IsText = true }, new Column("shape", 6), "rank", new Column("of", 5), new Column("parameters", 8),
                new Column("after", 7),
            new Column("least error", 4), new Column("error of W", 3), .. hasData ? [new Column("error on data", 2)] : Array.Empty<Column>(),
            .. hasCertificate ? [new Column("Theorem 3.4", 1)] : Array.Empty<Column>(),
            .. hasNoise ? [new Column("noise threshold", 9)] : Array.Empty<Column>()]);
        string[] shortened = ShortName.All([.. report.Layers.Select(layer => layer.Name)], ShortName.Longest(output, LongestName));
        foreach ((CompressedLayer layer, string name) in report.Layers.Zip(shortened))
        {
            table.Add(
                [name, layer.Kind, layer.ShapeText, layer.Rank is { } rank ? $"{rank}" : "whole",
                layer.FullRank is { } full ? $"{full}" : Numbers.Short(null),
                $"{layer.ParametersBefore:N0}", $"{layer.ParametersAfter:N0}", Numbers.Short(layer.ErrorBound), Numbers.Short(layer.WeightError),
                .. hasData ? [Numbers.Short(layer.DataError)] : Array.Empty<string>(),
                .. hasCertificate ? [layer.Certificate is { } bound
                    ? $"{Numbers.Short(bound)}{(layer.IsCertificateVacuous ? " (vacuous)" : "")}" : Numbers.Short(null)] : Array.Empty<string>(),
                .. hasNoise ? [Numbers.Short(layer.NoiseThreshold)] : Array.Empty<string>()]);
        }
        if (report.Layers.Count > 0) table.Write(output);
        foreach (var group in report.Layers.Where(layer => layer.Reason is not null).GroupBy(layer => layer.Reason!))
        {
            string[] names = ShortName.All([.. group.Select(layer => layer.Name)], LongestName);
            output.WriteLine($"whole: {string.Join(", ", names.Take(4))}{(names.Length > 4 ? $" and {names.Length - 4} more" : "")}: {group.Key}");
        }
        if (report.BudgetError is { } budget)
            output.WriteLine(report.IsOptimal == true ? "No other ranks within the budget have a smaller error."
                : $"The ranks' error is {Numbers.Short(budget.Error)}; no ranks within the budget are below {Numbers.Short(budget.LowerBound)}.");
        output.WriteLine($"Error of the factored weights together: {Numbers.Short(report.WeightError)} of their norm");
        if (report.Search is { } search)
        {
            output.WriteLine($"Of {NumberText.Count(search.Trials, "model")} tried, the smallest whose accuracy on {search.Accuracy.Data} is lower by at most "
                + $"{Points(search.AllowedDrop)} points:");
            Write(output, search.Accuracy);
        }
        Write(output, report.Check, report.CheckReason, hasAccuracy: report.Search is null || report.HasTest);
        if (report.IsRefutedOnTest) output.WriteLine("  which is lower by more than was asked: give more data to choose ranks on, or ask for a smaller drop");
        else if (report.Search is not null && !report.HasTest)
            output.WriteLine("  ranks were chosen on these samples, so that others will be predicted somewhat worse: compare on others with --test");
        foreach (LatencyChange latency in report.Latency)
            output.WriteLine($"{NumberText.Count(latency.Threads, "thread")}, {NumberText.Count(latency.SampleCount, "sample")} at once: "
                + $"{Numbers.Short(1000 * latency.SecondsBefore)} ms before, {Numbers.Short(1000 * latency.SecondsAfter)} ms after; after/before "
                + $"{Numbers.Short(latency.Ratio)} "
                + $"(quartiles {Numbers.Short(latency.LowerQuartile)} to {Numbers.Short(latency.UpperQuartile)}, {latency.Pairs} pairs)");
    }

    /// <summary>The document.</summary>
    public static JsonShape<CompressionReport> Document => new JsonShape<CompressionReport>()
        .Whole("version", _ => JsonOutput.MetricsVersion)
        .Text("model", report => report.Model)
        .TextOrNull("output", report => report.Output)
        .Name("rule", report => report.Rule, typeof(RankRule))
        .Whole("parametersBefore", report => report.ParametersBefore)
        .Whole("parametersAfter", report => report.ParametersAfter)
        .Number("removed", report => report.Removed)
        .Number("weightError", report => report.WeightError)
        .FlagOrNull("isOptimal", report => report.IsOptimal)
        .Number("budgetError", report => report.BudgetError?.Error)
        .Number("budgetLowerBound", report => report.BudgetError?.LowerBound)
        .ObjectOrNull("search", report => report.Search, new JsonShape<AccuracySearch>()
            .Number("allowedDrop", search => search.AllowedDrop)
            .Whole("trials", search => search.Trials)
            .Object("accuracy", search => search.Accuracy, OfAccuracy))
        .List("layers", report => report.Layers, OfLayer)
        .ObjectOrNull("check", report => report.Check, OfCheck)
        .TextOrNull("checkReason", report => report.CheckReason)
        .List("latency", report => report.Latency, new JsonShape<LatencyChange>()
            .Whole("threads", latency => latency.Threads)
            .Whole("samples", latency => latency.SampleCount)
            .Number("secondsBefore", latency => latency.SecondsBefore)
            .Number("secondsAfter", latency => latency.SecondsAfter)
            .Number("ratio", latency => latency.Ratio)
            .Number("lowerQuartile", latency => latency.LowerQuartile)
            .Number("upperQuartile", latency => latency.UpperQuartile)
            .Whole("pairs", latency => latency.Pairs))
        .List("path", report => report.Path, new JsonShape<PathPoint>()
            .Whole("parameters", point => point.Parameters)
            .Number("layerError", point => point.LayerError)
            .Number("outputError", point => point.OutputError)
            .ObjectOrNull("accuracy", point => point.Accuracy, OfAccuracy)
            .ObjectOrNull("testAccuracy", point => point.TestAccuracy, OfAccuracy));

    private static JsonShape<AccuracyChange> OfAccuracy => new JsonShape<AccuracyChange>()
        .Text("data", change => change.Data)
        .Whole("samples", change => change.SampleCount)
        .Whole("rightBefore", change => change.RightBefore)
        .Whole("rightAfter", change => change.RightAfter)
        .Whole("lost", change => change.Lost)
        .Whole("gained", change => change.Gained)
        .Number("before", change => change.Before)
        .Number("beforeStandardError", change => change.BeforeStandardError)
        .Number("after", change => change.After)
        .Number("afterStandardError", change => change.AfterStandardError)
        .Number("change", change => change.Change)
        .Number("changeStandardError", change => change.ChangeStandardError);

    private static JsonShape<CompressedLayer> OfLayer => new JsonShape<CompressedLayer>()
        .Text("layer", layer => layer.Name)
        .Text("kind", layer => layer.Kind)
        .Text("shape", layer => layer.ShapeText)
        .WholeOrNull("rank", layer => layer.Rank)
        .WholeOrNull("fullRank", layer => layer.FullRank)
        .Whole("parametersBefore", layer => layer.ParametersBefore)
        .Whole("parametersAfter", layer => layer.ParametersAfter)
        .Flag("isFittedToData", layer => layer.IsFittedToData)
        .Flag("isBiasCorrected", layer => layer.IsBiasCorrected)
        .Number("noiseThreshold", layer => layer.NoiseThreshold)
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
        .ObjectOrNull("accuracy", check => check.Accuracy, OfAccuracy)
        .TextOrNull("accuracyReason", check => check.AccuracyReason)
        .Texts("unseen", check => check.Unseen)
        .Number("outputBound", check => check.OutputBound)
        .Number("certifiedOutputBound", check => check.CertifiedOutputBound);

    private static void Write(TextWriter output, CompressionCheck? check, string? reason, bool hasAccuracy)
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
        if (!hasAccuracy) return;
        if (check.Accuracy is { } accuracy) Write(output, accuracy);
        else if (check.AccuracyReason is { } none) output.WriteLine($"  no accuracy: {none}");
    }

    private static void Write(TextWriter output, AccuracyChange change) =>
        output.WriteLine($"  accuracy {Points(change.Before)} ± {Points(change.BeforeStandardError)} % before, {Points(change.After)} ± "
            + $"{Points(change.AfterStandardError)} % after: {(change.Change > 0 ? "+" : "")}{Points(change.Change)} ± "
            + $"{Points(change.ChangeStandardError)} points "
            + $"({change.Lost} lost, {change.Gained} gained, of {change.SampleCount}; ± one standard error)");

    /// <summary>Per cent to two places, as differences of accuracies need them.</summary>
    private static string Points(double share) => string.Create(CultureInfo.InvariantCulture, $"{100 * share:0.00}");
}
