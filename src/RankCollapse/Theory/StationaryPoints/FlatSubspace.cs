using System.Numerics.Tensors;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using RankCollapse.Training;
using RankCollapse.Training.SecondOrder;

namespace RankCollapse.Theory.StationaryPoints;

/// <summary>The directions at a point along which J cannot change: they lie in the Hessian's null space at every stationary point.</summary>
/// <remarks>
/// (1) Weights (with biases) that vanish on all features before them, where nothing penalises them: V_lZ^{l−1} + b1ᵀ = 0 with λ_l = 0. (2) Where the
/// activation of a hidden layer is the identity, rotations of its features, W_l ↦ A_lW_l − W_lA_{l−1} with A_l skew and equal across skips (without any penalty
/// every A_l); whatever the activation, those of Z^1 where W_1 reaches them all (<see cref="FirstLayerRotations"/>).
/// (3) Where they are positively homogeneous (relu) and nothing is penalised, scalings of single units. (4) With cross-entropy and no penalty on the
/// outputs, one constant for all of them.
/// </remarks>
internal sealed class FlatSubspace
{
    /// <summary>Explicit bases hold at most so many numbers.</summary>
    private const long LargestBasis = 4_000_000;

    private const string Rotations = "rotations of hidden features, whose activation is the identity";

    /// <summary>Below it the squares of parameters vanish: the network has collapsed to 0, which rotations leave where it is.</summary>
    private const double Vanished = 1e-150;

    private readonly NetworkSpecification _specification;

    /// <summary>For each layer the orthonormal vectors, n_{l−1} (+ 1 with biases) × m, that (1) is made of; null for none.</summary>
    private readonly Matrix?[] _unseen;

    private readonly List<double[]> _others = [];
    private readonly RotatedStep? _rotations;
    private readonly FirstLayerRotations? _first;
    private readonly Network? _point;

    private FlatSubspace(Objective point, Network network, double noise)
    {
        _specification = network.Specification;
        _unseen = [.. Enumerable.Range(0, _specification.Depth + 1).Select(l => l == 0 ? null : Unseen(point, l))];
        long unseen = Enumerable.Range(1, _specification.Depth).Sum(l => (long)_specification.Width(l) * (_unseen[l]?.Columns ?? 0));
        var parts = new List<FlatDirections>();
        if (unseen > 0) parts.Add(new FlatDirections("weights without penalty outside the range of what they act on", unseen));

        AddOrthonormal(parts, "one constant for all outputs", Shifts(point), noise);
        Parts = parts;
        if (Reduction.Norm(network.Parameters) < Vanished) return;

        long parameters = network.Parameters.Length, generators = HiddenGroups().Sum(g => Pairs(point, g).LongCount());
        (int First, int Last)[] linear = [.. HiddenGroups().Where(IsLinear)], others = [.. HiddenGroups().Where(g => !IsLinear(g))];
        if (generators * parameters <= LargestBasis)
        {
            foreach (((int First, int Last)[] groups, string reason) in new[] { (linear, Rotations),
                (others, "scalings of hidden units, which nothing penalises") })
                AddOrthonormal(parts, reason, groups.SelectMany(g => Pairs(point, g).Select(pair => Turned(network, g, pair))), noise);
        }
        else if (linear.Length > 0)
        {
            _rotations = new RotatedStep(new SpareNetworks(_specification), l => linear.Any(g => g.First <= l && l <= g.Last));
            _point = network;
            AddCount(parts, Rotations, linear.All(g => g.First == g.Last)
                ? [.. linear.Select(g => AlignedRotations(network.Weights(g.First), network.Weights(g.First + 1), noise))] : [null]);
        }

        const string First = "rotations of Z^1, which an unpenalised W_1 reaches";
        if (FirstLayerRotations.Of(point, network) is { } first)
        {
            int width = first.Width;
            if ((long)width * (width - 1) / 2 * parameters <= LargestBasis)
            {
                var tangents = Enumerable.Range(0, width).SelectMany(i => Enumerable.Range(0, i).Select(j => first.Tangent(_specification, i, j)));
                AddOrthonormal(parts, First, tangents, noise);
            }
            else
            {
                _first = first;
                AddCount(parts, First, [AlignedRotations(point.Features[1], network.Weights(2), noise)]);
            }
        }
    }

    /// <summary>What makes directions flat, with their numbers.</summary>
    public IReadOnlyList<FlatDirections> Parts { get; }

    /// <summary>Why some were not counted; null where all were.</summary>
    public string? Uncounted { get; private set; }

