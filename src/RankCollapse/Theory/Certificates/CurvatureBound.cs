using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using RankCollapse.Training;

namespace RankCollapse.Theory.Certificates;

/// <summary>
/// A number that M_{l,j}(Θ, C) = sup ‖∇²_{(z,y)} ∇_{W_l} ℓ(f_j(z), y)‖ over the clusters' convex hulls, equation (16), does not exceed.
/// </summary>
/// <remarks>
/// ∇_{W_l}ℓ = e·xᵀ with x = z^{l−1}, so that its second derivative is at most ‖D²e‖‖x‖ + 2‖De‖‖Dx‖ + ‖e‖‖D²x‖. Every factor is bounded layer by
/// layer with spectral norms of diag(sup|σ'|)·W and suprema of |σ'|, |σ''|, |σ'''|. Each hull lies in the ball of radius ρ_k around its centroid,
/// where a function differs from its value at the centroid by at most ρ_k times the bound on its derivative; the suprema of σ' and σ'' use this,
/// so that the bound tightens as clusters collapse. Skips add the derivatives of the layer before.
/// </remarks>
internal static class CurvatureBound
{
    /// <summary>Covers the rounding of norms, products and sums.</summary>
    private const double Guard = 1 + 1e-10;

    /// <summary>
    /// Bounds of M_{l,j} for l = j + 1 … L at index l, for ℓ of one sample; +∞ with a reason where an activation has no bounded third derivative.
    /// </summary>
    /// <param name="network">Θ.</param>
    /// <param name="loss">The loss.</param>
    /// <param name="coefficients">The factors of the objective.</param>
    /// <param name="centroids">The centroid loss of layer j and partition C.</param>
    /// <param name="radii">ρ_k, the largest distance of a pair (z_i, y_i) of cluster k from its centroid.</param>
    /// <param name="reason">Why the bounds are +∞; null where they are finite.</param>
    internal static double[] Compute(Network network, Loss loss, ObjectiveCoefficients coefficients, CentroidLoss centroids, double[] radii, out string? reason)
    {
        NetworkSpecification specification = network.Specification;
        int depth = specification.Depth, start = centroids.Layer;
        TailPass pass = centroids.Pass;
        var bounds = new double[depth + 1];
        reason = null;
        for (int l = start + 1; l <= depth; l++)
        {
            Activation activation = specification.ActivationOf(l);
            (double first, double second, double third) = activation.DerivativeBounds;
            if (activation.IsSmooth && double.IsFinite(first + second + third)) continue;
            reason = $"the activation of layer {l}, {activation.Name}, has no bounded third derivative";
            Array.Fill(bounds, double.PositiveInfinity, start + 1, depth - start);
            return bounds;
        }

        // Forward: ‖Dz‖ ≤ alpha, ‖D²z‖ ≤ beta for unit directions.
        double[] alpha = new double[depth + 1], beta = new double[depth + 1], spectral = new double[depth + 1], through = new double[depth + 1];
        double[] largestFirst = new double[depth + 1], largestSecond = new double[depth + 1], third3 = new double[depth + 1];
        (alpha[start], beta[start]) = (1, 0);
        for (int l = start + 1; l <= depth; l++)
        {
            Matrix weights = network.Weights(l);
            spectral[l] = Guard * SpectralNorm(weights);
            double[] first = Suprema(specification.ActivationOf(l), weights, pass.Preactivations[l], radii, alpha[l - 1], out largestSecond[l]);
            third3[l] = specification.ActivationOf(l).DerivativeBounds.Third;
            largestFirst[l] = first.Length == 0 ? 0 : first.Max();
            through[l] = Guard * SpectralNorm(Matrix.FromEntries(weights.Rows, weights.Columns, (i, j) => first[i] * weights[i, j]));
            double skip = specification.HasSkip(l) ? 1 : 0;
            alpha[l] = (through[l] + skip) * alpha[l - 1];
            beta[l] = (largestSecond[l] * Square(spectral[l] * alpha[l - 1])) + ((through[l] + skip) * beta[l - 1]);
        }

        // Backward: sizes and derivatives of the sensitivities s = ∂ℓ/∂z^l.
        (double size, double sizeFirst, double sizeSecond) = OutputSensitivity(loss, coefficients, centroids, alpha[depth], beta[depth], radii);
        for (int l = depth; l > start; l--)
        {
            size = Math.Min(size, Around(pass.Sensitivities[l], sizeFirst, radii));
            double p1 = spectral[l] * alpha[l - 1], p2 = spectral[l] * beta[l - 1];
            double bend1 = largestSecond[l] * p1 * size;
            double bend2 = (third3[l] * p1 * p1 * size) + (largestSecond[l] * p2 * size) + (2 * largestSecond[l] * p1 * sizeFirst);
            double error = Math.Min(largestFirst[l] * size, Around(pass.Errors[l], bend1 + (largestFirst[l] * sizeFirst), radii));
            double error1 = bend1 + (largestFirst[l] * sizeFirst), error2 = bend2 + (largestFirst[l] * sizeSecond);
            double x = Around(pass.Features[l - 1], alpha[l - 1], radii);
            bounds[l] = Guard * ((error2 * x) + (2 * error1 * alpha[l - 1]) + (error * beta[l - 1]));

            double skip = specification.HasSkip(l) ? 1 : 0;
            double feature = coefficients.FeatureFactor;
            size = ((through[l] + skip) * size) + (feature * x);
            (sizeFirst, sizeSecond) = (
                (spectral[l] * bend1) + ((through[l] + skip) * sizeFirst) + (feature * alpha[l - 1]),
                (spectral[l] * bend2) + ((through[l] + skip) * sizeSecond) + (feature * beta[l - 1]));
        }
        return bounds;
    }

