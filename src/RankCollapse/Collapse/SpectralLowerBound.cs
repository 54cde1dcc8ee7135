using System.Numerics.Tensors;
using RankCollapse.LinearAlgebra;

namespace RankCollapse.Collapse;

/// <summary>
/// The lower bound (1/N)·Σ_{i≥K} λ_i ≤ TCV_K, λ the descending eigenvalues of the centred scatter (Ding and He 2004):
/// clustered points, centred, have rank at most K − 1, and no matrix of that rank is nearer to the points.
/// </summary>
/// <remarks>
/// What rounding may have added is subtracted. The square root of the bound is a distance to a set of matrices, so it moves by
/// no more than the points do; a sum of m eigenvalues of a perturbed matrix moves by no more than √m times the perturbation's norm.
/// </remarks>
internal static class SpectralLowerBound
{
    /// <summary>The Gram matrix resolves the bound where it exceeds its own rounding allowance by this factor.</summary>
    private const double Resolved = 1e3;

    /// <summary>Computes the bound.</summary>
    /// <param name="points">N×D, points as rows.</param>
    /// <param name="clusterCount">K.</param>
    /// <param name="isSharp">Whether to take singular values, which resolve twice the digits, where the Gram matrix does not resolve the bound.</param>
    /// <returns>The bound, at least 0; the rounding allowance on its square root; and (1/N)·Σ_i λ_i, the total variation.</returns>
    internal static (double Bound, double RootAllowance, double TotalVariation) Compute(Matrix points, int clusterCount, bool isSharp)
    {
        Matrix centred = Centre(points, out double allowance);
        double total = Reduction.SumOfSquares(centred.AsSpan());
        int count = Math.Min(points.Rows, points.Columns), larger = Math.Max(points.Rows, points.Columns);
        double bound = 0;
        double decomposition = 4 * larger * Tolerances.MachineEpsilon;
        allowance += decomposition * Math.Sqrt(total);
        if (total > 0 && clusterCount <= count && clusterCount < points.Rows)
        {
            Matrix gram = points.Rows <= points.Columns ? Product.OuterGram(centred) : Product.Gram(centred);
            double gramAllowance = Math.Sqrt(count) * (larger + (4 * count)) * Tolerances.MachineEpsilon * total;
            double tail = Tail(SymmetricEigendecomposition.Eigenvalues(gram), clusterCount);
            if (isSharp && tail < Resolved * gramAllowance)
            {
                double[] values = SingularValueDecomposition.SingularValues(centred);
                TensorPrimitives.Multiply(values, values, values);
                (tail, gramAllowance) = (Tail(values, clusterCount), 0);
            }
            bound = Bound(tail - gramAllowance, allowance, points.Rows);
        }
        return (bound, allowance / Math.Sqrt(points.Rows), total / points.Rows);
    }

    /// <summary>The same from the centred scatter of many points, Σ_i (p_i − p̄)(p_i − p̄)ᵀ, D×D, where K ≤ D ≤ N.</summary>
    /// <param name="scatter">The scatter.</param>
    /// <param name="count">N.</param>
    /// <param name="meanNorm">‖p̄‖.</param>
    /// <param name="fromFirst">‖p̄ − p_1‖.</param>
    /// <param name="clusterCount">K.</param>
    internal static (double Bound, double RootAllowance, double TotalVariation) OfScatter(
        Matrix scatter, long count, double meanNorm, double fromFirst, int clusterCount)
    {
        double total = 0;
        for (int i = 0; i < scatter.Rows; i++) total += scatter[i, i];
        double root = Math.Sqrt(total), rootOfCount = Math.Sqrt(count);
        double allowance = Tolerances.MachineEpsilon
            * ((rootOfCount * meanNorm) + ((count + 2) * Math.Sqrt(total + (count * fromFirst * fromFirst))) + root + (4 * count * root));
        double scatterAllowance = Math.Sqrt(scatter.Rows) * (count + (4 * scatter.Rows)) * Tolerances.MachineEpsilon * total;
        double tail = total > 0 ? Tail(SymmetricEigendecomposition.Eigenvalues(scatter), clusterCount) : 0;
        return (Bound(tail - scatterAllowance, allowance, count), allowance / rootOfCount, total / count);
    }

    /// <summary>What is left of a sum of eigenvalues less its rounding.</summary>
    private static double Bound(double tail, double allowance, long count)
    {
        double root = Math.Sqrt(Math.Max(0, tail)) - allowance;
        return root > 0 ? root * root / count : 0;
    }

    /// <summary>Σ_{i≥K}, counted from 1, from the smallest up.</summary>
    private static double Tail(double[] descending, int clusterCount)
    {
        double sum = 0;
        for (int i = descending.Length - 1; i >= clusterCount - 1; i--) sum += descending[i];
        return sum;
    }

    /// <summary>Points less their mean, and a bound on the norm of the rounding error made.</summary>
    private static Matrix Centre(Matrix points, out double allowance)
    {
        Matrix mean = LabelledPoints.Centroids(points, new Partition(new int[points.Rows], 1));
        Matrix centred = points.Copy();
        double fromFirst = 0, sum = 0;
        for (int i = 0; i < points.Rows; i++)
        {
            Span<double> row = centred.Row(i);
            fromFirst += LabelledPoints.SquaredDistance(points.Row(i), points.Row(0));
            TensorPrimitives.Subtract(row, mean.Row(0), row);
            sum += Reduction.SumOfSquares(row);
        }
        double meanNorm = Reduction.Norm(mean.Row(0));
        allowance = Tolerances.MachineEpsilon
            * ((Math.Sqrt(points.Rows) * meanNorm) + ((points.Rows + 2) * Math.Sqrt(fromFirst)) + Math.Sqrt(sum));
        return centred;
    }
}
