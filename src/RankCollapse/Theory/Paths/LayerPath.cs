using System.Numerics.Tensors;
using RankCollapse.LinearAlgebra;

namespace RankCollapse.Theory.Paths;

/// <summary>
/// The second part of Lemma B.1: a path of one layer's features B(τ), τ ∈ [0, 1], from B_0 to √C·O·A along which ½‖A·B⁺‖² does not grow.
/// </summary>
/// <remarks>
/// With A = U_A·Σ_A·V_Aᵀ and B = U_B·Σ_B·V_Bᵀ the cost is ½‖Σ_A·Q·Σ_B⁻¹‖², Q = V_AᵀV_B, equation (19). In the first half Q follows Lemma B.2's flow; in the
/// second the singular values move on the segment (20), s_i(t) = (1 − t)s_i(B_0) + t·√C·s_i(A). B has full rank N until τ = 1, where its
/// rank becomes that of A.
/// </remarks>
internal sealed class LayerPath
{
    private readonly Matrix _target;
    private readonly Matrix _left;
    private readonly double[] _startValues;
    private readonly double[] _endValues;
    private readonly double[] _targetValues;
    private readonly Matrix _targetRight;
    private readonly double _constant;
    private readonly int _rank;
    private readonly Matrix _end;

    /// <param name="target">A, n×N.</param>
    /// <param name="start">B_0, N×N of full rank, with s_i(B_0)² ≤ C·s_i(A)².</param>
    /// <param name="constant">C.</param>
    /// <param name="options">How the flow is integrated.</param>
    internal LayerPath(Matrix target, Matrix start, double constant, BrockettFlowOptions options)
    {
        _target = target;
        _constant = constant;
        int n = start.Columns;
        SingularValueDecomposition a = SingularValueDecomposition.Full(target), b = SingularValueDecomposition.Full(start);
        _rank = NumericalRank.Of(a.Values, Tolerances.PseudoInverseCutoff(target.Rows, target.Columns));
        _left = b.Left;
        _startValues = b.Values;
        _targetRight = a.RightTransposed;
        _targetValues = new double[n];
        _endValues = new double[n];
        for (int i = 0; i < _rank; i++)
        {
            _targetValues[i] = a.Values[i];
            _endValues[i] = Math.Sqrt(constant) * a.Values[i];
        }
        Matrix q = Product.MultiplyTransposedRight(a.RightTransposed, b.RightTransposed);
        Flow = BrockettFlow.Integrate(_targetValues, [.. b.Values.Select(s => 1 / s)], CayleyStep.Orthogonalize(CayleyStep.Orthogonalize(q)), options);

        // Once the flow has arrived, Q is orthogonal among the nonzero values of A, and among the zeros; what is left between them is rounding, which the
        // vanishing singular values of B would divide.
        _end = new Matrix(n, n);
        PutNearest(Flow.End, 0, _rank, _end);
        PutNearest(Flow.End, _rank, n, _end);

        // O = U_B·Q_rᵀ·U_Aᵀ, where Q_r is the part of Q among the nonzero values of A.
        Matrix block = Matrix.Identity(target.Rows);
        for (int i = 0; i < _rank; i++)
            for (int j = 0; j < _rank; j++)
                block[i, j] = _end[j, i];
        Orthogonal = Product.Multiply(Product.Multiply(_left.Block(0, 0, n, target.Rows), block), a.Left.Transpose());
    }

    /// <summary>The flow of the first half.</summary>
    internal BrockettFlow Flow { get; }

    /// <summary>O of the end, N×n.</summary>
    internal Matrix Orthogonal { get; }

    /// <summary>‖OᵀO − I‖_F.</summary>
    internal double OrthogonalityError => Frobenius.Distance(Product.Gram(Orthogonal), Matrix.Identity(Orthogonal.Columns));

    /// <summary>rank(A), the rank at the end.</summary>
    internal int EndRank => _rank;

    /// <summary>rank(A)/(2C), the cost at the end.</summary>
    internal double EndCost => _rank / (2 * _constant);

    /// <summary>B(τ) and its cost ½‖A·B⁺‖².</summary>
    internal (Matrix Features, double Cost) At(double time)
    {
        if (time >= 1) return (Product.Multiply(Orthogonal, _target).Scaled(Math.Sqrt(_constant)), EndCost);
        double part = time < 0.5 ? 0 : (2 * time) - 1;
        Matrix q = time < 0.5 ? Flow.At(2 * time) : part == 0 ? Flow.End : _end;
        int n = _startValues.Length;
        var values = new double[n];
        for (int i = 0; i < n; i++) values[i] = ((1 - part) * _startValues[i]) + (part * _endValues[i]);
        double cost = 0;
        for (int i = 0; i < _rank; i++)
        {
            ReadOnlySpan<double> row = q.Row(i);
            double sum = 0, share = 0;

            for (int j = 0; j < n; j++)
            {
                share += row[j] * row[j];
                sum += row[j] * row[j] / (values[j] * values[j]);
            }
            cost += 0.5 * _targetValues[i] * _targetValues[i] * sum / share;
        }
        Matrix right = Product.MultiplyTransposedLeft(q, _targetRight);
        for (int i = 0; i < n; i++) TensorPrimitives.Multiply(right.Row(i), values[i], right.Row(i));
        return (Product.Multiply(_left, right), cost);
    }

    /// <summary>The orthogonal matrix nearest to the block of rows and columns [from, to).</summary>
    private static void PutNearest(Matrix q, int from, int to, Matrix end)
    {
        if (to == from) return;
        SingularValueDecomposition svd = SingularValueDecomposition.Full(Matrix.FromEntries(to - from, to - from, (i, j) => q[from + i, from + j]));
        Matrix polar = Product.Multiply(svd.Left, svd.RightTransposed);
        for (int i = 0; i < to - from; i++) polar.Row(i).CopyTo(end.Row(from + i)[from..]);
    }
}
