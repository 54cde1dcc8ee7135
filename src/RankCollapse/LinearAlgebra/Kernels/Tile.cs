namespace RankCollapse.LinearAlgebra.Kernels;

/// <summary>Where one tile of a product C (+)= A·B lies in memory; strides are in doubles.</summary>
internal unsafe struct Tile
{
    /// <summary>
    /// Entry (0, 0) of A: of its packed panel, column after column of as many entries as the tile has rows, or for a tile that packs it, where it lies.
    /// </summary>
    public double* A;

    /// <summary>Where the tile writes A's panel for the tiles to its right; null where it is packed.</summary>
    public double* PackedA;

    /// <summary>From a row of A to the next, where it is not packed.</summary>
    public nint ARowStride;

    /// <summary>From a column of A to the next, where it is not packed.</summary>
    public nint AStep;

    /// <summary>Entry (0, 0) of B's panel; its rows are contiguous.</summary>
    public double* B;

    /// <summary>From a row of B to the next.</summary>
    public nint BStride;

    /// <summary>Where the tile writes B's rows one after the other for the tiles below it; null where it does not, as while it packs A.</summary>
    public double* PackedB;

    /// <summary>A line of memory that will be packed soon: a tile that packs or fetches asks for it at its first step of depth, then for others.</summary>
    public double* Ahead;

    /// <summary>From a line ahead to the next; 0 where nothing is known.</summary>
    public nint AheadStep;

    /// <summary>The common dimension.</summary>
    public int Depth;

    /// <summary>Entry (0, 0) of C's tile; the whole tile is written.</summary>
    public double* C;

    /// <summary>From a row of C to the next.</summary>
    public nint CStride;

    /// <summary>Whether the product is added to C.</summary>
    public bool Accumulate;
}
