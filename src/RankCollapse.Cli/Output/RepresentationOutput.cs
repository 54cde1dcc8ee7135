using RankCollapse.Collapse;
using RankCollapse.Formats;
using RankCollapse.LinearAlgebra;
using RankCollapse.Runs;
using RankCollapse.Theory.Certificates;
using RankCollapse.Theory.Forecasts;
using RankCollapse.Theory.RepresentationCosts;
using RankCollapse.Training;

namespace RankCollapse.Cli.Output;

/// <summary>What <c>measure --representation</c> and <c>--partition</c> add: Section 4's costs and constraints, and losses of a partition.</summary>
/// <param name="Measurement">The costs.</param>
/// <param name="Delta">δ.</param>
/// <param name="Lambda">The factor of the weights of layers 2 … L.</param>
/// <param name="IsResidual">Whether the costs are those of Appendix C.</param>
/// <param name="Predicted">C_l of each direction by the penalised recursion, at l − 1; empty where there is no recursion.</param>
internal sealed record RepresentationOutput(
    RepresentationMeasurement Measurement, double Delta, double Lambda, bool IsResidual, IReadOnlyList<IReadOnlyList<double>> Predicted)
{
    /// <summary>The JSON object.</summary>
    public static JsonShape<RepresentationOutput> Shape => new JsonShape<RepresentationOutput>()
        .Number("interpolationDistance", one => one.Measurement.InterpolationDistance)
        .Number("costOfWeights", one => one.Measurement.OfWeights)
        .Number("costOfFeatures", one => one.Measurement.OfFeatures)
        .Number("delta", one => one.Delta)
        .Number("costWithFirstLayer", one => one.Measurement.OfFeaturesWithFirst(one.Delta))
        .Number("constant", one => one.Measurement.Constraints.Constant)
        .Number("leastConstant", one => one.Measurement.Constraints.LeastConstant)
        .Flag("isInConstraints", one => one.Measurement.Constraints.AreSatisfied)
        .List("layers", one => one.Measurement.Layers.Select(layer => (layer, one.Predicted.ElementAtOrDefault(layer.Layer - 1) ?? [])), OfLayer);

    private static JsonShape<(RepresentationLayer Layer, IReadOnlyList<double> Predicted)> OfLayer =>
        new JsonShape<(RepresentationLayer Layer, IReadOnlyList<double> Predicted)>()
        .Whole("layer", one => one.Layer.Layer)
        .Number("weightCost", one => one.Layer.WeightCost)
        .Number("featureCost", one => one.Layer.FeatureCost)
        .Number("costUpTo", one => one.Layer.CostUpTo)
        .Number("costFrom", one => one.Layer.CostFrom)
        .Number("representability", one => one.Layer.Constraints?.Representability)
        .Number("leastConstant", one => one.Layer.Constraints?.LargestRatio)
        .Number("singularValueMargin", one => one.Layer.Constraints?.SingularValueMargin)
        .Number("rankMargin", one => one.Layer.Constraints?.RankMargin)
        .Texts("violations", one => one.Layer.Constraints?.Violations ?? [])
        .Numbers("constants", one => one.Layer.Constants)
        .Numbers("predictedConstants", one => one.Predicted);

    /// <summary>Measures a run.</summary>
    public static RepresentationOutput Of(Run run, double constant)
    {
        ObjectiveSettings settings = run.Configuration.ToObjectiveSettings();
        ObjectiveCoefficients factors = settings.Coefficients(run.Trained.Specification.Depth, run.DataSet.SampleCount);
        var measurement = RepresentationMeasurement.Of(run.Trained, run.DataSet, constant);
        double lambda = run.Trained.Specification.Depth > 1 ? factors.WeightFactorOf(2) : 0;
        bool isResidual = run.Trained.Specification.Architecture == Networks.Architecture.Residual;
        return new RepresentationOutput(
            measurement, lambda > 0 ? factors.WeightFactorOf(1) / lambda : 0, lambda, isResidual, PredictedConstants(run, settings));
    }

    /// <summary>Writes the costs and a table of the layers.</summary>
    public void Write(TextWriter output)
    {
        RepresentationMeasurement found = Measurement;
        (string weights, string features, string first) = IsResidual ? ("Appendix C's", "L^res", "(27)") : ("(10)", "(11)", "(12)");
        output.WriteLine($"Representation costs: {weights}, of the weights of layers 2 … L, {Numbers.Short(found.OfWeights, 6)}; {features}, of the features, "
            + $"{Numbers.Short(found.OfFeatures, 6)}; {first} with (δ/2)‖W_1‖², δ = {Numbers.Short(Delta)}, "
            + $"{Numbers.Short(found.OfFeaturesWithFirst(Delta), 6)}");
        if (found.InterpolationDistance > FeatureProblem.DefaultTolerance)
            output.WriteLine($"Z^L differs from Y by {Numbers.Short(found.InterpolationDistance)} of it, where the paper's costs are +∞: these are the sums "
                + "for Z^L as it is.");
        var table = new TextTable(
            "layer", "½‖W‖²", "½‖A·Z⁺‖²", "L^{[1,l−1]}", "L^{[l−1,L−1]}", "(I) residual", "least C", "margin of (II)", "margin of (III)", "C by direction",
            "recursion");
        foreach (RepresentationLayer layer in found.Layers)
        {
            LayerConstraints? constraints = layer.Constraints;
            table.Add(
                $"{layer.Layer}", Numbers.Short(layer.WeightCost), Numbers.Short(layer.FeatureCost), Numbers.Short(layer.CostUpTo),
                Numbers.Short(layer.CostFrom), Numbers.Short(constraints?.Representability), Numbers.Short(constraints?.LargestRatio),
                Numbers.Short(constraints?.SingularValueMargin), constraints?.RankMargin is { } margin ? $"{margin}" : Numbers.Short(null),
                Span(layer.Constants), Span(Predicted.ElementAtOrDefault(layer.Layer - 1) ?? []));
        }
        table.Write(output);
        string constant = Numbers.Short(found.Constraints.Constant);
        output.WriteLine(found.Constraints.AreSatisfied
            ? $"The features lie in S for C = {constant}."
            : $"The features do not lie in S for C = {constant}: {string.Join("; ", found.Constraints.Layers.SelectMany(l => l.Violations).Take(3))}. The "
                + $"least C for (II) is {Numbers.Short(found.Constraints.LeastConstant, 6)}.");
    }

    /// <summary>WCSS and centroid loss (8) of a partition at the features of every layer.</summary>
    public static IReadOnlyList<PartitionLayer> OfPartition(Run run, Partition partition)
    {
        Matrix[] features = run.Trained.Features(run.DataSet.Inputs);
        ObjectiveSettings settings = run.Configuration.ToObjectiveSettings();
        return [.. Enumerable.Range(0, features.Length).Select(l => new PartitionLayer(
            l, WithinClusterSumOfSquares.Of(features[l], run.DataSet.Targets, partition),
            l == features.Length - 1 ? null : CentroidLoss.Compute(run.Trained, run.DataSet, settings, l, partition).Value))];
    }

    private static string Span(IReadOnlyList<double> values) =>
        values.Count == 0 ? Numbers.Short(null) : $"{Numbers.Short(values.Min())} to {Numbers.Short(values.Max())}";

    /// <summary>C_l(δ, r) = s_k(Z^l)²/s_k(Z^{l+1})² = 1/w_{l+1}², of each direction.</summary>
    private static IReadOnlyList<IReadOnlyList<double>> PredictedConstants(Run run, ObjectiveSettings settings)
    {
        try
        {
            Forecast forecast = PenalizedForecast.Compute(run.Trained.Specification, run.DataSet, settings);
            return [.. forecast.Layers.Zip(forecast.Layers.Skip(1), (before, after) => (IReadOnlyList<double>)
                [.. before.FeatureSingularValues.Zip(after.FeatureSingularValues, (s, t) => s / t * (s / t))])];
        }
        catch (InvalidInputException)
        {
            return [];
        }
    }
}

/// <summary>A partition at one layer.</summary>
/// <param name="Layer">l, in 0 … L.</param>
/// <param name="Wcss">WCSS of (z, y), equation (6).</param>
/// <param name="CentroidLoss">The centroid-based loss (8) of layer l; null for l = L.</param>
internal sealed record PartitionLayer(int Layer, double Wcss, double? CentroidLoss);
