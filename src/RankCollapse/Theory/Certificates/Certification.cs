using RankCollapse.Data;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using RankCollapse.Training;

namespace RankCollapse.Theory.Certificates;

/// <summary>What Section 3 says at one point: the certificates of Theorem 3.4, and Proposition 3.1 for the first samples.</summary>
/// <param name="Certificate">Bounds on the distance of every layer's weights from rank K.</param>
/// <param name="GradientRanks">The ranks of every layer's gradient for a small batch.</param>
public sealed record Certification(LowRankCertificate Certificate, IReadOnlyList<GradientRank> GradientRanks)
{
    /// <summary>Whether all of it holds.</summary>
    public bool Holds => Certificate.Holds && GradientRanks.All(g => g.Holds);

    /// <summary>Certifies a network.</summary>
    /// <param name="network">Θ.</param>
    /// <param name="data">The samples.</param>
    /// <param name="settings">The objective.</param>
    /// <param name="options">K and how hard to search.</param>
    /// <param name="batch">B, the samples of Proposition 3.1's batch, the first of the data; null is K, or N where that is less.</param>
    /// <exception cref="InvalidInputException">K is below 1, or the batch is empty or larger than the data.</exception>
    public static Certification Compute(Network network, DataSet data, ObjectiveSettings settings, LowRankCertificateOptions? options = null, int? batch = null)
    {
        ArgumentNullException.ThrowIfNull(data);
        int samples = data.SampleCount;
        if (batch < 1 || batch > samples)
            throw new InvalidInputException($"batch is {batch}; expected 1 to the {samples} samples of the data.") { Settings = ["batch"] };
        var certificate = LowRankCertificate.Compute(network, data, settings, options);
        int size = batch ?? Math.Min(certificate.Layers[0].Rank, samples);
        Matrix inputs = data.Inputs.Block(0, 0, data.InputDimension, size), targets = data.Targets.Block(0, 0, data.OutputDimension, size);
        var first = new DataSet(data.Name, inputs, targets, data.Labels.Length == 0 ? [] : data.Labels[..size]);
        return new Certification(certificate, GradientRank.Measure(network, first, settings));
    }
}
