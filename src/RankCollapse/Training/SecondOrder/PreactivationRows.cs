using System.Numerics.Tensors;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;

namespace RankCollapse.Training.SecondOrder;

/// <summary>A preactivation P^l_ij and a factor of its derivative.</summary>
/// <param name="Layer">l.</param>
/// <param name="Unit">i.</param>
/// <param name="Sample">j.</param>
/// <param name="Scale">The factor.</param>
internal readonly record struct PreactivationRow(int Layer, int Unit, int Sample, double Scale);

/// <summary>The Gram matrix of derivatives of outputs and preactivations, in a norm of the parameters that acts on each layer from the right.</summary>
internal static class PreactivationRows
{
    /// <summary>The lower triangle of Σ_l (C_lᵀC_l) ∘ G_l, with C_l the sensitivities of the rows at layer l, and G_l between their samples.</summary>
    /// <param name="point">The objective after a gradient at <paramref name="network"/>.</param>
    /// <param name="network">Θ.</param>
    /// <param name="outputs">
    /// K matrices, K×N: column j of matrix k is a sensitivity at the outputs of sample j, whose row is k·N + j; may be none.
    /// </param>
    /// <param name="rows">Preactivations in descending order of layers; their rows follow.</param>
    /// <param name="ofSamples">G_l, N×N: inner products of the features before layer l.</param>
    public static Matrix Gram(Objective point, Network network, Matrix[] outputs, PreactivationRow[] rows, Func<int, Matrix> ofSamples)
    {
        NetworkSpecification shape = point.Specification;
        int samples = point.Data.SampleCount, first = outputs.Length * samples, count = first + rows.Length, known = first;
        var sampleOf = new int[count];
        for (int a = 0; a < count; a++) sampleOf[a] = a < first ? a % samples : rows[a - first].Sample;
        var gram = new Matrix(count, count);
        var block = new double[count];
        var sensitivities = new Matrix(shape.OutputDimension, count);
        for (int r = 0; r < sensitivities.Rows && first > 0; r++)
        {
            for (int k = 0; k < outputs.Length; k++) outputs[k].Row(r).CopyTo(sensitivities.Row(r).Slice(k * samples, samples));
        }
        for (int l = shape.Depth; l >= 1; l--)
        {
            var errors = new Matrix(shape.Width(l), count);
            for (int r = 0; r < errors.Rows; r++)
            {
                Span<double> error = errors.Row(r);
                ReadOnlySpan<double> sensitivity = sensitivities.Row(r), slopes = point.Slopes[l].Row(r);
                for (int a = 0; a < known; a++) error[a] = sensitivity[a] * slopes[sampleOf[a]];
            }
            for (; known < count && rows[known - first].Layer == l; known++) errors[rows[known - first].Unit, known] = rows[known - first].Scale;
            Matrix products = Product.Gram(errors), weights = ofSamples(l);
            for (int a = 0; a < known; a++)
            {
                ReadOnlySpan<double> weight = weights.Row(sampleOf[a]);
                for (int b = 0; b <= a; b++) block[b] = weight[sampleOf[b]];
                Span<double> sum = gram.Row(a)[..(a + 1)];
                TensorPrimitives.MultiplyAdd(products.Row(a)[..(a + 1)], block.AsSpan(0, a + 1), sum, sum);
            }
            if (l == 1) break;
            Matrix before = shape.HasSkip(l) ? sensitivities : new Matrix(shape.Width(l - 1), count);
            Product.MultiplyTransposedLeft(network.Weights(l), errors, before, accumulate: shape.HasSkip(l));
            sensitivities = before;
        }
        return gram;
    }

    /// <summary>P^l at a network whose features are known.</summary>
    public static Matrix Preactivations(Objective point, Network network, int layer)
    {
        Matrix values = Product.Multiply(network.Weights(layer), point.Features[layer - 1]);
        if (network.Bias(layer) is { } bias)
        {
            for (int i = 0; i < values.Rows; i++) TensorPrimitives.Add(values.Row(i), bias[i, 0], values.Row(i));
        }
        return values;
    }
}
