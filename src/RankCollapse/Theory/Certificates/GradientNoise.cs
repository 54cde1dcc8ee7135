using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using RankCollapse.Training;

namespace RankCollapse.Theory.Certificates;

/// <summary>
/// How far rounding can move ∇_{W_l} of the loss: errors of the features grow through the layers after them, and return through the sensitivities.
/// </summary>
internal static class GradientNoise
{
    /// <summary>Products of a few tens of terms and an activation each err by a modest multiple of ε.</summary>
    private const double Units = 32;

    /// <summary>What the products of so many terms lose that lie below the least number there is.</summary>
    internal static double Underflow(Matrix gradient, int terms) => terms * Math.Sqrt(gradient.Length) * double.Epsilon;

    /// <summary>An estimate of the error's Frobenius norm, for l = 1 … L at index l.</summary>
    internal static double[] Of(Network network, TailPass pass, Matrix targets, ObjectiveCoefficients coefficients)
    {
        NetworkSpecification specification = network.Specification;
        int depth = specification.Depth;
        double[] gain = new double[depth + 1], result = new double[depth + 1];
        double features = Units * Tolerances.MachineEpsilon * Frobenius.Norm(pass.Features[0]);
        for (int l = 1; l <= depth; l++)
        {
            gain[l] = (specification.ActivationOf(l).DerivativeBounds.First * NormBound(network.Weights(l))) + (specification.HasSkip(l) ? 1 : 0);
            features = (gain[l] * features) + (Units * Tolerances.MachineEpsilon * Frobenius.Norm(pass.Features[l]));
        }
        double outputs = features + (Units * Tolerances.MachineEpsilon * Frobenius.Norm(targets));
        double sensitivities = (coefficients.DataFactor + coefficients.FeatureFactor) * outputs;
        for (int l = depth; l >= 1; l--)
        {
            result[l] = specification.ActivationOf(l).DerivativeBounds.First * sensitivities * Frobenius.Norm(pass.Features[l - 1]);
            sensitivities = (gain[l] * sensitivities) + (coefficients.FeatureFactor * features);
        }
        return result;
    }

    /// <summary>√(‖W‖_1·‖W‖_∞), which ‖W‖_2 does not exceed.</summary>
    private static double NormBound(Matrix weights)
    {
        var columns = new double[weights.Columns];
        double rows = 0;
        for (int i = 0; i < weights.Rows; i++)
        {
            double row = 0;
            for (int j = 0; j < weights.Columns; j++)
            {
                double size = Math.Abs(weights[i, j]);
                row += size;
                columns[j] += size;
            }
            rows = Math.Max(rows, row);
        }
        return Math.Sqrt(rows * columns.Max());
    }
}