    /// <summary>Bounds on ‖s^L‖ (by its centroid values), ‖Ds^L‖ and ‖D²s^L‖ for s^L = a·∂D/∂f + μ·z^L.</summary>
    private static (double Size, double First, double Second) OutputSensitivity(
        Loss loss, ObjectiveCoefficients coefficients, CentroidLoss centroids, double alpha, double beta, double[] radii)
    {
        double a = coefficients.DataFactor, mu = coefficients.FeatureFactor, first, second;
        if (loss == Loss.Squared)
        {
            // s = (a + μ)·f − a·y.
            first = Math.Sqrt(Square((a + mu) * alpha) + (a * a));
            second = (a + mu) * beta;
        }
        else
        {
            // s = a(t·p − y) + μ·f with t = Σ_k y_k and p the softmax: ‖∂p/∂f‖ ≤ ½, ‖D²p[v, v]‖ ≤ ‖v‖²; t differs from its centroid value by √K·ρ.
            int classes = centroids.TargetCentroids.Rows;
            double mass = 0;
            for (int k = 0; k < centroids.TargetCentroids.Columns; k++)
                mass = Math.Max(mass, Math.Abs(centroids.TargetCentroids.Column(k).Sum()) + (Math.Sqrt(classes) * radii[k]));
            double root = Math.Sqrt(classes);
            first = Math.Sqrt(Square((((0.5 * a * mass) + mu) * alpha)) + Square(a * (root + 1)));
            second = (a * mass * ((alpha * alpha) + (0.5 * beta))) + (mu * beta) + (a * root * alpha);
        }
        return (Around(centroids.Pass.Sensitivities[^1], first, radii), first, second);
    }

    /// <summary>max_k ‖column k‖ + ρ_k·slope.</summary>
    private static double Around(Matrix columns, double slope, double[] radii)
    {
        double largest = 0;
        for (int k = 0; k < radii.Length; k++)
        {
            double squares = 0;
            for (int i = 0; i < columns.Rows; i++) squares += columns[i, k] * columns[i, k];
            largest = Math.Max(largest, (Guard * Math.Sqrt(squares)) + (radii[k] * slope));
        }
        return largest;
    }

    /// <summary>
    /// sup|σ'| of each unit and sup|σ''| of all over the hulls: at the centroid, plus how far the preactivation can move times the next derivative's bound.
    /// </summary>
    private static double[] Suprema(Activation activation, Matrix weights, Matrix preactivations, double[] radii, double alpha, out double second)
    {
        (double bound1, double bound2, double bound3) = activation.DerivativeBounds;
        var value = new double[preactivations.Length];
        var first = new double[preactivations.Length];
        var bend = new double[preactivations.Length];
        activation.ValueFirstAndSecond(preactivations.AsSpan(), value, first, bend);
        var suprema = new double[weights.Rows];
        second = 0;
        for (int i = 0; i < weights.Rows; i++)
        {
            double row = Guard * Reduction.Norm(weights.Row(i));
            for (int k = 0; k < radii.Length; k++)
            {
                double reach = row * alpha * radii[k];
                int at = (i * radii.Length) + k;
                suprema[i] = Math.Max(suprema[i], Math.Min(bound1, Math.Abs(first[at]) + (bound2 * reach)));
                second = Math.Max(second, Math.Min(bound2, Math.Abs(bend[at]) + (bound3 * reach)));
            }
        }
        return suprema;
    }

    private static double SpectralNorm(Matrix a) => SingularValueDecomposition.SingularValues(a)[0];

    private static double Square(double x) => x * x;
}
