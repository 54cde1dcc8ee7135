using System.Numerics.Tensors;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;

namespace RankCollapse.Training.SecondOrder;

/// <summary>
/// M block-diagonal over layers, M_l = A_l ⊗ S_l + λ_l I with A_l = Z^{l−1}Z^{l−1,T} and S_l the mean curvature of the objective at the preactivations
/// (Martens and Grosse 2015), for problems whose outputs are too many for <see cref="KernelPreconditioner"/>.
/// </summary>
/// <remarks>
/// S_l follows from the outputs by the recursion of Botev, Ritter and Barber (2017), in which feature penalties join layer by layer:
/// S_l = T_l ∘ (1/N)σ'σ'ᵀ, T_{l−1} = W_lᵀS_lW_l + μI, T_L = a·mean(D'') + μI; a skip adds T_l and the mixed terms with the mean slopes.
/// Both factors are diagonalised, so that the penalty enters exactly. Samples of weights n_i count n_i times.
/// </remarks>
internal sealed class KroneckerPreconditioner : IPreconditioner
{
    /// <summary>Directions with less than this share of a block's largest curvature are treated as if they had it.</summary>
    private const double LeastShare = 1e-12;

    /// <summary>Factors of so many entries together are collected at once when new ones replace them.</summary>
    private const long LargeFactors = 1 << 22;

    private readonly NetworkSpecification _specification;
    private readonly SymmetricEigendecomposition[] _inputs;
    private readonly SymmetricEigendecomposition[] _outputs;
    private readonly Matrix _right;
    private readonly Network _pulled;
    private readonly Network _first;
    private readonly Network _second;
    private readonly int _samples;
    private double _count;
    private Objective? _point;
    private Network? _network;

    public KroneckerPreconditioner(NetworkSpecification specification, int samples)
    {
        _specification = specification;
        _samples = samples;
        Passes = new CurvatureOperator(specification, samples);
        _inputs = new SymmetricEigendecomposition[specification.Depth + 1];
        _outputs = new SymmetricEigendecomposition[specification.Depth + 1];
        _right = new Matrix(specification.OutputDimension, samples);
        _pulled = new Network(specification);
        _first = new Network(specification);
        _second = new Network(specification);
    }

    public CurvatureOperator Passes { get; }

    public bool ResolvesOutputs => false;

    public void Build(Objective point, Network network)
    {
        _point = point;
        _network = network;
        _count = SampleWeights.TotalOf(point.SampleWeights, _samples);
        ObjectiveCoefficients factors = point.Coefficients;
        Matrix curvature = OutputCurvature(point);
        for (int l = _specification.Depth; l >= 1; l--)
        {
            Matrix atPreactivations = Product.OuterGram(SampleWeights.Root(point.SampleWeights, point.Slopes[l]));
            TensorPrimitives.Multiply(atPreactivations.AsSpan(), 1.0 / _count, atPreactivations.AsSpan());
            TensorPrimitives.Multiply(atPreactivations.AsSpan(), curvature.AsSpan(), atPreactivations.AsSpan());
            _outputs[l] = SymmetricEigendecomposition.Decompose(atPreactivations);
            _inputs[l] = SymmetricEigendecomposition.Decompose(Product.OuterGram(SampleWeights.Root(point.SampleWeights, point.Features[l - 1])));
            if (l == 1) break;
            Matrix weights = network.Weights(l);
            Matrix before = Product.MultiplyTransposedLeft(weights, Product.Multiply(atPreactivations, weights));
            if (_specification.HasSkip(l)) AddSkip(before, curvature, weights, point.Slopes[l], point.SampleWeights);
            for (int i = 0; i < before.Rows; i++) before[i, i] += factors.FeatureFactor;
            curvature = before;
        }

        // Old factors and the scratch of new ones are hundreds of megabytes for wide layers; left alone, the collector lets several times that pile up.
        if (_inputs.Skip(1).Sum(factor => (long)factor.Vectors.Length) > LargeFactors) GC.Collect();
    }

