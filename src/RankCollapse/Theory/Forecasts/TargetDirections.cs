using System.Numerics.Tensors;
using RankCollapse.Data;
using RankCollapse.LinearAlgebra;

namespace RankCollapse.Theory.Forecasts;

/// <summary>The directions of the targets, Y = Σ_k t_k u_k v_kᵀ, and what the first layer pays to reach them: H = Vᵀ(XᵀX)⁺V.</summary>
internal sealed class TargetDirections
{
    private TargetDirections(double[] values, Matrix firstLayerCost, int inputRank, double unreachableShare)
    {
        Values = values;
        FirstLayerCost = firstLayerCost;
        InputRank = inputRank;
        UnreachableShare = unreachableShare;
    }

    /// <summary>t_1 ≥ … ≥ t_K > 0, the nonzero singular values of Y; √N_k for one-hot targets.</summary>
    internal double[] Values { get; }

    /// <summary>H, K×K.</summary>
    internal Matrix FirstLayerCost { get; }

    /// <summary>The rank of X.</summary>
    internal int InputRank { get; }

    /// <summary>‖V − X⁺XV‖_F/‖V‖_F, in [0, 1]: 0 when the first layer can collapse the classes.</summary>
    internal double UnreachableShare { get; }

    /// <summary>Whether all t_k are equal to rounding.</summary>
    internal bool AreBalanced => Values[0] - Values[^1] <= 1e-12 * Values[0];

    /// <summary>Decomposes targets and inputs.</summary>
    /// <exception cref="InvalidInputException">All targets are 0.</exception>
    internal static TargetDirections Of(DataSet data)
    {
        SingularValueDecomposition targets = SingularValueDecomposition.Thin(data.Targets);
        int count = NumericalRank.Of(targets.Values, Tolerances.PseudoInverseCutoff(data.Targets.Rows, data.Targets.Columns));
        if (count == 0) throw new InvalidInputException("All targets are 0: there is nothing to forecast.");
        Matrix right = targets.RightTransposed.RowView(0, count);
        SingularValueDecomposition inputs = SingularValueDecomposition.Thin(data.Inputs);
        int rank = NumericalRank.Of(inputs.Values, Tolerances.PseudoInverseCutoff(data.Inputs.Rows, data.Inputs.Columns));
        Matrix coordinates = Product.MultiplyTransposedRight(inputs.RightTransposed.RowView(0, rank), right);
        Matrix outside = Product.MultiplyTransposedLeft(coordinates, inputs.RightTransposed.RowView(0, rank));
        TensorPrimitives.Subtract(right.AsSpan(), outside.AsSpan(), outside.AsSpan());
        for (int i = 0; i < rank; i++) TensorPrimitives.Divide(coordinates.Row(i), inputs.Values[i], coordinates.Row(i));
        double share = Reduction.Norm(outside.AsSpan()) / Math.Sqrt(count);
        return new TargetDirections(targets.Values[..count], Product.Gram(coordinates), rank, share);
    }
}
