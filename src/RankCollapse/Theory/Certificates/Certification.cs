using RankCollapse.Data;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using RankCollapse.Training;
using RankCollapse.Training.SecondOrder;

namespace RankCollapse.Theory.Certificates;

/// <summary>What Section 3 says at one point: the certificates of Theorem 3.4, and Proposition 3.1 for the first samples.</summary>
/// <param name="Certificate">Bounds on the distance of every layer's weights from rank K.</param>
/// <param name="GradientRanks">The ranks of every layer's gradient for a small batch.</param>
public sealed record Certification(LowRankCertificate Certificate, IReadOnlyList<GradientRank> GradientRanks)
{
    /// <summary>Bounds on neural collapse before a head of at least two linear layers; null where there is none, or data have no classes.</summary>
    public BalancedHead? Head { get; private init; }

    /// <summary>How many preactivations lie at a kink, where derivatives are those from the right.</summary>
    public int KinkCount { get; private init; }

    /// <summary>The least norm of ∇J found over all slopes at the kinks; null where there are none.</summary>
    public GradientSize? LeastSubgradient { get; private init; }

    /// <summary>Weights of a smaller norm ‖W‖ are 0 to rounding: their squares, of which penalties are made, vanish beside any objective.</summary>
    private const double ZeroNorm = 1e-12;

    /// <summary>
    /// Whether the weights of every layer, but for the first of several, which may be without a penalty, have collapsed to 0, to rounding: what ranks and
    /// ratios say is rounding too then.
    /// </summary>
    public bool IsZero => AreZero([.. Certificate.Layers.Select(l => l.WeightNorm)]);

    /// <summary>Whether weights of these norms, of layers 1 … L, are 0 to rounding, but for the first of several.</summary>
    /// <param name="weightNorms">‖W_1‖ … ‖W_L‖.</param>
    public static bool AreZero(IReadOnlyList<double> weightNorms)
    {
        ArgumentNullException.ThrowIfNull(weightNorms);
        return weightNorms.Skip(weightNorms.Count > 1 ? 1 : 0).All(norm => norm <= ZeroNorm);
    }

    /// <summary>Whether all of it holds.</summary>
    public bool Holds => Certificate.Holds && GradientRanks.All(g => g.Holds) && Head?.Holds != false;

    /// <summary>Certifies a network.</summary>
    /// <param name="network">Θ.</param>
    /// <param name="data">The samples.</param>
    /// <param name="settings">The objective.</param>
    /// <param name="options">K and how hard to search.</param>
    /// <param name="batch">The samples of Proposition 3.1's batch; null takes the first K, or all where there are fewer.</param>
    /// <exception cref="InvalidInputException">K is below 1, or the batch is empty or names samples that there are not.</exception>
    public static Certification Compute(
        Network network, DataSet data, ObjectiveSettings settings, LowRankCertificateOptions? options = null, IReadOnlyList<int>? batch = null)
    {
        ArgumentNullException.ThrowIfNull(data);
        if (batch is { Count: 0 } || batch?.Any(i => i < 0 || i >= data.SampleCount) == true)
            throw new InvalidInputException($"batch names samples beyond the {data.SampleCount} of the data, or none.") { Settings = ["batch"] };
        var certificate = LowRankCertificate.Compute(network, data, settings, options);
        batch ??= [.. Enumerable.Range(0, Math.Min(certificate.Layers[0].Rank, data.SampleCount))];
        var inputs = Matrix.FromEntries(data.InputDimension, batch.Count, (i, j) => data.Inputs[i, batch[j]]);
        var targets = Matrix.FromEntries(data.OutputDimension, batch.Count, (i, j) => data.Targets[i, batch[j]]);
        int[] labels = data.Labels.Length == 0 ? [] : [.. batch.Select(i => data.Labels[i])];
        var found = new Certification(certificate, GradientRank.Measure(network, new DataSet(data.Name, inputs, targets, labels), settings))
        {
            Head = BalancedHead.Compute(network, data),
        };
        if (!network.Specification.HasKinks) return found;
        var objective = new Objective(network.Specification, data, settings);
        var gradient = new Network(network.Specification);
        objective.ValueAndGradient(network, gradient);
        var subgradient = new LeastSubgradient(objective);
        GradientSize least = subgradient.Measure(network, gradient, width: 0);
        return subgradient.KinkCount == 0 ? found : found with { KinkCount = subgradient.KinkCount, LeastSubgradient = least };
    }
}
