using System.Numerics.Tensors;
using RankCollapse.Data;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;

namespace RankCollapse.Theory.Forecasts;

/// <summary>A minimiser of (12) on the set S of Definition 4.1, for one δ.</summary>
/// <param name="Delta">δ, 2/λ for the λ of (12).</param>
/// <param name="Value">L_δ at the minimiser.</param>
/// <param name="WithoutFirstLayer">L at the minimiser: the value without the first layer's term.</param>
/// <param name="OfTheLimit">L_δ at Theorem 4.2's minimiser Z*: the constant sequence, which recovers L(Z*) as δ → 0.</param>
/// <param name="FeatureSingularValues">s(Z^l) for l = 1 … L.</param>
/// <param name="Distances">‖s(Z^l) − s(Z^l*)‖/‖s(Z^l*)‖ for l = 1 … L.</param>
/// <param name="Bound">How many of the (L − 1)K constraints (II) hold with equality.</param>
public sealed record ConstrainedPoint(
    double Delta,
    double Value,
    double WithoutFirstLayer,
    double OfTheLimit,
    IReadOnlyList<IReadOnlyList<double>> FeatureSingularValues,
    IReadOnlyList<double> Distances,
    int Bound);

/// <summary>
/// Theorem 4.4 itself: the minimisers of (12) on S as δ → 0, L_δ(Z) = ½Σ_{l≥2}‖W_l‖² + (δ/2)‖W_1‖², beside those of Theorem 4.2.
/// </summary>
/// <remarks>
/// Collapsed features Z^l = A_lVᵀ with V the normalised classes and A_L = diag(√N_k) cost ½Σ‖W_l‖² + (δ/2)tr(A_1HA_1ᵀ), A_l = W_lA_{l−1}, H = Vᵀ(XᵀX)⁺V, and
/// lie in S where the singular values of W_2 … W_L are at least 1/√C. That is all of S that counts for the identity: row spaces of Z^l contain that of Y, and
/// what Z^1 holds beyond it costs without being of use. For other activations it is the problem of small entries, as for the recursion.
/// In a direction of its own, with h an eigenvalue of H and t² = N_k, the singular values of all W_l are max(C^{−1/2}, (δht²)^{1/(2L)}): (II) binds in every
/// layer as soon as δ ≤ 1/(h·t²·C^L), so that the minimisers are those of Theorem 4.2 <em>exactly</em> from a positive δ on. In general a projected gradient
/// method finds them, whose projection lifts singular values to C^{−1/2}.
/// </remarks>
public sealed class ConstrainedFamily
{
    private readonly Matrix _coupling;
    private readonly double[] _targets;
    private readonly double _least;
    private readonly int _depth;

    private ConstrainedFamily(int depth, double constant, Matrix coupling, double[] targets)
    {
        (_depth, Constant, _coupling, _targets, _least) = (depth, constant, coupling, targets, 1 / Math.Sqrt(constant));
        Minimum = 0.5 * (depth - 1) * targets.Length / constant;
    }

    /// <summary>C of Definition 4.1.</summary>
    public double Constant { get; }

    /// <summary>Theorem 4.2's value (L − 1)K/(2C): L at its minimiser.</summary>
    public double Minimum { get; }

    /// <summary>The δ from which on, downwards, the minimisers are Theorem 4.2's; where classes are unequally large a bound from below.</summary>
    public double ExactBelow { get; private init; }

    /// <summary>The family, δ descending.</summary>
    public IReadOnlyList<ConstrainedPoint> Points { get; private set; } = [];

    /// <summary>What the values ask for beyond the configuration.</summary>
    public IReadOnlyList<string> UnmetHypotheses { get; private init; } = [];

    /// <summary>Whether values never fall below the limit's (liminf), fall with δ, and the constant sequence falls to it (recovery), at all δ.</summary>
    public bool Converges => Points.All(point => point.WithoutFirstLayer >= Minimum * (1 - 1e-9) && point.Value >= point.WithoutFirstLayer * (1 - 1e-12)
            && point.OfTheLimit >= point.Value * (1 - 1e-9))
        && Points.Zip(Points.Skip(1)).All(pair => pair.Second.Value <= pair.First.Value * (1 + 1e-9) && pair.Second.OfTheLimit <= pair.First.OfTheLimit);

