using System.Diagnostics;
using System.Numerics.Tensors;
using RankCollapse.Data;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using RankCollapse.Training;

namespace RankCollapse.Theory.Forecasts;

/// <summary>
/// The penalised recursion: the minimiser of Section 5.2's objective for small λ, where data are interpolated and activations act like the identity.
/// </summary>
/// <remarks>
/// With Y = Σ_k t_k u_k v_kᵀ (t_k = √N_k and v_k the normalised indicator of class k, for one-hot targets), each direction is a chain of numbers with
/// w_{l+1}² = w_l² + r·s_l², s_{l+1} = w_{l+1}·s_l, s_L = t_k, w_1² = h_k·δ·s_1²; r = μ/λ. For δ > 0 the first layer costs
/// (λδ/2)tr(A·H·Aᵀ) with H = Vᵀ(XᵀX)⁺V: directions are H's eigenvectors where classes are balanced, and coupled otherwise.
/// Inner residual layers have w_{l+1}(1 + w_{l+1}) in place of w_{l+1}². The derivation is in docs/theory.md.
/// </remarks>
public static class PenalizedForecast
{
    /// <summary>Computes the forecast; it has no free parameter.</summary>
    /// <param name="specification">The network's shape.</param>
    /// <param name="data">The data; X enters only for δ > 0 and to check that the classes can be reached.</param>
    /// <param name="settings">The objective, with the squared loss.</param>
    /// <exception cref="InvalidInputException">The loss is not the squared one, λ is 0, there are no targets but 0, or neither features nor first layer are
    /// penalised.</exception>
    /// <exception cref="ShapeMismatchException">Data and shape do not fit.</exception>
    /// <exception cref="ComputationFailedException">The coupled problem of unbalanced classes was not solved.</exception>
    public static Forecast Compute(NetworkSpecification specification, DataSet data, ObjectiveSettings settings)
    {
        ArgumentNullException.ThrowIfNull(specification);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(settings);
        long start = Stopwatch.GetTimestamp();
        if (settings.Loss != Loss.Squared)
            throw new InvalidInputException("The penalised forecast is about the squared loss; cross-entropy is not minimised at finite outputs.");
        Objective.RequireFit(specification, data);
        PenaltyRatios ratios = PenaltyRatios.Of(settings, specification.Depth, data.SampleCount);
        if (ratios is { Features: 0, FirstLayer: 0 })
            throw new InvalidInputException("With neither a feature penalty nor delta the weights can shrink without limit while the first features grow: "
                + "there is no minimum to forecast. Set lambda-features or delta.")
            { Settings = ["lambda-features", "delta"] };

        TargetDirections directions = TargetDirections.Of(data);
        bool isResidual = specification.Architecture == Architecture.Residual;
        int depth = specification.Depth, count = directions.Values.Length;
        var features = new double[depth + 1][];
        var weights = new double[depth + 1][];
        for (int l = 0; l <= depth; l++) (features[l], weights[l]) = (new double[count], new double[count]);
        Matrix firstLayer = directions.FirstLayerCost;
        double cost;
        if (ratios.FirstLayer == 0 || directions.AreBalanced) cost = Separate();
        else cost = Couple();

        return new Forecast
        {
            Source = "penalised recursion",
            Layers = [.. Enumerable.Range(1, depth).Select(l => new ForecastLayer(
                l, Descending(features[l]), l == 1 && ratios.FirstLayer == 0 ? null : Descending(weights[l])))],
            ObjectivePerLambda = cost,
            Objective = cost * ratios.Lambda,
            UnmetHypotheses = [.. Unmet(specification, data, directions)],
            Seconds = Stopwatch.GetElapsedTime(start).TotalSeconds,
        };

        double Separate()
        {
            double[] first = ratios.FirstLayer == 0 ? new double[count] : SymmetricEigendecomposition.Eigenvalues(firstLayer);
            double sum = 0;
            for (int k = 0; k < count; k++)
            {
                ScalarChain chain = ScalarChain.Solve(depth, ratios.Features, ratios.FirstLayer * first[k], isResidual, directions.Values[k]);
                for (int l = 1; l <= depth; l++) (features[l][k], weights[l][k]) = (chain.Features[l], chain.Weights[l]);
                weights[1][k] = Math.Sqrt(first[k]) * chain.Features[1];
                sum += chain.Cost;
            }
            return sum;
        }

        double Couple()
        {
            Matrix coupling = firstLayer.Copy();
            TensorPrimitives.Multiply(coupling.AsSpan(), ratios.FirstLayer, coupling.AsSpan());
            CoupledChain chain = CoupledChain.Solve(depth, ratios.Features, coupling, isResidual, directions.Values);
            for (int l = 1; l <= depth; l++) features[l] = SingularValueDecomposition.SingularValues(chain.Features[l]);
            for (int l = 2; l <= depth; l++) weights[l] = SingularValueDecomposition.SingularValues(chain.Weights[l]);
            Matrix root = SymmetricFunction.Apply(firstLayer, x => Math.Sqrt(Math.Max(x, 0)));
            weights[1] = SingularValueDecomposition.SingularValues(Product.Multiply(chain.Features[1], root));
            return chain.Cost;
        }
    }

    private static double[] Descending(double[] values) => [.. values.OrderDescending()];

    /// <summary>What keeps activations from being the identity for small entries.</summary>
    internal static IEnumerable<string> AtZero(NetworkSpecification specification)
    {
        foreach (Activation activation in specification.Activations.DistinctBy(a => a.Name))
        {
            (double left, double right) = activation.SlopesAtZero;
            if (!activation.FixesZero) yield return $"activations fix 0 ({activation.Name} does not)";
            else if (activation.HasKink)
                yield return $"activations have slope 1 at 0 ({activation.Name} has {left:G3} to the left and {right:G3} to the right)";
            else if (Math.Abs(right - 1) > 1e-12) yield return $"activations have slope 1 at 0 ({activation.Name} does not)";
        }
    }

    private static IEnumerable<string> Unmet(NetworkSpecification specification, DataSet data, TargetDirections directions)
    {
        if (specification.HasBias) yield return "the layers have no biases";
        foreach (string unmet in AtZero(specification)) yield return unmet;
        if (!specification.IsLinear(specification.Depth))
            yield return $"the output activation is the identity (found {specification.OutputActivation.Name})";
        int narrowest = specification.Widths.Min();
        if (narrowest < directions.Values.Length) yield return $"every width is at least rank(Y) = {directions.Values.Length} (found {narrowest})";
        if (directions.UnreachableShare > 1e-8)
            yield return $"the row space of X holds that of Y, so that Z^1 can collapse (rank X = {directions.InputRank} for {data.SampleCount} samples; "
                + $"{directions.UnreachableShare:G3} of Y lies outside)";
    }
}