    public void Solve(Network v, Network result)
    {
        ObjectiveCoefficients factors = _point!.Coefficients;
        for (int l = 1; l <= _specification.Depth; l++)
        {
            Matrix left = _outputs[l].Vectors, right = _inputs[l].Vectors;
            double[] s = _outputs[l].Values, a = _inputs[l].Values;
            Matrix rotated = _first.Weights(l), half = _second.Weights(l);
            Product.MultiplyTransposedLeft(left, v.Weights(l), half);
            Product.Multiply(half, right, rotated);
            double lambda = factors.WeightFactorOf(l), least = Math.Max(LeastShare * Math.Max(0, s[0]) * Math.Max(0, a[0]), double.Epsilon);
            for (int i = 0; i < rotated.Rows; i++)
            {
                Span<double> row = rotated.Row(i);
                double curvature = Math.Max(0, s[i]);
                for (int j = 0; j < row.Length; j++) row[j] /= Math.Max(lambda + (curvature * Math.Max(0, a[j])), least);
            }
            Product.Multiply(left, rotated, half);
            Product.MultiplyTransposedRight(half, right, result.Weights(l));
            if (v.Bias(l) is { } bias)
            {
                Matrix turned = Product.MultiplyTransposedLeft(left, bias);
                for (int i = 0; i < turned.Rows; i++) turned[i, 0] /= Math.Max(factors.BiasFactor + (_count * Math.Max(0, s[i])), least);
                Product.Multiply(left, turned, result.Bias(l)!);
            }
        }
    }

    public void Restore(Matrix outputs, Network result)
    {
        Objective point = _point!;
        double factor = point.Coefficients.DataFactor;
        DataTerm.ApplyHessian(point.Settings.Loss, point.Probabilities, point.Data.Targets, factor, outputs, _right, point.SampleWeights);
        Passes.PullBack(point, _network!, _right, _pulled);
        Solve(_pulled, result);
    }

    /// <summary>a·mean(D'') + μI.</summary>
    private Matrix OutputCurvature(Objective point)
    {
        int outputs = _specification.OutputDimension;
        double a = point.Coefficients.DataFactor;
        var curvature = new Matrix(outputs, outputs);
        if (point.Settings.Loss == Loss.CrossEntropy)
        {
            Product.OuterGram(SampleWeights.Root(point.SampleWeights, point.Probabilities), curvature);
            TensorPrimitives.Multiply(curvature.AsSpan(), -a / _count, curvature.AsSpan());
            for (int k = 0; k < outputs; k++) curvature[k, k] += a * SampleWeights.SumOfRow(point.SampleWeights, point.Probabilities.Row(k)) / _count;
        }
        else
        {
            for (int k = 0; k < outputs; k++) curvature[k, k] = a;
        }
        for (int k = 0; k < outputs; k++) curvature[k, k] += point.Coefficients.FeatureFactor;
        return curvature;
    }

    /// <summary>before += T + Wᵀ·diag(m)·T + T·diag(m)·W with m the mean slopes.</summary>
    private void AddSkip(Matrix before, Matrix curvature, Matrix weights, Matrix slopes, SampleWeights? sampleWeights)
    {
        Matrix weighted = weights.Copy();
        for (int i = 0; i < weighted.Rows; i++)
            TensorPrimitives.Multiply(weighted.Row(i), SampleWeights.SumOfRow(sampleWeights, slopes.Row(i)) / _count, weighted.Row(i));
        Matrix mixed = Product.Multiply(curvature, weighted);
        TensorPrimitives.Add(before.AsSpan(), curvature.AsSpan(), before.AsSpan());
        TensorPrimitives.Add(before.AsSpan(), mixed.AsSpan(), before.AsSpan());
        TensorPrimitives.Add(before.AsSpan(), mixed.Transpose().AsSpan(), before.AsSpan());
    }
}
