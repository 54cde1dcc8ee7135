using System.Runtime.Intrinsics.X86;

namespace RankCollapse.LinearAlgebra.Kernels;

/// <summary>
/// The lines of memory of a block that will be packed next. Each tile asks for some of them, one at every step of its depth, so that they have come from
/// the third-level cache when they are packed.
/// </summary>
internal unsafe struct Lookahead
{
    private const int LineLength = 64 / sizeof(double);

    private double* _start;
    private nint _step;
    private nint _next;
    private int _left;

    /// <summary>The lines of a depth×columns block.</summary>
    public static Lookahead At(Operand block, int depth, int columns)
    {
        Lookahead lines = default;
        if (depth <= 0 || columns <= 0) return lines;
        lines._start = block.Start;
        if (block.ColumnStride == 1)
        {
            // A line of every row, then the next one; rows begin anywhere in a line.
            (lines._step, lines._next, lines._left) = (block.RowStride, LineLength, ((columns + LineLength - 1) / LineLength) + 1);
        }
        else if (block.RowStride == 1 && block.ColumnStride == depth)
        {
            (lines._step, lines._next, lines._left) = (LineLength, LineLength * depth, (columns + LineLength - 1) / LineLength);
        }
        return lines;
    }

    /// <summary>Asks for a block at once.</summary>
    public static void Ask(Operand block, int depth, int columns)
    {
        if (!Sse.IsSupported) return;
        bool alongRows = block.ColumnStride == 1;
        int lines = alongRows ? depth : columns, length = alongRows ? columns : depth;
        nint stride = alongRows ? block.RowStride : block.ColumnStride;
        double* line = block.Start;
        for (int i = 0; i < lines; i++, line += stride)
        {
            for (int j = 0; j < length; j += LineLength) Sse.Prefetch0(line + j);
        }
    }

    /// <summary>Gives a tile its share; false when there is nothing left.</summary>
    public bool Give(ref Tile tile)
    {
        if (_left == 0)
        {
            tile.AheadStep = 0;
            return false;
        }
        tile.Ahead = _start;
        tile.AheadStep = _step;
        _start += _next;
        _left--;
        return true;
    }
}
