using RankCollapse.Models.Compression;
using RankCollapse.Reporting.Panels;
using RankCollapse.Reporting.Text;

namespace RankCollapse.Reporting.Compressions;

/// <summary>What is left of a model's accuracy, or how far its outputs or its layers are off, against its size.</summary>
internal static class CompressionFigure
{
    /// <summary>The figure's name in the page.</summary>
    public const string Key = "path";

    /// <summary>How many percentage points below the whole model's accuracy the second panel begins.</summary>
    private const double NearPoints = 4;

    private const double ChosenSize = 11;

    /// <summary>The figure; null where no sizes were tried.</summary>
    public static Figure? Draw(CompressionReport report)
    {
        if (report.Path.Count == 0) return null;
        double chosen = Percent(report.ParametersAfter, report);
        double[] sizes = [.. report.Path.Select(point => Percent(point.Parameters, report))];
        var x = new Axis("parameters, of the model’s", Unit: "%") { IsLogarithmic = sizes[^1] > 8 * sizes[0] };
        if (report.Path.All(point => point.Accuracy is null && point.TestAccuracy is null)) return Errors(report, x, sizes, chosen);
        AccuracyChange? own = report.Path[0].Accuracy, test = report.Path[0].TestAccuracy;
        AccuracyChange? found = report.Search?.Accuracy ?? report.Check?.Accuracy;
        var levels = new List<ReferenceLine>();
        if (report.Search is { } search)
        {
            levels.Add(new ReferenceLine(100 * search.Accuracy.Before, "whole model"));
            if (search.AllowedDrop > 0) levels.Add(new ReferenceLine(100 * (search.Accuracy.Before - search.AllowedDrop), "lowest that was asked for"));
        }
        else if (found is not null)
        {
            levels.Add(new ReferenceLine(100 * found.Before, "whole model"));
        }
        bool isSearched = report.Search is not null;
        var series = new List<Series>();
        if (own is not null)
            series.Add(Line(isSearched ? "data that ranks were chosen on" : Name(own.Data), Palette.Kind(0), sizes,
                [.. report.Path.Select(point => point.Accuracy)]));
        if (test is not null) series.Add(Line("data to compare on", Palette.Kind(1), sizes, [.. report.Path.Select(point => point.TestAccuracy)]));
        if (report.Search is { } searched) series.Add(Chosen("chosen", Palette.Kind(0), chosen, 100 * searched.Accuracy.After));
        if (report.Check?.Accuracy is { } check && (report.HasTest || !isSearched))
            series.Add(Chosen(isSearched ? "chosen, compared" : "chosen", Palette.Kind(report.HasTest ? 1 : 0), chosen, 100 * check.After));
        Axis y = new("accuracy", Unit: "%");
        double near = (found is null ? 100 : 100 * found.Before) - Math.Max(NearPoints, 600 * (report.Search?.AllowedDrop ?? 0));
        double top = Math.Min(100, series.SelectMany(one => one.Upper ?? one.Y).Where(double.IsFinite).Max() + 0.2);
        return new Figure(Key, "Accuracy against size",
            "Each dot is a model that was run, the largest the whole one. Bands are one standard error to either side. Between the smallest model and the "
            + "whole one, parameters are given where they save most error. "
            + (isSearched ? "The chosen model was searched for beyond this path, and may have fewer parameters than any of it."
                : "The chosen model follows its own rule."),
            new PanelBlock(
                new Panel { Title = "all sizes", X = x, Y = y, Levels = levels, Series = series },
                new Panel
                {
                    Title = "near the whole model’s accuracy",
                    X = x,
                    Y = y with { Minimum = near, Maximum = top },
                    Levels = levels,
                    Series = [.. series.Select(one => Above(one, near))],
                })
            { Columns = 2 })
        {
            Width = 1000,
            Finding = found is null ? "" : $"With {NumberText.Short(chosen)} % of the parameters the accuracy is {NumberText.Short(100 * found.After, 4)} %, "
                + $"of {NumberText.Short(100 * found.Before, 4)} % before.",
        };
    }

    private static string Name(string data) => ErrorText.Printable(Path.GetFileName(data));

    /// <summary>The points of a series from a value on.</summary>
    private static Series Above(Series series, double least)
    {
        int[] kept = [.. Enumerable.Range(0, series.Y.Count).Where(i => (series.Lower?[i] ?? series.Y[i]) >= least)];
        IReadOnlyList<double>? Of(IReadOnlyList<double>? values) => values is null ? null : [.. kept.Select(i => values[i])];
        return series with { X = Of(series.X)!, Y = Of(series.Y)!, Lower = Of(series.Lower), Upper = Of(series.Upper) };
    }

    private static Figure Errors(CompressionReport report, Axis x, double[] sizes, double chosen)
    {
        bool hasOutputs = report.Path[0].OutputError is not null;
        double? error = hasOutputs ? report.Check?.Outputs is [var first, ..] ? first.RelativeError : null : null;
        string name = hasOutputs ? "relative error of the output" : "relative error of the layers";
        return new Figure(Key, hasOutputs ? "Error of the output against size" : "Error of the layers against size",
            hasOutputs ? "Each dot is a model that was run beside the whole one: the norm of the difference of their outputs by that of the outputs."
                : "Each dot is a choice of ranks: the root mean square, over the layers that can be factored, of the relative errors of their factors.",
            new PanelBlock(new Panel
            {
                X = x,
                Y = new Axis(name) { Minimum = 0 },
                Series =
                [
                    new Series("along the path", Palette.Kind(0), sizes, [.. report.Path.Select(point => point.OutputError ?? point.LayerError)],
                        Mark.DottedLine),
                    .. error is { } at ? (Series[])[Chosen("chosen", Palette.Kind(1), chosen, at)] : [],
                ],
                Marks = error is null ? [new ReferenceLine(chosen, "chosen")] : [],
            }));
    }

    private static Series Line(string name, string colour, double[] sizes, AccuracyChange?[] changes)
    {
        double[] Of(Func<AccuracyChange, double> value) => [.. changes.Select(change => change is null ? double.NaN : 100 * value(change))];
        return new Series(name, colour, sizes, Of(change => change.After), Mark.DottedLine)
        {
            Lower = Of(change => change.After - change.AfterStandardError),
            Upper = Of(change => change.After + change.AfterStandardError),
        };
    }

    private static Series Chosen(string name, string colour, double size, double value) =>
        new(name, colour, [size], [value], Mark.Rings) { Size = ChosenSize };

    private static double Percent(long parameters, CompressionReport report) => 100.0 * parameters / Math.Max(1, report.ParametersBefore);
}
