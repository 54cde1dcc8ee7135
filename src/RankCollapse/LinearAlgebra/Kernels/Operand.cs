
namespace RankCollapse.LinearAlgebra.Kernels;

/// <summary>A factor or the result of a product: a block of memory with a stride for rows and one for columns, in doubles.</summary>
internal readonly unsafe struct Operand(double* start, nint rowStride, nint columnStride)
{
    /// <summary>Entry (0, 0).</summary>
    public readonly double* Start = start;

    /// <summary>From a row to the next.</summary>
    public readonly nint RowStride = rowStride;

    /// <summary>From a column to the next; 1 where rows are contiguous.</summary>
    public readonly nint ColumnStride = columnStride;

    /// <summary>The transpose of the same memory.</summary>
    public Operand Transposed => new(Start, ColumnStride, RowStride);

    /// <summary>The block that begins at an entry.</summary>
    public Operand From(nint row, nint column) => new(Start + (row * RowStride) + (column * ColumnStride), RowStride, ColumnStride);
}
