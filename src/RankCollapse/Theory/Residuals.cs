using System.Numerics.Tensors;
using RankCollapse.LinearAlgebra;

namespace RankCollapse.Theory;

/// <summary>Sizes of matrices and of their differences.</summary>
internal static class Residuals
{
    /// <summary>‖A‖_F; 0 for an empty matrix.</summary>
    internal static double Norm(Matrix a) => a.Length == 0 ? 0 : TensorPrimitives.Norm<double>(a.AsSpan());

    /// <summary>‖A − B‖_F.</summary>
    internal static double Distance(Matrix a, Matrix b) => a.Length == 0 ? 0 : TensorPrimitives.Distance<double>(a.AsSpan(), b.AsSpan());

    /// <summary>‖A − B‖_F/‖B‖_F; 0 when both are 0, +∞ when B alone is.</summary>
    internal static double Relative(Matrix a, Matrix b)
    {
        double distance = Distance(a, b), size = Norm(b);
        return distance == 0 ? 0 : distance / size;
    }

    /// <summary>factor·A, as a copy.</summary>
    internal static Matrix Scale(Matrix a, double factor)
    {
        Matrix result = a.Copy();
        TensorPrimitives.Multiply(result.AsSpan(), factor, result.AsSpan());
        return result;
    }
}
