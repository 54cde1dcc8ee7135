using RankCollapse.Collapse.Metrics;
using RankCollapse.Reporting.Panels;
using RankCollapse.Reporting.Text;
using RankCollapse.Runs;
using RankCollapse.Theory.Forecasts;

namespace RankCollapse.Reporting.Figures;

/// <summary>Forecast singular values against trained ones, layer by layer, and how far each forecast is off.</summary>
internal static class ForecastFigure
{
    private const double LeastDeviation = 1e-7;

    private static readonly Mark[] Shapes = [Mark.Dots, Mark.Triangles, Mark.Squares, Mark.Crosses];

    /// <summary>Forecast values below this share of the largest are what is left of collapse, and are not drawn.</summary>
    private const double DrawnFrom = 1e-2;
    private const string Title = "Forecast against trained singular values";
    private const string Reading = "A panel for each layer, of the features and of the weights: trained singular values as a line, each forecast as "
        + "markers, side by side. ‘distance of the features’ and ‘distance of the weights’: how far each forecast is off in a layer, relative to the "
        + "trained values.";

    /// <summary>The figure.</summary>
    public static Figure Draw(IReadOnlyList<Forecast> forecasts, RunSummary trained)
    {
        var points = Points(forecasts, trained).Where(p => p.Forecast > 0 && p.Trained > 0 && double.IsFinite(p.Forecast + p.Trained)).ToList();
        IEnumerable<int> layers = Enumerable.Range(1, trained.Layers.Count);
        PanelBlock Block(bool isWeight) =>
            new([.. layers.Select(l => Of(forecasts, l, isWeight, [.. points.Where(p => p.Layer == l && p.IsWeight == isWeight)]))])
            {
                Heading = isWeight ? "weights" : "features",
            };
        return new Figure("forecast", Title, Reading, Block(isWeight: false), Block(isWeight: true),
            new PanelBlock(
                Distances("distance of the features", forecasts, trained, (forecast, summary) => forecast.FeatureDistance(summary.FeatureSingularValues)),
                Distances("distance of the weights", forecasts, trained, (forecast, summary) => forecast.WeightDistance(summary.WeightSingularValues))))
        {
            Finding = Describe(forecasts, trained),
        };
    }

    /// <summary>Every pair of a forecast and a trained singular value that are compared.</summary>
    internal static IEnumerable<ForecastPoint> Points(IReadOnlyList<Forecast> forecasts, RunSummary trained)
    {
        for (int i = 0; i < forecasts.Count; i++)
        {
            foreach (ForecastLayer layer in forecasts[i].Layers)
            {
                LayerSummary summary = trained.Layers[layer.Layer - 1];
                foreach (ForecastPoint point in Of(i, layer.Layer, false, layer.FeatureSingularValues, summary.FeatureSingularValues)) yield return point;
                foreach (ForecastPoint point in Of(i, layer.Layer, true, layer.WeightSingularValues ?? [], summary.WeightSingularValues)) yield return point;
            }
        }

        static IEnumerable<ForecastPoint> Of(int source, int layer, bool isWeight, IReadOnlyList<double> forecast, IReadOnlyList<double> found) =>
            forecast.TakeWhile(f => f >= DrawnFrom * forecast[0]).Zip(found)
                .Select((pair, k) => new ForecastPoint(source, layer, isWeight, k, pair.First, pair.Second));
    }

    private static Panel Of(IReadOnlyList<Forecast> forecasts, int layer, bool isWeight, ForecastPoint[] points)
    {
        // Side by side within a place, so that forecasts that agree do not hide each other.
        double step = 0.6 / forecasts.Count;
        int[] shown = [.. Thinned(points.Select(p => p.Index).DefaultIfEmpty(-1).Max() + 1)];
        var trained = points.Where(p => shown.Contains(p.Index)).DistinctBy(p => p.Index).OrderBy(p => p.Index).ToList();
        return new Panel
        {
            Title = $"layer {layer}",
            Note = points.Length == 0 ? "no forecast" : "",
            X = new Axis("index of the singular value", "i"),
            Y = new Axis("singular value", isWeight ? "s_i(W)" : "s_i(Z)") { IsLogarithmic = true },
            Series =
            [
                .. forecasts.Select((forecast, source) =>
                {
                    ForecastPoint[] own = [.. points.Where(p => p.Source == source && shown.Contains(p.Index))];
                    double shift = step * (source - ((forecasts.Count - 1) / 2.0));
                    return new Series(forecast.Source, Palette.Kind(source + 1), [.. own.Select(p => p.Index + 1 + shift)],
                        [.. own.Select(p => p.Forecast)], Shapes[source % Shapes.Length])
                    { Size = 5 };
                }).Where(series => series.X.Count > 0),
                new Series("trained", Palette.Ink, [.. trained.Select(p => p.Index + 1.0)], [.. trained.Select(p => p.Trained)]) { Size = 1.2 },
            ],
        };
    }

    // At most so many places that markers side by side can be told apart.
    private static IEnumerable<int> Thinned(int count)
    {
        const int Most = 12;
        return count <= Most ? Enumerable.Range(0, count)
            : Enumerable.Range(0, Most).Select(i => (int)Math.Round(i * (count - 1.0) / (Most - 1))).Distinct();
    }

    private static Panel Distances(
        string title, IReadOnlyList<Forecast> forecasts, RunSummary trained, Func<ForecastLayer, LayerSummary, double?> distance)
    {
        IEnumerable<Series> series = forecasts.Select((forecast, i) => new Series(
            forecast.Source, Palette.Kind(i + 1), [.. forecast.Layers.Select(l => (double)l.Layer)],
            [.. forecast.Layers.Select(l => Drawn(distance(l, trained.Layers[l.Layer - 1])))], Mark.DottedLine));
        return new Panel
        {
            Title = title,
            X = Axis.Layer with { Minimum = 0.7, Maximum = trained.Layers.Count + 0.3 },
            Y = new Axis("relative distance", Unit: "%") { IsLogarithmic = true },
            Series = [.. series],
        };
    }

    // Per cent; a deviation of rounding is drawn at the least one.
    private static double Drawn(double? deviation) =>
        deviation is { } value && double.IsFinite(value) ? Math.Max(100 * value, LeastDeviation) : double.NaN;

    private static string Describe(IReadOnlyList<Forecast> forecasts, RunSummary trained) => string.Join("; ", forecasts.Select(forecast =>
    {
        var known = forecast.Layers.Select(l => (l.Layer, Distance: l.FeatureDistance(trained.Layers[l.Layer - 1].FeatureSingularValues)))
            .Where(one => one.Distance is { } value && double.IsFinite(value)).ToList();
        if (known.Count == 0) return $"{forecast.Source}: nothing to compare";
        var (layer, worst) = known.MaxBy(one => one.Distance);
        return $"{forecast.Source}: features off by at most {NumberText.Percent(worst!.Value)}, in layer {layer}";
    })) + ".";
}

/// <summary>One forecast singular value and the trained one.</summary>
/// <param name="Source">The forecast's index.</param>
/// <param name="Layer">l.</param>
/// <param name="IsWeight">Whether it is one of W_l, else of Z^l.</param>
/// <param name="Index">k, from 0.</param>
/// <param name="Forecast">What was forecast.</param>
/// <param name="Trained">What training reached.</param>
internal sealed record ForecastPoint(int Source, int Layer, bool IsWeight, int Index, double Forecast, double Trained);
