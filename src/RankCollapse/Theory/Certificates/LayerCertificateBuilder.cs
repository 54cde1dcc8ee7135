using System.Numerics.Tensors;
using RankCollapse.Collapse;
using RankCollapse.LinearAlgebra;

namespace RankCollapse.Theory.Certificates;

/// <summary>Gathers one layer's bounds into its certificate.</summary>
internal sealed class LayerCertificateBuilder
{
    private readonly int _layer;
    private readonly int _rank;
    private readonly double _lambda;
    private readonly Matrix _weights;
    private readonly Matrix _gradient;
    private readonly Matrix _residual;
    private readonly double _distance;
    private readonly double _weightNorm;
    private readonly double _residualNorm;
    private readonly double _gradientNorm;
    private readonly double _gradientNoise;
    private readonly List<LayerBound> _bounds = [];
    private readonly Dictionary<int, double> _hullCurvatures = [];
    private OwnLayerBound? _own;
    private double _allowance;
    private bool _holds = true;

    internal LayerCertificateBuilder(int layer, int rank, Matrix weights, TailPass pass, double lambda, double gradientNoise)
    {
        _gradientNoise = gradientNoise;
        _layer = layer;
        _rank = rank;
        _lambda = lambda;
        _weights = weights;
        _gradient = pass.Gradient(layer);
        _residual = _gradient.Copy();
        TensorPrimitives.MultiplyAdd(weights.AsSpan(), lambda, _residual.AsSpan(), _residual.AsSpan());
        double[] values = SingularValueDecomposition.SingularValues(weights);
        _distance = values.Length <= rank ? 0 : Reduction.Norm(values.AsSpan(rank));
        _weightNorm = Frobenius.Norm(weights);
        _residualNorm = Frobenius.Norm(_residual);
        _gradientNorm = Frobenius.Norm(_gradient);
    }

    internal void Add(int from, string name, CentroidLoss centroids, double wcss, double curvature, double sampled, string? reason)
    {
        if (_lambda == 0) return;
        Matrix approximation = centroids.Gradient(_layer);
        Matrix remainder = _gradient.Copy();
        TensorPrimitives.Subtract(remainder.AsSpan(), approximation.AsSpan(), remainder.AsSpan());
        double remainderNorm = Frobenius.Norm(remainder);
        var lemma = new Lemma33Remainder(remainderNorm, wcss, curvature, sampled, reason);
        var subspaces = new CentroidSubspaces(centroids.Pass.Errors[_layer], _weights);
        double projectedRemainder = subspaces.NormOutside(remainder), projectedResidual = subspaces.NormOutside(_residual);
        double projected = (projectedRemainder + projectedResidual) / _lambda;
        TensorPrimitives.Subtract(_residual.AsSpan(), remainder.AsSpan(), remainder.AsSpan());
        double sharp = Frobenius.Norm(remainder) / _lambda;
        double exact = (remainderNorm + _residualNorm) / _lambda;
        double byCurvature = (lemma.Bound + _residualNorm) / _lambda;

        // The centroid gradient has rank at most K before its last product is rounded; sums of K terms err by about K·ε of their factors' sizes.
        double factors = 0;
        Matrix errors = centroids.Pass.Errors[_layer], before = centroids.Pass.Features[_layer - 1];
        for (int k = 0; k < errors.Columns; k++)
            factors += centroids.Sizes[k] * Reduction.Norm(errors.Column(k)) * Reduction.Norm(before.Column(k));
        double epsilon = Tolerances.MachineEpsilon, vanishing = GradientNoise.Underflow(_gradient, 8 + (int)centroids.Sizes.Sum());
        double allowance = (((4 + errors.Columns) * epsilon * factors) + (8 * epsilon * (_gradientNorm + _residualNorm)) + vanishing)
            / _lambda + ((Tolerances.Decomposition(_gradient.Rows, _gradient.Columns) + (16 * epsilon)) * _weightNorm);
        _allowance = Math.Max(_allowance, allowance);

        // Gradients of N samples, for the lemma, err like √N times their terms.
        double lemmaAllowance = (64 * Math.Sqrt(centroids.Sizes.Sum()) * epsilon * (factors + _gradientNorm)) + _gradientNoise + vanishing;
        _holds &= _distance <= sharp + allowance && _distance <= exact + allowance && _distance <= projected + allowance;
        if (!double.IsNaN(lemma.Bound))
            _holds &= remainderNorm <= lemma.Bound + lemmaAllowance && _distance <= byCurvature + allowance + (lemmaAllowance / _lambda);
        _bounds.Add(new LayerBound(from, name, errors.Columns, lemma, exact, sharp, projectedRemainder, projectedResidual, projected, byCurvature)
        {
            HullCurvature = _hullCurvatures.TryGetValue(from, out double hull) ? hull : double.NaN,
        });
    }

    internal void AddHull(int from, double curvature) => _hullCurvatures[from] = curvature;

    internal void AddOwn(Matrix before, string name, Partition partition)
    {
        if (_lambda == 0 || partition.NonEmptyCount > _rank) return;
        OwnLayerBound bound = OwnLayerBound.Compute(_weights, before, name, partition);
        _holds &= _distance <= bound.Bound + bound.RoundingAllowance;
        if (_own is null || bound.Bound < _own.Bound) _own = bound;
    }

    internal LayerCertificate ToCertificate()
    {
        double scale = Math.Max(_gradientNorm, _lambda * _weightNorm);
        return new LayerCertificate
        {
            Layer = _layer,
            Rank = _rank,
            Distance = _distance,
            WeightNorm = _weightNorm,
            Lambda = _lambda,
            StationarityResidual = _residualNorm,
            RelativeStationarityResidual = _lambda == 0 ? null : scale == 0 ? 0 : _residualNorm / scale,
            Bounds = _bounds,
            Own = _own,
            RoundingAllowance = _allowance,
            Reason = _lambda == 0
                ? $"W_{_layer} is not penalised, so that equation (4) says nothing about it, and its residual has nothing to be relative to."
                : null,
            Holds = _holds,
        };
    }
}
