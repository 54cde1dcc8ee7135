using System.Buffers;
using System.Numerics.Tensors;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;

namespace RankCollapse.Training.SecondOrder;

/// <summary>
/// Takes a step along a curve instead of a straight line: the part of it that rotates the features of hidden layers is carried out as a rotation.
/// </summary>
/// <remarks>
/// W_l → R_l W_l R_{l−1}ᵀ with orthogonal R changes no weight penalty and, but for the activation, neither features nor outputs. The null space
/// of the data term is made of such orbits, and a straight step of length t along one lengthens the weights by t², which the penalty punishes long before
/// the step has gained anything.
/// The step p is split by least squares, p_l = A_l W_l − W_l A_{l−1} + q_l with A_l skew (A_0 = A_L = 0, and A_l = A_{l−1} across a skip connection), and
/// W_l + p_l is replaced by R_l(W_l + q_l)R_{l−1}ᵀ with R = (I − A/2)^{-1}(I + A/2), the Cayley transform (Wen and Yin 2013). Both agree to first order.
/// </remarks>
internal sealed class RotatedStep
{
    private const double Tolerance = 1e-3;
    private const int MostIterations = 20;

    private readonly SpareNetworks _spare;

    /// <summary>For layers 0 … L the index of their rotation; 0 means none.</summary>
    private readonly int[] _groups;

    private readonly Matrix[] _skew;
    private readonly Matrix[] _direction;
    private readonly Matrix[] _gradient;
    private readonly double[] _scales;

    /// <param name="spare">Networks of the shape.</param>
    /// <param name="turns">Which hidden layers' features turn; null turns all. Layers across a skip turn together.</param>
    public RotatedStep(SpareNetworks spare, Func<int, bool>? turns = null)
    {
        _spare = spare;
        NetworkSpecification specification = spare.Specification;
        _groups = new int[specification.Depth + 1];
        List<int> sizes = [0];
        for (int l = 1; l < specification.Depth; l++)
        {
            if (turns?.Invoke(l) == false) continue;
            if (!specification.HasSkip(l)) sizes.Add(specification.Width(l));
            _groups[l] = sizes.Count - 1;
        }
        _skew = Buffers();
        _direction = Buffers();
        _gradient = Buffers();
        _scales = new double[sizes.Count];

        Matrix[] Buffers() => [.. sizes.Select(size => new Matrix(size, size))];
    }

    /// <summary>Writes the point that the step leads to.</summary>
    public void Write(Network from, Network step, Network to)
    {
        using SpareNetworks.Loan remainder = _spare.Lend(), image = _spare.Lend();
        Split(from, step, remainder.Network, image.Network, Tolerance, MostIterations);
        for (int g = 1; g < _skew.Length; g++) WriteCayley(g);
        for (int l = 1; l <= _spare.Specification.Depth; l++)
        {
            Matrix moved = image.Network.Weights(l), target = to.Weights(l);
            TensorPrimitives.Add(from.Weights(l).AsSpan(), remainder.Network.Weights(l).AsSpan(), target.AsSpan());
            if (_groups[l - 1] > 0)
            {
                Product.MultiplyTransposedRight(target, _skew[_groups[l - 1]], moved);
                moved.CopyTo(target);
            }
            if (_groups[l] > 0)
            {
                Product.Multiply(_skew[_groups[l]], target, moved);
                moved.CopyTo(target);
            }
            if (to.Bias(l) is not { } bias) continue;
            TensorPrimitives.Add(from.Bias(l)!.AsSpan(), remainder.Network.Bias(l)!.AsSpan(), bias.AsSpan());
            if (_groups[l] == 0) continue;
            Product.Multiply(_skew[_groups[l]], bias, image.Network.Bias(l)!);
            image.Network.Bias(l)!.CopyTo(bias);
        }
    }

    /// <summary>Takes out of a direction its part that rotates features, to rounding.</summary>
    public void Remove(Network from, Network direction)
    {
        const double ToRounding = 1e-11;
        const int Enough = 200;
        using SpareNetworks.Loan remainder = _spare.Lend(), image = _spare.Lend();
        Split(from, direction, remainder.Network, image.Network, ToRounding, Enough, ToRounding * ToRounding * Reduction.SumOfSquares(direction.Parameters));
        remainder.Parameters.CopyTo(direction.Parameters, 0);
    }

