using RankCollapse.Collapse.Metrics;
using RankCollapse.Data;
using RankCollapse.LinearAlgebra;
using RankCollapse.Runs;
using RankCollapse.Theory.Forecasts;

namespace RankCollapse.Experiments.Figure2;

/// <summary>The singular values of a trained network's features beside Theorem 4.2's prediction and both forecasts, as they are kept in a cell.</summary>
/// <param name="Family">The penalties.</param>
/// <param name="Delta">δ.</param>
/// <param name="Cell">The stored numbers.</param>
internal sealed record LayerSpectra(SpectrumFamily Family, double Delta, CellResult Cell)
{
    /// <summary>L.</summary>
    public const int Depth = 5;

    /// <summary>K.</summary>
    public const int Classes = 10;

    /// <summary>What the cell keeps, for its settings.</summary>
    public const string Kind = "layer spectra";

    private const string TrainedName = "features";
    private const string PredictedName = "predicted";
    private const string WeightsName = "weights";
    private const string RecursionName = "recursion";
    private const string CentroidName = "centroid";

    /// <summary>The intermediate layers, 1 … L − 1.</summary>
    public static IEnumerable<int> Intermediate => Enumerable.Range(1, Depth - 1);

    /// <summary>s(Z^l) of the trained network, descending.</summary>
    public double[] Trained(int layer) => Row(TrainedName, layer);

    /// <summary>s(σ_{l+1}^{-1}(Z^{l+1})), Theorem 4.2's prediction for layer l with C = 1.</summary>
    public double[] Predicted(int layer) => Row(PredictedName, layer);

    /// <summary>s(W_l).</summary>
    public double[] Weights(int layer) => Row(WeightsName, layer);

    /// <summary>s(Z^l) by the penalised recursion.</summary>
    public double[] Recursion(int layer) => Row(RecursionName, layer);

    /// <summary>s(Z^l) by the centroid problem.</summary>
    public double[] Centroid(int layer) => Row(CentroidName, layer);

    /// <summary>√C of a layer by least squares over the K largest, ⟨s, p⟩/⟨p, p⟩.</summary>
    public double RootOfC(int layer) => FittedRoot(Trained(layer), Predicted(layer));

    /// <summary>‖s − p‖/‖p‖ over the K largest, for C = 1.</summary>
    public double DistanceFromPrediction(int layer) => FigureNumbers.RelativeDistance(Trained(layer), Predicted(layer), Classes);

    /// <summary>The largest relative distance of the K largest from the centroid problem's, over all layers.</summary>
    public double DistanceFromCentroid => Enumerable.Range(1, Depth).Max(l => FigureNumbers.RelativeDistance(Trained(l), Centroid(l), Classes));

    /// <summary>The same for the penalised recursion.</summary>
    public double DistanceFromRecursion => Enumerable.Range(1, Depth).Max(l => FigureNumbers.RelativeDistance(Trained(l), Recursion(l), Classes));

    /// <summary>The numerical rank of Z^l at 1e−5.</summary>
    public int Rank(int layer) => NumericalRank.Of(Trained(layer));

    /// <summary>⟨s, p⟩/⟨p, p⟩ over the K largest.</summary>
    public static double FittedRoot(ReadOnlySpan<double> found, ReadOnlySpan<double> predicted)
    {
        if (found.Length < Classes || predicted.Length < Classes) return double.NaN;
        double inner = 0, squared = 0;
        for (int i = 0; i < Classes; i++) (inner, squared) = (inner + (found[i] * predicted[i]), squared + (predicted[i] * predicted[i]));
        return inner / squared;
    }

    /// <summary>What is kept of a training: spectra of the summary, and both forecasts.</summary>
    public static CellResult Keep(TrainingRunResult result)
    {
        RunSummary summary = result.Run.Summary;
        DataSet data = result.Run.DataSet;
        RunConfiguration configuration = result.Run.Configuration;
        CellResult cell = new();
        foreach (LayerSummary layer in summary.Layers)
        {
            cell.Add(Name(TrainedName, layer.Layer), layer.FeatureSingularValues).Add(Name(WeightsName, layer.Layer), layer.WeightSingularValues);
            if (layer.PredictedFeatureSingularValues is { } predicted) cell.Add(Name(PredictedName, layer.Layer), predicted);
        }
        Forecast recursion = PenalizedForecast.Compute(result.Run.Trained.Specification, data, configuration.ToObjectiveSettings());
        var options = new CentroidForecastOptions { Seed = configuration.Seed, GradientTolerance = 1e-5, MaxSteps = 100, MaxSeconds = double.PositiveInfinity };
        Forecast centroid = CentroidForecast.Compute(result.Run.Trained.Specification, data, configuration.ToObjectiveSettings(), options).Forecast;
        foreach (ForecastLayer layer in recursion.Layers) cell.Add(Name(RecursionName, layer.Layer), layer.FeatureSingularValues);
        foreach (ForecastLayer layer in centroid.Layers) cell.Add(Name(CentroidName, layer.Layer), layer.FeatureSingularValues);
        return cell;
    }

    private static string Name(string kind, int layer) => $"{kind}-{layer}";

    private double[] Row(string kind, int layer) => Cell.Numbers(Name(kind, layer));
}