    /// <summary>Follows the minimisers.</summary>
    /// <param name="specification">The network's shape, feedforward without biases.</param>
    /// <param name="data">Samples with one-hot targets.</param>
    /// <param name="deltas">The δ to visit, positive.</param>
    /// <param name="constant">C > 0.</param>
    /// <exception cref="InvalidInputException">Shape or data are not those of Theorem 4.4, or a δ or C is not positive.</exception>
    public static ConstrainedFamily Follow(NetworkSpecification specification, DataSet data, IReadOnlyList<double> deltas, double constant = 1)
    {
        ArgumentNullException.ThrowIfNull(specification);
        ArgumentNullException.ThrowIfNull(deltas);
        if (specification.Architecture != Architecture.Feedforward || specification.HasBias || specification.Depth < 2)
            throw new InvalidInputException("Theorem 4.4 is about feedforward networks of at least two layers without biases.");
        if (!(constant > 0) || double.IsInfinity(constant)) throw new InvalidInputException($"C of Definition 4.1 is positive and finite, found {constant}.");
        foreach (double delta in deltas)
        {
            if (!(delta > 0) || double.IsInfinity(delta))
                throw new InvalidInputException($"A family of minimisers is followed over positive delta, found {delta}.") { Settings = ["delta"] };
        }
        ArgumentNullException.ThrowIfNull(data);
        var directions = TargetDirections.Of(data);
        double[] targets = directions.Values, eigenvalues = SymmetricEigendecomposition.Eigenvalues(directions.FirstLayerCost);

        // Classes of equal size may be turned into the directions of their own.
        Matrix coupling = directions.AreBalanced
            ? Matrix.FromEntries(targets.Length, targets.Length, (i, j) => i == j ? eigenvalues[i] : 0) : directions.FirstLayerCost;
        double largest = eigenvalues[0], size = targets[0];
        var family = new ConstrainedFamily(specification.Depth, constant, coupling, targets)
        {
            ExactBelow = 1 / (largest * size * size * Elementary.Power(constant, specification.Depth)),
            UnmetHypotheses = [.. Unmet(specification, directions)],
        };
        family.Points = [.. deltas.OrderDescending().Select(family.Minimise)];
        return family;
    }

    private static IEnumerable<string> Unmet(NetworkSpecification specification, TargetDirections directions)
    {
        const double Reached = 1e-8;
        if (directions.UnreachableShare > Reached)
            yield return $"the row space of X holds that of Y ({directions.UnreachableShare:G3} of Y lies outside)";
        int narrowest = specification.Widths.Min();
        if (narrowest < directions.Values.Length) yield return $"every width is at least rank(Y) = {directions.Values.Length} (found {narrowest})";
        string[] atZero = [.. PenalizedForecast.AtZero(specification)];
        foreach (string unmet in atZero) yield return unmet;
        foreach (Activation curved in specification.Activations.DistinctBy(a => a.Name).Where(a => atZero.Length == 0 && a != Activation.Identity))
            yield return $"entries are so small that {curved.Name} is the identity";
    }

    private ConstrainedPoint Minimise(double delta)
    {
        const int Steps = 4000;
        int size = _targets.Length;
        Matrix[] weights = [.. Enumerable.Range(0, _depth - 1).Select(_ => Start(delta))];
        double value = Value(weights, delta, out Matrix[] features), length = 1;
        for (int step = 0; step < Steps; step++)
        {
            Matrix[] gradient = Gradient(weights, features, delta);
            bool moved = false;
            for (int halving = 0; halving < 40 && !moved; halving++, length *= 0.5)
            {
                Matrix[] trial = [.. weights.Zip(gradient).Select(pair => Lifted(Moved(pair.First, pair.Second, -length)))];
                double change = weights.Zip(trial).Sum(pair => Square(Frobenius.Distance(pair.First, pair.Second)));
                double next = Value(trial, delta, out Matrix[] found);
                if (!(next <= value - (1e-4 * change / length))) continue;
                moved = change > 1e-24 * size;
                (weights, value, features, length) = (trial, next, found, Math.Min(4 * length, 1e6));
                break;
            }
            if (!moved) break;
        }
        double[][] spectra = [.. features.Skip(1).Select(SingularValueDecomposition.SingularValues)];
        double[] distances = [.. Enumerable.Range(1, _depth).Select(l =>
        {
            double scale = Math.Sqrt(Elementary.Power(Constant, _depth - l));
            double square = 0, norm = 0;
            for (int k = 0; k < size; k++)
            {
                double limit = scale * _targets[k];
                (square, norm) = (square + Square(spectra[l - 1][k] - limit), norm + Square(limit));
            }
            return Math.Sqrt(square / norm);
        })];
        double first = 0.5 * delta * FirstLayer(features[1]);
        double ofTheFirst = Enumerable.Range(0, size).Sum(k => _coupling[k, k] * Square(_targets[k])), ofTheLimit =
            Minimum + (0.5 * delta * Elementary.Power(Constant, _depth - 1) * ofTheFirst);
        int bound = weights.Sum(w => SingularValueDecomposition.SingularValues(w).Count(s => s <= _least * (1 + 1e-9)));
        return new ConstrainedPoint(delta, value, value - first, ofTheLimit, spectra, distances, bound);
    }