    /// <summary>
    /// The least-squares split of the step into rotations (left in <see cref="_skew"/>) and the remainder, by conjugate gradients on the normal equations.
    /// </summary>
    private void Split(Network from, Network step, Network remainder, Network image, double tolerance, int mostIterations, double floor = 0)
    {
        step.Parameters.CopyTo(remainder.Parameters, 0);
        Scale(from);
        PullBack(from, remainder);
        double gamma = 0;
        for (int g = 1; g < _skew.Length; g++)
        {
            _skew[g].AsSpan().Clear();
            TensorPrimitives.Multiply(_gradient[g].AsSpan(), _scales[g], _direction[g].AsSpan());
            gamma += Reduction.Dot(_direction[g].AsSpan(), _gradient[g].AsSpan());
        }
        double goal = Math.Max(tolerance * tolerance * gamma, floor);
        for (int i = 0; i < mostIterations && gamma > goal; i++)
        {
            Push(from, image);
            double alpha = gamma / Reduction.SumOfSquares(image.Parameters);
            if (!double.IsFinite(alpha)) return;
            TensorPrimitives.MultiplyAdd(image.Parameters, -alpha, remainder.Parameters, remainder.Parameters);
            PullBack(from, remainder);
            double next = 0;
            for (int g = 1; g < _skew.Length; g++)
            {
                TensorPrimitives.MultiplyAdd(_direction[g].AsSpan(), alpha, _skew[g].AsSpan(), _skew[g].AsSpan());
                next += _scales[g] * Reduction.SumOfSquares(_gradient[g].AsSpan());
            }
            double beta = next / gamma;
            gamma = next;
            for (int g = 1; g < _skew.Length; g++)
            {
                TensorPrimitives.Multiply(_direction[g].AsSpan(), beta, _direction[g].AsSpan());
                TensorPrimitives.MultiplyAdd(_gradient[g].AsSpan(), _scales[g], _direction[g].AsSpan(), _direction[g].AsSpan());
            }
        }
    }

    /// <summary>Each rotation's scale: one over the size of the weights that it turns.</summary>
    private void Scale(Network from)
    {
        Array.Clear(_scales);
        for (int l = 1; l <= _spare.Specification.Depth; l++)
        {
            double size = Reduction.SumOfSquares(from.Weights(l).AsSpan());
            _scales[_groups[l]] += size;
            _scales[_groups[l - 1]] += size;
        }
        for (int g = 1; g < _scales.Length; g++) _scales[g] = _scales[g] > 0 ? 1 / _scales[g] : 0;
    }

    /// <summary>image_l = D_l W_l − W_l D_{l−1}.</summary>
    private void Push(Network from, Network result)
    {
        for (int l = 1; l <= _spare.Specification.Depth; l++)
        {
            Matrix image = result.Weights(l), weights = from.Weights(l);
            int left = _groups[l], right = _groups[l - 1];
            if (left > 0) Product.Multiply(_direction[left], weights, image);
            else image.AsSpan().Clear();

            // D is skew: −W·D = W·Dᵀ.
            if (right > 0) Product.MultiplyTransposedRight(weights, _direction[right], image, accumulate: true);
            if (result.Bias(l) is not { } bias) continue;
            if (left > 0) Product.Multiply(_direction[left], from.Bias(l)!, bias);
            else bias.AsSpan().Clear();
        }
    }

    /// <summary>
    /// gradient_g = the skew part of Σ V_l W_lᵀ + V_lᵀ W_l over the layers that rotation g turns, with V the direction: the adjoint of <see cref="Push"/>.
    /// </summary>
    private void PullBack(Network from, Network direction)
    {
        for (int g = 1; g < _gradient.Length; g++) _gradient[g].AsSpan().Clear();
        for (int l = 1; l <= _spare.Specification.Depth; l++)
        {
            Matrix v = direction.Weights(l), weights = from.Weights(l);
            int left = _groups[l], right = _groups[l - 1];
            if (left > 0) Product.MultiplyTransposedRight(v, weights, _gradient[left], accumulate: true);
            if (right > 0) Product.MultiplyTransposedLeft(v, weights, _gradient[right], accumulate: true);
            if (left > 0 && direction.Bias(l) is { } bias) Product.MultiplyTransposedRight(bias, from.Bias(l)!, _gradient[left], accumulate: true);
        }
        for (int g = 1; g < _gradient.Length; g++)
        {
            Matrix skew = _gradient[g];
            for (int i = 0; i < skew.Rows; i++)
            {
                for (int j = 0; j <= i; j++)
                {
                    double value = 0.5 * (skew[i, j] - skew[j, i]);
                    skew[i, j] = value;
                    skew[j, i] = -value;
                }
            }
        }
    }

    /// <summary>Replaces A by (I − A/2)^{-1}(I + A/2) = (I + A/2)²(I + (A/2)ᵀ(A/2))^{-1}.</summary>
    private void WriteCayley(int g)
    {
        Matrix half = _skew[g], positive = _gradient[g], inverse = _direction[g];
        double[] rented = ArrayPool<double>.Shared.Rent(half.Length);
        var square = new Matrix(rented, 0, half.Rows, half.Columns);
        TensorPrimitives.Multiply(half.AsSpan(), 0.5, half.AsSpan());
        Product.Gram(half, positive);
        for (int i = 0; i < half.Rows; i++)
        {
            positive[i, i] += 1;
            half[i, i] += 1;
        }
        if (!BlockedCholesky.TryFactor(positive)) throw new ComputationFailedException("A rotation of the features is not finite.");
        BlockedCholesky.Inverse(positive, inverse, scratch: square);
        Product.Multiply(half, half, square);
        Product.Multiply(square, inverse, half);
        ArrayPool<double>.Shared.Return(rented);
    }
}
