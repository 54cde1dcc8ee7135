using System.Numerics.Tensors;
using RankCollapse.LinearAlgebra;

namespace RankCollapse.Training;

/// <summary>The data term D(f(X), Y) and its derivatives with respect to the outputs.</summary>
internal static class DataTerm
{
    /// <summary>D, with gradient = factor·∂D/∂f written to <paramref name="gradient"/>.</summary>
    /// <param name="loss">The kind of loss.</param>
    /// <param name="outputs">f(X), K×N.</param>
    /// <param name="targets">Y, K×N.</param>
    /// <param name="factor">The factor of the gradient.</param>
    /// <param name="gradient">K×N.</param>
    /// <param name="probabilities">Softmax of the outputs, K×N; written for cross-entropy alone.</param>
    /// <param name="weights">Factors of the samples, D = Σ_i n_i·d_i; null for 1.</param>
    public static double Evaluate(
        Loss loss, Matrix outputs, Matrix targets, double factor, Matrix gradient, Matrix probabilities, SampleWeights? weights = null)
    {
        if (loss == Loss.Squared)
        {
            Span<double> difference = gradient.AsSpan();
            TensorPrimitives.Subtract(outputs.AsSpan(), targets.AsSpan(), difference);
            double value = 0.5 * SampleWeights.SumOfSquares(weights, gradient);
            TensorPrimitives.Multiply(difference, factor, difference);
            weights?.Scale(gradient);
            return value;
        }
        double total = CrossEntropy(outputs, targets, factor, gradient, probabilities, weights is null ? [] : weights.Values);
        weights?.Scale(gradient);
        return total;
    }

    /// <summary>
    /// result = factor·(∂²D/∂f²)·v, columnwise: v for the squared loss, t·(diag(p) − ppᵀ)v for cross-entropy with t = Σ_k y_k;
    /// times n_i where samples have weights.
    /// </summary>
    public static void ApplyHessian(Loss loss, Matrix probabilities, Matrix targets, double factor, Matrix v, Matrix result, SampleWeights? weights = null)
    {
        if (loss == Loss.Squared)
        {
            TensorPrimitives.Multiply(v.AsSpan(), factor, result.AsSpan());
            weights?.Scale(result);
            return;
        }
        int classes = v.Rows, samples = v.Columns;
        ReadOnlySpan<double> p = probabilities.AsSpan(), y = targets.AsSpan(), x = v.AsSpan();
        Span<double> r = result.AsSpan();
        for (int i = 0; i < samples; i++)
        {
            double mean = 0, mass = 0;
            for (int k = 0, at = i; k < classes; k++, at += samples)
            {
                mean += p[at] * x[at];
                mass += y[at];
            }
            for (int k = 0, at = i; k < classes; k++, at += samples) r[at] = factor * mass * p[at] * (x[at] - mean);
        }
        weights?.Scale(result);
    }

    private static double CrossEntropy(Matrix outputs, Matrix targets, double factor, Matrix gradient, Matrix probabilities, ReadOnlySpan<double> weights)
    {
        int classes = outputs.Rows, samples = outputs.Columns;
        ReadOnlySpan<double> f = outputs.AsSpan(), y = targets.AsSpan();
        Span<double> g = gradient.AsSpan(), p = probabilities.AsSpan();
        for (int i = 0; i < samples; i++)
        {
            double largest = double.NegativeInfinity;
            for (int k = 0, at = i; k < classes; k++, at += samples) largest = Math.Max(largest, f[at]);
            for (int k = 0, at = i; k < classes; k++, at += samples) g[at] = f[at] - largest;
        }
        Elementary.Exp(g, p);
        double total = 0;
        for (int i = 0; i < samples; i++)
        {
            double sum = 0, mass = 0, inner = 0;
            for (int k = 0, at = i; k < classes; k++, at += samples)
            {
                sum += p[at];
                mass += y[at];
                inner += y[at] * g[at];
            }
            // −Σ y_k log p_k = t·log Σexp − Σ y_k (f_k − max), summed without cancellation between large parts.
            double loss = (mass * Elementary.Log(sum)) - inner;
            total += weights.IsEmpty ? loss : weights[i] * loss;
            for (int k = 0, at = i; k < classes; k++, at += samples)
            {
                p[at] /= sum;
                g[at] = factor * ((mass * p[at]) - y[at]);
            }
        }
        return total;
    }
}
