using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using RankCollapse.LinearAlgebra.Vectors;

namespace RankCollapse.LinearAlgebra.Kernels;

/// <summary>Copies blocks of factors to panels: rows of a fixed length one after the other, padded with zeros.</summary>
internal static unsafe partial class Packing<TDoubles>
    where TDoubles : struct, IDoubles<TDoubles>
{
    /// <summary>
    /// Copies a depth×columns block to a panel whose rows have <paramref name="width"/> ≥ columns entries.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Pack(Operand source, int depth, int columns, double* panel, int width)
    {
        if (source.ColumnStride == 1) PackRows(source, depth, columns, panel, width);
        else PackTransposed(source, depth, columns, panel, width);
        for (int j = columns; j < width; j++)
        {
            for (int p = 0; p < depth; p++) panel[((nint)p * width) + j] = 0;
        }
    }

    private static void PackRows(Operand source, int depth, int columns, double* panel, int width)
    {
        double* from = source.Start;
        nint stride = source.RowStride;
        int count = TDoubles.Count;
        if (columns == 3 * count)
        {
            for (int p = 0; p < depth; p++, from += stride, panel += width)
            {
                TDoubles.Load(from).Store(panel);
                TDoubles.Load(from + count).Store(panel + count);
                TDoubles.Load(from + (2 * count)).Store(panel + (2 * count));
            }
        }
        else if (columns == 2 * count)
        {
            for (int p = 0; p < depth; p++, from += stride, panel += width)
            {
                TDoubles.Load(from).Store(panel);
                TDoubles.Load(from + count).Store(panel + count);
            }
        }
        else if (columns == count)
        {
            for (int p = 0; p < depth; p++, from += stride, panel += width) TDoubles.Load(from).Store(panel);
        }
        else
        {
            for (int p = 0; p < depth; p++, from += stride, panel += width)
            {
                int j = 0;
                for (; j + Vector128<double>.Count <= columns; j += Vector128<double>.Count) Vector128.Load(from + j).Store(panel + j);
                for (; j < columns; j++) panel[j] = from[j];
            }
        }
    }
}
