using RankCollapse.Collapse.Metrics;
using RankCollapse.Reporting.Panels;
using RankCollapse.Runs;
using RankCollapse.Theory.Forecasts;

namespace RankCollapse.Reporting.Figures;

/// <summary>Forecast singular values against trained ones, layer by layer, and how far each forecast is off.</summary>
internal static class ForecastFigure
{
    private const double LeastDeviation = 1e-7;

    private static readonly bool[] WeightsThenFeatures = [true, false];

    /// <summary>Forecast values below this share of the largest are what is left of collapse, and are not drawn.</summary>
    private const double DrawnFrom = 1e-2;
    private const string Title = "Forecast against trained singular values";
    private const string Reading = "A panel for each layer: forecast singular values over the trained ones of the features (dots) and of the weights "
        + "(triangles); on the dashed line they agree. ‘distance’: that in each layer, features solid, weights dashed.";

    /// <summary>The figure.</summary>
    public static Figure Draw(IReadOnlyList<Forecast> forecasts, RunSummary trained)
    {
        var points = Points(forecasts, trained).Where(p => p.Forecast > 0 && p.Trained > 0 && double.IsFinite(p.Forecast + p.Trained)).ToList();
        double[] ends = points.Count == 0 ? [1, 10] : [points.Min(p => Math.Min(p.Forecast, p.Trained)), points.Max(p => Math.Max(p.Forecast, p.Trained))];
        IEnumerable<int> layers = Enumerable.Range(1, trained.Layers.Count);
        return new Figure("forecast", Title, Reading, new PanelBlock([.. layers.Select(l => Of(forecasts, l, [.. points.Where(p => p.Layer == l)], ends))]),
            new PanelBlock(Deviations(forecasts, trained)));
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

    // From large rings to small dots, the first source on top: all of them stay visible where they agree.
    private static Panel Of(IReadOnlyList<Forecast> forecasts, int layer, ForecastPoint[] points, double[] ends) => new()
    {
        Title = $"layer {layer}",
        X = new Axis("trained singular value", "s") { IsLogarithmic = true },
        Y = new Axis("forecast singular value", "s") { IsLogarithmic = true },
        Series =
        [
            .. from source in Enumerable.Range(0, forecasts.Count)
               from isWeight in WeightsThenFeatures
               let drawn = points.Where(p => p.Source == source && p.IsWeight == isWeight).ToList()
               select new Series(forecasts[source].Source, Palette.Kind(source), [.. drawn.Select(p => p.Trained)], [.. drawn.Select(p => p.Forecast)],
                   Shape(isWeight, isFilled: source == 0))
               {
                   Kind = isWeight ? "weights" : "features",
                   Size = (isWeight ? 5 : 4) + (2.4 * source),
               },
            new Series("equal", Palette.Reference, ends, ends, Mark.Dashed) { Size = 1 },
        ],
    };

    private static Mark Shape(bool isWeight, bool isFilled) => (isWeight, isFilled) switch
    {
        (true, true) => Mark.Triangles,
        (true, false) => Mark.OpenTriangles,
        (false, true) => Mark.Dots,
        (false, false) => Mark.Rings,
    };

    private static Panel Deviations(IReadOnlyList<Forecast> forecasts, RunSummary trained)
    {
        int depth = trained.Layers.Count;
        double[] layers = [.. Enumerable.Range(1, depth).Select(l => (double)l)];
        return new Panel
        {
            Title = "distance",
            X = Axis.Layer with { Minimum = 0.7, Maximum = depth + 0.3 },
            Y = new Axis("distance", Unit: "%") { IsLogarithmic = true },
            Series =
            [
                .. forecasts.SelectMany((forecast, i) => (Series[])
                [
                    new(forecast.Source, Palette.Kind(i), layers,
                        [.. forecast.Layers.Select(l => Drawn(l.FeatureDistance(trained.Layers[l.Layer - 1].FeatureSingularValues)))], Mark.DottedLine),
                    new(forecast.Source, Palette.Kind(i), layers,
                        [.. forecast.Layers.Select(l => Drawn(l.WeightDistance(trained.Layers[l.Layer - 1].WeightSingularValues)))], Mark.Dashed),
                ]),
            ],
        };

        // Per cent; a deviation of rounding is drawn at the least one.
        static double Drawn(double? deviation) => deviation is { } value && double.IsFinite(value) ? Math.Max(100 * value, LeastDeviation) : double.NaN;
    }
}

/// <summary>One forecast singular value and the trained one.</summary>
/// <param name="Source">The forecast's index.</param>
/// <param name="Layer">l.</param>
/// <param name="IsWeight">Whether it is one of W_l, else of Z^l.</param>
/// <param name="Index">k, from 0.</param>
/// <param name="Forecast">What was forecast.</param>
/// <param name="Trained">What training reached.</param>
internal sealed record ForecastPoint(int Source, int Layer, bool IsWeight, int Index, double Forecast, double Trained);
