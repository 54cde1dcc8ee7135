using RankCollapse.Data;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using RankCollapse.Runs;
using RankCollapse.Sweeps.Storage;
using RankCollapse.Theory.Forecasts;

namespace RankCollapse.Experiments.Figure2;

/// <summary>The singular values of a trained network's features beside Theorem 4.2's prediction and both forecasts.</summary>
/// <param name="Family">The penalties.</param>
/// <param name="Delta">δ.</param>
/// <param name="Summary">The trained network's final state.</param>
/// <param name="Recursions">s(Z^1) … s(Z^L) by the penalised recursion.</param>
/// <param name="Centroids">s(Z^1) … s(Z^L) by the centroid problem.</param>
internal sealed record LayerSpectra(
    SpectrumFamily Family, double Delta, RunSummary Summary, IReadOnlyList<double[]> Recursions, IReadOnlyList<double[]> Centroids)
{
    /// <summary>L.</summary>
    public const int Depth = 5;

    /// <summary>K.</summary>
    public const int Classes = 10;

    /// <summary>The intermediate layers, 1 … L − 1.</summary>
    public static IEnumerable<int> Intermediate => Enumerable.Range(1, Depth - 1);

    /// <summary>s(Z^l) of the trained network, descending.</summary>
    public double[] Trained(int layer) => [.. Summary.Layers[layer - 1].FeatureSingularValues];

    /// <summary>s(σ_{l+1}^{-1}(Z^{l+1})), Theorem 4.2's prediction for layer l with C = 1; empty where it does not exist.</summary>
    public double[] Predicted(int layer) => [.. Summary.Layers[layer - 1].PredictedFeatureSingularValues ?? []];

    /// <summary>s(W_l).</summary>
    public double[] Weights(int layer) => [.. Summary.Layers[layer - 1].WeightSingularValues];

    /// <summary>s(Z^l) by the penalised recursion.</summary>
    public double[] Recursion(int layer) => Recursions[layer - 1];

    /// <summary>s(Z^l) by the centroid problem.</summary>
    public double[] Centroid(int layer) => Centroids[layer - 1];

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

    /// <summary>Sets a training's end beside the forecasts of its settings.</summary>
    public static LayerSpectra Of(SpectrumFamily family, double delta, TrialResult result)
    {
        RunConfiguration configuration = result.Configuration;
        DataSet data = DataSource.Load(configuration.ToDataRequest());
        NetworkSpecification specification = configuration.ToSpecification(data.InputDimension, data.OutputDimension);
        Forecast recursion = PenalizedForecast.Compute(specification, data, configuration.ToObjectiveSettings());
        var options = new CentroidForecastOptions
        {
            Seed = configuration.Seed,
            GradientTolerance = 1e-5,
            MaxSteps = 100,
            MaxOperations = double.PositiveInfinity,
        };
        Forecast centroid = CentroidForecast.Compute(specification, data, configuration.ToObjectiveSettings(), options).Forecast;
        return new LayerSpectra(family, delta, result.Summary, ValuesOf(recursion), ValuesOf(centroid));
    }

    private static double[][] ValuesOf(Forecast forecast) => [.. forecast.Layers.Select(layer => (double[])[.. layer.FeatureSingularValues])];
}
