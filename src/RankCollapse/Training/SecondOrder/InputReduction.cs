using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using RankCollapse.Data;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;

namespace RankCollapse.Training.SecondOrder;

/// <summary>
/// The R factor of the inputs in place of the inputs: with X = QR, W_1X = (W_1Q)R, so that training sees d' = min(d, N) inputs.
/// </summary>
/// <remarks>
/// What W_1 holds outside the range of Q meets the penalty λ_1 alone: its minimiser is 0 when λ_1 &gt; 0, and it has no gradient when λ_1 = 0,
/// where it is kept as it is. The objective and the norm of its gradient are those of the full problem.
/// </remarks>
internal sealed class InputReduction
{
    private readonly Matrix? _basis;
    private readonly Matrix? _outside;

    private InputReduction(NetworkSpecification specification, DataSet data, Matrix? basis, Matrix? outside)
    {
        Specification = specification;
        Data = data;
        _basis = basis;
        _outside = outside;
    }

    /// <summary>The reduced shape.</summary>
    public NetworkSpecification Specification { get; }

    /// <summary>The reduced data.</summary>
    public DataSet Data { get; }

    /// <summary>Reduces a problem; where d ≤ N there is nothing to reduce and both are kept.</summary>
    /// <param name="network">The start, whose first weights' part outside the inputs' range is remembered.</param>
    /// <param name="data">The data.</param>
    /// <param name="keepsOutside">Whether that part is kept (λ_1 = 0) or set to its minimiser 0.</param>
    public static InputReduction Create(Network network, DataSet data, bool keepsOutside)
    {
        NetworkSpecification full = network.Specification;
        if (data.InputDimension <= data.SampleCount) return new InputReduction(full, data, null, null);
        QrDecomposition qr = QrDecomposition.Decompose(data.Inputs);
        NetworkSpecification specification = full.With(inputDimension: qr.R.Rows);
        Matrix? outside = null;
        if (keepsOutside)
        {
            outside = network.Weights(1).Copy();
            Matrix inside = Product.MultiplyTransposedRight(Product.Multiply(outside, qr.Q), qr.Q);
            TensorPrimitives.Subtract(outside.AsSpan(), inside.AsSpan(), outside.AsSpan());
        }

        // QᵀX and not R: (W̃_1Qᵀ)X = W̃_1(QᵀX) then holds whatever rounding has left of Q's orthogonality, so that both problems have the same stationary
        // points to the last digit where λ_1 > 0. What is kept outside the range for λ_1 = 0 still sees the rounding of (I − QQᵀ)X.
        Matrix inputs = CompensatedProduct.MultiplyTransposedLeft(qr.Q, data.Inputs);
        return new InputReduction(specification, new DataSet(data.Name, inputs, data.Targets, data.Labels), qr.Q, outside);
    }

    /// <summary>Writes the reduced parameters of a full network.</summary>
    public void Restrict(Network full, Network reduced)
    {
        if (_basis is null)
        {
            full.Parameters.CopyTo(reduced.Parameters, 0);
            return;
        }
        Product.Multiply(full.Weights(1), _basis, reduced.Weights(1));
        CopyRest(full, reduced);
    }

    /// <summary>Writes the full parameters of a reduced network.</summary>
    public void Extend(Network reduced, Network full)
    {
        if (_basis is null)
        {
            reduced.Parameters.CopyTo(full.Parameters, 0);
            return;
        }
        Product.MultiplyTransposedRight(reduced.Weights(1), _basis, full.Weights(1));
        if (_outside is not null)
            TensorPrimitives.Add(full.Weights(1).AsSpan(), _outside.AsSpan(), full.Weights(1).AsSpan());
        CopyRest(reduced, full);
    }

    /// <summary>Writes what is remembered of W_1 outside the inputs' range.</summary>
    public void Save(BinaryWriter writer)
    {
        if (_outside is not null) writer.Write(MemoryMarshal.AsBytes<double>(_outside.AsSpan()));
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    public void Load(BinaryReader reader)
    {
        if (_outside is not null) reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(_outside.AsSpan()));
    }

    private static void CopyRest(Network from, Network to) =>
        from.Parameters.AsSpan(from.Weights(1).Length).CopyTo(to.Parameters.AsSpan(to.Weights(1).Length));
}