    /// <summary>Finds the directions at a point.</summary>
    /// <param name="point">The objective after a gradient at the network.</param>
    /// <param name="network">Θ.</param>
    /// <param name="noise">Relative size of what is left of weights that tend to 0: the relative gradient, and more.</param>
    public static FlatSubspace Of(Objective point, Network network, double noise) => new(point, network, noise);

    /// <summary>Whether no basis is at hand: <see cref="Deflate"/> then is an iteration, too slow for every product.</summary>
    public bool IsImplicit => _rotations is not null || _first is not null;

    /// <summary>Takes out of a direction what lies in the subspace.</summary>
    public void Deflate(Network direction)
    {
        for (int pass = 0; pass < (IsImplicit ? 2 : 1); pass++)
        {
            RemoveUnseen(direction);
            _rotations?.Remove(_point!, direction);
            _first?.Remove(direction);
            foreach (double[] b in _others)
                TensorPrimitives.MultiplyAdd(b, -Reduction.Dot(b, direction.Parameters), direction.Parameters, direction.Parameters);
        }
    }

    /// <summary>An orthonormal basis, for small networks.</summary>
    public IEnumerable<double[]> Basis()
    {
        for (int l = 1; l <= _specification.Depth; l++)
        {
            if (_unseen[l] is not { } vectors) continue;
            for (int i = 0; i < _specification.Width(l); i++)
            {
                for (int j = 0; j < vectors.Columns; j++)
                {
                    var direction = new Network(_specification);
                    int inputs = direction.Weights(l).Columns;
                    for (int k = 0; k < inputs; k++) direction.Weights(l)[i, k] = vectors[k, j];
                    if (vectors.Rows > inputs) direction.Bias(l)![i, 0] = vectors[inputs, j];
                    yield return direction.Parameters;
                }
            }
        }
        foreach (double[] other in _others) yield return other;
    }

    /// <summary>What a layer's weights without penalty do not see: an orthonormal basis of the left null space of Z^{l−1}, or of [Z^{l−1}; 1ᵀ].</summary>
    private static Matrix? Unseen(Objective point, int layer)
    {
        if (point.Coefficients.WeightFactorOf(layer) != 0) return null;
        Matrix seen = point.Features[layer - 1];
        if (point.Specification.HasBias && point.Coefficients.BiasFactor == 0)
        {
            Matrix features = seen;
            seen = Matrix.FromEntries(features.Rows + 1, features.Columns, (i, j) => i < features.Rows ? features[i, j] : 1);
        }

        // The eigenvectors of the smaller Gram matrix would lose half of the digits; the full decomposition keeps them.
        var svd = SingularValueDecomposition.Full(seen);
        int rank = NumericalRank.Of(svd.Values, 1e-11);
        return rank == seen.Rows ? null : svd.Left.Block(0, rank, seen.Rows, seen.Rows - rank);
    }

    private void RemoveUnseen(Network direction)
    {
        for (int l = 1; l <= _specification.Depth; l++)
        {
            if (_unseen[l] is not { } vectors) continue;
            Matrix weights = direction.Weights(l);
            Matrix? bias = vectors.Rows > weights.Columns ? direction.Bias(l) : null;
            Matrix inputs = vectors.RowView(0, weights.Columns), seen = Product.Multiply(weights, inputs);
            if (bias is not null) Product.Multiply(bias, vectors.RowView(weights.Columns, 1), seen, accumulate: true);
            TensorPrimitives.Negate(seen.AsSpan(), seen.AsSpan());
            Product.MultiplyTransposedRight(seen, inputs, weights, accumulate: true);
            if (bias is not null) Product.MultiplyTransposedRight(seen, vectors.RowView(weights.Columns, 1), bias, accumulate: true);
        }
    }

    /// <summary>The hidden layers that turn together: each feedforward one alone, residual ones with the layer before them.</summary>
    private IEnumerable<(int First, int Last)> HiddenGroups()
    {
        for (int l = 1; l < _specification.Depth;)
        {
            int first = l++;
            while (l < _specification.Depth && _specification.HasSkip(l)) l++;
            yield return (first, l - 1);
        }
    }

    private bool IsLinear((int First, int Last) group) => Enumerable.Range(group.First, group.Last - group.First + 1).All(_specification.IsLinear);

    /// <summary>The entries (i, j) of a group's generators: A = E_ij − E_ji for rotations, E_ij where nothing is penalised.</summary>
    private IEnumerable<(int I, int J, bool IsSkew)> Pairs(Objective point, (int First, int Last) group)
    {
        ObjectiveCoefficients factors = point.Coefficients;
        bool isLinear = IsLinear(group);
        bool isFree = factors.FeatureFactor == 0 && (factors.BiasFactor == 0 || !_specification.HasBias)
            && Enumerable.Range(group.First, group.Last - group.First + 2).All(l => factors.WeightFactorOf(l) == 0);
        bool isHomogeneous = _specification.ActivationOf(group.First) is ReluActivation or LeakyReluActivation && group.First == group.Last;
        int width = _specification.Width(group.First);
        for (int i = 0; i < width; i++)
        {
            if (isFree && isHomogeneous) yield return (i, i, false);
            for (int j = 0; isLinear && j < width; j++)
            {
                if (isFree) yield return (i, j, false);
                else if (j < i) yield return (i, j, true);
            }
        }
    }