    /// <summary>The minimiser where classes do not couple.</summary>
    private Matrix Start(double delta)
    {
        var start = new Matrix(_targets.Length, _targets.Length);
        for (int k = 0; k < start.Rows; k++)
            start[k, k] = Math.Max(_least, Elementary.Exp(0.5 / _depth * Elementary.Log(delta * _coupling[k, k] * Square(_targets[k]))));
        return start;
    }

    /// <summary>‖W_1‖² = tr(A_1HA_1ᵀ).</summary>
    private double FirstLayer(Matrix a) => Reduction.Dot(Product.Multiply(a, _coupling).AsSpan(), a.AsSpan());

    /// <summary>The cost of W_2 … W_L, with A_1 … A_L, where A_1 = (W_L⋯W_2)^{-1}·diag(t).</summary>
    private double Value(Matrix[] weights, double delta, out Matrix[] features)
    {
        features = new Matrix[_depth + 1];
        features[0] = new Matrix(0, 0);
        features[_depth] = Matrix.FromEntries(_targets.Length, _targets.Length, (i, j) => i == j ? _targets[i] : 0);
        double value = 0;
        for (int l = _depth; l >= 2; l--)
        {
            features[l - 1] = Product.Multiply(PseudoInverse.Compute(weights[l - 2]).Inverse, features[l]);
            value += 0.5 * Reduction.SumOfSquares(weights[l - 2].AsSpan());
        }
        return value + (0.5 * delta * FirstLayer(features[1]));
    }

    /// <summary>∂/∂W_l = W_l − W_l^{-T}B·A_{l−1}ᵀ with B the sensitivity of A_{l−1}, because A_{l−1} = W_l^{-1}A_l changes by −W_l^{-1}·dW_l·A_{l−1}.</summary>
    private Matrix[] Gradient(Matrix[] weights, Matrix[] features, double delta)
    {
        var gradient = new Matrix[weights.Length];
        Matrix sensitivity = Product.Multiply(features[1], _coupling).Scaled(delta);
        for (int l = 2; l <= _depth; l++)
        {
            Matrix above = Product.MultiplyTransposedLeft(PseudoInverse.Compute(weights[l - 2]).Inverse, sensitivity);
            gradient[l - 2] = weights[l - 2].Copy();
            TensorPrimitives.Subtract(
                gradient[l - 2].AsSpan(), Product.MultiplyTransposedRight(above, features[l - 1]).AsSpan(), gradient[l - 2].AsSpan());
            sensitivity = above;
        }
        return gradient;
    }

    private static double Square(double x) => x * x;

    private static Matrix Moved(Matrix a, Matrix direction, double length)
    {
        Matrix moved = a.Copy();
        TensorPrimitives.MultiplyAdd(direction.AsSpan(), length, moved.AsSpan(), moved.AsSpan());
        return moved;
    }

    /// <summary>The nearest matrix whose singular values are at least C^{−1/2}.</summary>
    private Matrix Lifted(Matrix a)
    {
        var svd = SingularValueDecomposition.Thin(a);
        Matrix scaled = svd.RightTransposed.Copy();
        for (int i = 0; i < scaled.Rows; i++) TensorPrimitives.Multiply(scaled.Row(i), Math.Max(svd.Values[i], _least), scaled.Row(i));
        return Product.Multiply(svd.Left, scaled);
    }
}
