using System.Numerics.Tensors;
using RankCollapse.LinearAlgebra;

namespace RankCollapse.Training.SecondOrder;

/// <summary>
/// B with BBᵀ = a·D'', sample by sample: √a·I for the squared loss; √(at)·diag(q)(I − qqᵀ) with q = √p for cross-entropy,
/// because diag(p) − ppᵀ = diag(q)(I − qqᵀ)diag(q) and I − qqᵀ is a projector. Weights n_i of the samples join as √n_i.
/// </summary>
internal sealed class DataRoot(Loss loss, int outputs, int samples)
{
    private readonly Matrix _roots = new(outputs, loss == Loss.CrossEntropy ? samples : 0);
    private readonly double[] _scales = new double[samples];
    private bool _isUniform;

    /// <summary>Takes the point of the objective's last evaluation.</summary>
    public void Build(Objective point)
    {
        Array.Fill(_scales, Math.Sqrt(point.Coefficients.DataFactor));
        _isUniform = point.SampleWeights is null;
        if (point.SampleWeights is { } weights)
        {
            for (int i = 0; i < samples; i++) _scales[i] *= Math.Sqrt(weights.Values[i]);
        }
        if (loss == Loss.Squared) return;
        ReadOnlySpan<double> probabilities = point.Probabilities.AsSpan();
        TensorPrimitives.Sqrt(probabilities, _roots.AsSpan());
        Matrix targets = point.Data.Targets;
        for (int i = 0; i < samples; i++)
        {
            double mass = 0;
            for (int k = 0; k < outputs; k++) mass += targets[k, i];
            _scales[i] *= Math.Sqrt(Math.Max(0, mass));
        }
    }

    /// <summary>result = B·v for v, K×N; the matrices may be the same.</summary>
    public void Apply(Matrix v, Matrix result)
    {
        if (loss == Loss.Squared)
        {
            ScaleColumns(v, result);
            return;
        }
        for (int i = 0; i < samples; i++)
        {
            double inner = 0;
            for (int k = 0; k < outputs; k++) inner += _roots[k, i] * v[k, i];
            for (int k = 0; k < outputs; k++) result[k, i] = _scales[i] * _roots[k, i] * (v[k, i] - (_roots[k, i] * inner));
        }
    }

    /// <summary>result = Bᵀ·v for v, K×N; the matrices may be the same.</summary>
    public void ApplyTransposed(Matrix v, Matrix result)
    {
        if (loss == Loss.Squared)
        {
            ScaleColumns(v, result);
            return;
        }
        for (int i = 0; i < samples; i++)
        {
            double inner = 0;
            for (int k = 0; k < outputs; k++) inner += _roots[k, i] * _roots[k, i] * v[k, i];
            for (int k = 0; k < outputs; k++) result[k, i] = _scales[i] * _roots[k, i] * (v[k, i] - inner);
        }
    }

    private void ScaleColumns(Matrix v, Matrix result)
    {
        if (_isUniform)
        {
            TensorPrimitives.Multiply(v.AsSpan(), _scales[0], result.AsSpan());
            return;
        }
        for (int k = 0; k < outputs; k++) TensorPrimitives.Multiply(v.Row(k), _scales, result.Row(k));
    }

    /// <summary>Writes B as K matrices, K×N: column i of matrix k is column k of sample i's root.</summary>
    public void WriteColumns(Matrix[] columns)
    {
        for (int k = 0; k < outputs; k++)
        {
            Matrix column = columns[k];
            column.AsSpan().Clear();
            for (int i = 0; i < samples; i++)
            {
                if (loss == Loss.Squared)
                {
                    column[k, i] = _scales[i];
                    continue;
                }
                for (int m = 0; m < outputs; m++) column[m, i] = _scales[i] * _roots[m, i] * ((m == k ? 1 : 0) - (_roots[m, i] * _roots[k, i]));
            }
        }
    }
}
