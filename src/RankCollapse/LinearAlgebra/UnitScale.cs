using System.Numerics.Tensors;

namespace RankCollapse.LinearAlgebra;

/// <summary>Matrices in units of a power of two, which rounds nothing, so that the largest entry is near 1: squares then neither overflow nor vanish.</summary>
internal static class UnitScale
{
    /// <summary>A/unit, as a copy.</summary>
    internal static Matrix Of(Matrix a, out double unit)
    {
        unit = UnitOf(a);
        var result = new Matrix(a.Rows, a.Columns);
        TensorPrimitives.Divide(a.AsSpan(), unit, result.AsSpan());
        return result;
    }

    /// <summary>The unit alone; that of the zero matrix is 1.</summary>
    internal static double UnitOf(Matrix a)
    {
        double largest = Math.Abs(TensorPrimitives.MaxMagnitude<double>(a.AsSpan()));
        return largest == 0 ? 1 : Math.ScaleB(1, Math.Clamp(Math.ILogB(largest), -1000, 1000));
    }
}
