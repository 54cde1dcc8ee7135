using System.Numerics.Tensors;
using RankCollapse.LinearAlgebra;

namespace RankCollapse.Training;

/// <summary>Factors n_i > 0 of the samples' data terms and feature penalties: a sample that stands for n_i equal ones.</summary>
internal sealed class SampleWeights
{
    private readonly double[] _values;
    private readonly double[] _roots;

    /// <summary>Takes the factors.</summary>
    /// <param name="values">n_1 … n_N.</param>
    /// <param name="samples">N.</param>
    /// <exception cref="ShapeMismatchException">There are not N factors.</exception>
    /// <exception cref="InvalidInputException">A factor is not positive or not finite.</exception>
    public SampleWeights(double[] values, int samples)
    {
        if (values.Length != samples) throw new ShapeMismatchException($"There are {samples} samples but {values.Length} sample weights.");
        for (int i = 0; i < samples; i++)
        {
            if (!(values[i] > 0) || double.IsInfinity(values[i]))
                throw new InvalidInputException($"Sample {i} has weight {values[i]}; sample weights are positive and finite.");
        }
        _values = values;
        _roots = [.. values.Select(Math.Sqrt)];
        Total = Reduction.Sum(values);
    }

    /// <summary>n_1 … n_N.</summary>
    public ReadOnlySpan<double> Values => _values;

    /// <summary>Σ_i n_i.</summary>
    public double Total { get; }

    /// <summary>The number of samples that the weights, if any, stand for.</summary>
    public static double TotalOf(SampleWeights? weights, int samples) => weights?.Total ?? samples;

    /// <summary>m·diag(√n) in new memory; m itself without weights.</summary>
    public static Matrix Root(SampleWeights? weights, Matrix m)
    {
        if (weights is null) return m;
        Matrix scaled = m.Copy();
        Scale(scaled, weights._roots);
        return scaled;
    }

    /// <summary>Σ_i n_i·m_ri for one row.</summary>
    public static double SumOfRow(SampleWeights? weights, ReadOnlySpan<double> row) =>
        weights is null ? Reduction.Sum(row) : Reduction.Dot(row, weights._values);

    /// <summary>‖m·diag(√n)‖²_F.</summary>
    public static double SumOfSquares(SampleWeights? weights, Matrix m)
    {
        if (weights is null) return Reduction.SumOfSquares(m.AsSpan());
        double sum = 0;
        for (int r = 0; r < m.Rows; r++)
        {
            ReadOnlySpan<double> row = m.Row(r);
            for (int i = 0; i < row.Length; i++) sum += weights._values[i] * row[i] * row[i];
        }
        return sum;
    }

    /// <summary>m ← m·diag(n).</summary>
    public void Scale(Matrix m) => Scale(m, _values);

    /// <summary>g ← g + μz·diag(n) and d = g∘s; returns ‖z·diag(√n)‖².</summary>
    public double ThroughActivation(Matrix g, Matrix z, double mu, Matrix s, Matrix d)
    {
        double squares = 0;
        for (int r = 0; r < g.Rows; r++)
        {
            Span<double> sensitivity = g.Row(r), error = d.Row(r);
            ReadOnlySpan<double> features = z.Row(r), slopes = s.Row(r);
            for (int i = 0; i < sensitivity.Length; i++)
            {
                double weighted = _values[i] * features[i];
                squares += weighted * features[i];
                sensitivity[i] += mu * weighted;
                error[i] = sensitivity[i] * slopes[i];
            }
        }
        return squares;
    }

    private static void Scale(Matrix m, double[] factors)
    {
        for (int r = 0; r < m.Rows; r++) TensorPrimitives.Multiply(m.Row(r), factors, m.Row(r));
    }
}