    /// <summary>A·W_l, A·b_l and −W_{l+1}·A, over the layers of a group.</summary>
    private static Network Turned(Network network, (int First, int Last) group, (int I, int J, bool IsSkew) pair)
    {
        var direction = new Network(network.Specification);
        Add(pair.I, pair.J, 1);
        if (pair.IsSkew) Add(pair.J, pair.I, -1);
        return direction;

        void Add(int i, int j, double sign)
        {
            for (int l = group.First; l <= group.Last; l++)
            {
                TensorPrimitives.MultiplyAdd(network.Weights(l).Row(j), sign, direction.Weights(l).Row(i), direction.Weights(l).Row(i));
                if (network.Bias(l) is { } bias) direction.Bias(l)![i, 0] += sign * bias[j, 0];
                Matrix next = network.Weights(l + 1);
                for (int k = 0; k < next.Rows; k++) direction.Weights(l + 1)[k, j] -= sign * next[k, i];
            }
        }
    }

    /// <summary>The same constant added to all outputs, which softmax does not see.</summary>
    private IEnumerable<Network> Shifts(Objective point)
    {
        int depth = _specification.Depth;
        ObjectiveCoefficients factors = point.Coefficients;
        if (point.Settings.Loss != Loss.CrossEntropy || factors.FeatureFactor != 0 || !_specification.IsLinear(depth)) yield break;
        if (_specification.HasBias && factors.BiasFactor == 0)
        {
            var direction = new Network(_specification);
            direction.Bias(depth)!.AsSpan().Fill(1);
            yield return direction;
        }
        for (int j = 0; factors.WeightFactorOf(depth) == 0 && j < _specification.Width(depth - 1); j++)
        {
            var direction = new Network(_specification);
            for (int k = 0; k < _specification.OutputDimension; k++) direction.Weights(depth)[k, j] = 1;
            yield return direction;
        }
    }

    /// <summary>Adds an orthonormal basis of what directions add to the subspace.</summary>
    private void AddOrthonormal(List<FlatDirections> parts, string reason, IEnumerable<Network> directions, double noise)
    {
        const double Least = 1e-9;
        List<double[]> candidates = [];
        double largest = 0;
        foreach (Network direction in directions)
        {
            largest = Math.Max(largest, Reduction.Norm(direction.Parameters));
            Deflate(direction);
            candidates.Add(direction.Parameters);
        }
        if (candidates.Count == 0 || largest == 0) return;
        Matrix rows = Matrix.FromRows([.. candidates]);
        var svd = SingularValueDecomposition.Thin(rows);
        int count = svd.Values.Count(s => s > Math.Max(Least, noise) * Math.Max(largest, svd.Values[0]));
        for (int i = 0; i < count; i++) _others.Add([.. svd.RightTransposed.Row(i)]);
        if (count > 0) parts.Add(new FlatDirections(reason, count));
    }

    private void AddCount(List<FlatDirections> parts, string reason, IReadOnlyList<long?> counts)
    {
        if (counts.Any(count => count is null)) Uncounted = $"{reason} are too many to be counted; they are left out of the search all the same";
        else if (counts.Sum() is > 0 and { } count) parts.Add(new FlatDirections(reason, count));
    }

    /// <summary>
    /// The dimension of a rotation's orbit where the weights before and after it share their ranges, as at stationary points: a rotation that changes nothing
    /// turns what both send to 0. Null where they do not.
    /// </summary>
    private static long? AlignedRotations(Matrix before, Matrix after, double noise)
    {
        double cut = Math.Max(1e-9, noise);
        var svd = SingularValueDecomposition.Thin(before);
        int rank = NumericalRank.Of(svd.Values, cut);
        Matrix inside = Product.Multiply(after, svd.Left.Block(0, 0, svd.Left.Rows, rank));
        double whole = Reduction.SumOfSquares(after.AsSpan()), missing = whole - Reduction.SumOfSquares(inside.AsSpan());
        if (rank != NumericalRank.Of(SingularValueDecomposition.SingularValues(after), cut) || missing > cut * whole) return null;
        long width = before.Rows, rest = width - rank;
        return (width * (width - 1) / 2) - (rest * (rest - 1) / 2);
    }
}
