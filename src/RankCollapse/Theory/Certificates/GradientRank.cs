using RankCollapse.Data;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using RankCollapse.Training;

namespace RankCollapse.Theory.Certificates;

/// <summary>Proposition 3.1: for a batch of B samples rank ∇_{W_l} Σ_i ℓ(f(x_i), y_i) ≤ B; read from the gradient's singular values.</summary>
/// <remarks>
/// At kinks derivatives are those from the right. The rank of every Clarke subgradient is at most B too: a sample's gradients near by are e·zᵀ with z close to
/// z_i^{l−1}, their limits e·z_i^{l−1,T} with that one vector, and convex combinations of sums Σ_i e_i·z_iᵀ are such sums.
/// </remarks>
/// <param name="Layer">l.</param>
/// <param name="BatchSize">B.</param>
/// <param name="SingularValues">The gradient's singular values, descending, without weight penalty.</param>
/// <param name="Rank">How many of them exceed rounding.</param>
/// <param name="Holds">Whether Rank ≤ B.</param>
public sealed record GradientRank(int Layer, int BatchSize, IReadOnlyList<double> SingularValues, int Rank, bool Holds)
{
    /// <summary>Measures every layer.</summary>
    /// <param name="network">Θ.</param>
    /// <param name="batch">The samples.</param>
    /// <param name="settings">The objective; feature penalties are sums over samples too, and are kept.</param>
    public static IReadOnlyList<GradientRank> Measure(Network network, DataSet batch, ObjectiveSettings settings)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(settings);
        int depth = network.Specification.Depth;
        TailPass pass = new NetworkTail(network, settings.Loss, settings.Coefficients(depth, batch.SampleCount), 0).Evaluate(batch.Inputs, batch.Targets);
        var result = new List<GradientRank>();
        for (int l = 1; l <= depth; l++)
        {
            double[] values = SingularValueDecomposition.SingularValues(pass.Gradient(l));

            // The product of errors and features errs by about √B·ε of its factors' sizes.
            double noise = (8 * Math.Sqrt(batch.SampleCount) * Tolerances.MachineEpsilon * Frobenius.Norm(pass.Errors[l])
                * Frobenius.Norm(pass.Features[l - 1])) + GradientNoise.Underflow(pass.Gradient(l), batch.SampleCount);
            int rank = values.Count(s => s > noise);
            result.Add(new GradientRank(l, batch.SampleCount, values, rank, rank <= batch.SampleCount));
        }
        return result;
    }
}
