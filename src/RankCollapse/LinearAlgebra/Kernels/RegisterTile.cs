using System.Runtime.CompilerServices;

namespace RankCollapse.LinearAlgebra.Kernels;

/// <summary>Where one tile of a product C (+)= A·B lies in memory; strides are in doubles.</summary>
internal unsafe struct Tile
{
    /// <summary>Entry (0, 0) of A's panel.</summary>
    public double* A;

    /// <summary>From a row of A to the next.</summary>
    public nint ARowStride;

    /// <summary>From a column of A to the next.</summary>
    public nint AStep;

    /// <summary>Rows of A that exist; a tile with more rows repeats the last one and its results are dropped.</summary>
    public int ValidRows;

    /// <summary>Entry (0, 0) of B's panel; its rows are contiguous.</summary>
    public double* B;

    /// <summary>From a row of B to the next.</summary>
    public nint BStride;

    /// <summary>The common dimension.</summary>
    public int Depth;

    /// <summary>Entry (0, 0) of C's tile; the whole tile is written.</summary>
    public double* C;

    /// <summary>From a row of C to the next.</summary>
    public nint CStride;

    /// <summary>Whether the product is added to C.</summary>
    public bool Accumulate;
}

/// <summary>
/// Register tiles of the matrix product: R rows × up to three vectors, one accumulator register for each vector of C
/// (the design of Goto and van de Geijn 2008). The methods hold nothing but the loop, so that no accumulator is spilled.
/// </summary>
internal static unsafe class RegisterTile<TVector, TLanes>
    where TVector : struct
    where TLanes : struct, ILanes<TVector>
{
    /// <summary>The most vectors side by side in a tile.</summary>
    public const int MaxVectors = 3;

    /// <summary>Computes a tile of <paramref name="rows"/> (4 or TileRows) rows and 1 to 3 vectors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Compute(in Tile tile, int rows, int vectors)
    {
        if (rows == 8)
        {
            if (vectors == 3) Tile8x3(tile);
            else if (vectors == 2) Tile8x2(tile);
            else Tile8x1(tile);
        }
        else if (vectors == 3)
        {
            Tile4x3(tile);
        }
        else if (vectors == 2)
        {
            Tile4x2(tile);
        }
        else
        {
            Tile4x1(tile);
        }
    }

    /// <summary>A 8-row tile, 3 vectors wide.</summary>
    private static void Tile8x3(in Tile t)
    {
        int lanes = TLanes.Count;
        double* b = t.B;
        nint rowStride = t.BStride;
        nint step = t.AStep;
        double* a0 = t.A;
        double* a1 = a0 + (t.ValidRows > 1 ? t.ARowStride : 0);
        double* a2 = a1 + (t.ValidRows > 2 ? t.ARowStride : 0);
        double* a3 = a2 + (t.ValidRows > 3 ? t.ARowStride : 0);
        double* a4 = a3 + (t.ValidRows > 4 ? t.ARowStride : 0);
        double* a5 = a4 + (t.ValidRows > 5 ? t.ARowStride : 0);
        double* a6 = a5 + (t.ValidRows > 6 ? t.ARowStride : 0);
        double* a7 = a6 + (t.ValidRows > 7 ? t.ARowStride : 0);
        TVector c00 = default, c01 = default, c02 = default;
        TVector c10 = default, c11 = default, c12 = default;
        TVector c20 = default, c21 = default, c22 = default;
        TVector c30 = default, c31 = default, c32 = default;
        TVector c40 = default, c41 = default, c42 = default;
        TVector c50 = default, c51 = default, c52 = default;
        TVector c60 = default, c61 = default, c62 = default;
        TVector c70 = default, c71 = default, c72 = default;
        for (int p = t.Depth; p > 0; p--)
        {
            TVector b0 = TLanes.Load(b);
            TVector b1 = TLanes.Load(b + lanes);
            TVector b2 = TLanes.Load(b + (2 * lanes));
            TVector a = TLanes.Broadcast(*a0);
            c00 = TLanes.MultiplyAdd(a, b0, c00);
            c01 = TLanes.MultiplyAdd(a, b1, c01);
            c02 = TLanes.MultiplyAdd(a, b2, c02);
            a = TLanes.Broadcast(*a1);
            c10 = TLanes.MultiplyAdd(a, b0, c10);
            c11 = TLanes.MultiplyAdd(a, b1, c11);
            c12 = TLanes.MultiplyAdd(a, b2, c12);
            a = TLanes.Broadcast(*a2);
            c20 = TLanes.MultiplyAdd(a, b0, c20);
            c21 = TLanes.MultiplyAdd(a, b1, c21);
            c22 = TLanes.MultiplyAdd(a, b2, c22);
            a = TLanes.Broadcast(*a3);
            c30 = TLanes.MultiplyAdd(a, b0, c30);
            c31 = TLanes.MultiplyAdd(a, b1, c31);
            c32 = TLanes.MultiplyAdd(a, b2, c32);
            a = TLanes.Broadcast(*a4);
            c40 = TLanes.MultiplyAdd(a, b0, c40);
            c41 = TLanes.MultiplyAdd(a, b1, c41);
            c42 = TLanes.MultiplyAdd(a, b2, c42);
            a = TLanes.Broadcast(*a5);
            c50 = TLanes.MultiplyAdd(a, b0, c50);
            c51 = TLanes.MultiplyAdd(a, b1, c51);
            c52 = TLanes.MultiplyAdd(a, b2, c52);
            a = TLanes.Broadcast(*a6);
            c60 = TLanes.MultiplyAdd(a, b0, c60);
            c61 = TLanes.MultiplyAdd(a, b1, c61);
            c62 = TLanes.MultiplyAdd(a, b2, c62);
            a = TLanes.Broadcast(*a7);
            c70 = TLanes.MultiplyAdd(a, b0, c70);
            c71 = TLanes.MultiplyAdd(a, b1, c71);
            c72 = TLanes.MultiplyAdd(a, b2, c72);
            b += rowStride;
            a0 += step;
            a1 += step;
            a2 += step;
            a3 += step;
            a4 += step;
            a5 += step;
            a6 += step;
            a7 += step;
        }
        double* c = t.C;
        StoreRow(c, c00, c01, c02, t.Accumulate);
        c += t.CStride;
        StoreRow(c, c10, c11, c12, t.Accumulate);
        c += t.CStride;
        StoreRow(c, c20, c21, c22, t.Accumulate);
        c += t.CStride;
        StoreRow(c, c30, c31, c32, t.Accumulate);
        c += t.CStride;
        StoreRow(c, c40, c41, c42, t.Accumulate);
        c += t.CStride;
        StoreRow(c, c50, c51, c52, t.Accumulate);
        c += t.CStride;
        StoreRow(c, c60, c61, c62, t.Accumulate);
        c += t.CStride;
        StoreRow(c, c70, c71, c72, t.Accumulate);
    }

    /// <summary>A 8-row tile, 2 vectors wide.</summary>
    private static void Tile8x2(in Tile t)
    {
        int lanes = TLanes.Count;
        double* b = t.B;
        nint rowStride = t.BStride;
        nint step = t.AStep;
        double* a0 = t.A;
        double* a1 = a0 + (t.ValidRows > 1 ? t.ARowStride : 0);
        double* a2 = a1 + (t.ValidRows > 2 ? t.ARowStride : 0);
        double* a3 = a2 + (t.ValidRows > 3 ? t.ARowStride : 0);
        double* a4 = a3 + (t.ValidRows > 4 ? t.ARowStride : 0);
        double* a5 = a4 + (t.ValidRows > 5 ? t.ARowStride : 0);
        double* a6 = a5 + (t.ValidRows > 6 ? t.ARowStride : 0);
        double* a7 = a6 + (t.ValidRows > 7 ? t.ARowStride : 0);
        TVector c00 = default, c01 = default;
        TVector c10 = default, c11 = default;
        TVector c20 = default, c21 = default;
        TVector c30 = default, c31 = default;
        TVector c40 = default, c41 = default;
        TVector c50 = default, c51 = default;
        TVector c60 = default, c61 = default;
        TVector c70 = default, c71 = default;
        for (int p = t.Depth; p > 0; p--)
        {
            TVector b0 = TLanes.Load(b);
            TVector b1 = TLanes.Load(b + lanes);
            TVector a = TLanes.Broadcast(*a0);
            c00 = TLanes.MultiplyAdd(a, b0, c00);
            c01 = TLanes.MultiplyAdd(a, b1, c01);
            a = TLanes.Broadcast(*a1);
            c10 = TLanes.MultiplyAdd(a, b0, c10);
            c11 = TLanes.MultiplyAdd(a, b1, c11);
            a = TLanes.Broadcast(*a2);
            c20 = TLanes.MultiplyAdd(a, b0, c20);
            c21 = TLanes.MultiplyAdd(a, b1, c21);
            a = TLanes.Broadcast(*a3);
            c30 = TLanes.MultiplyAdd(a, b0, c30);
            c31 = TLanes.MultiplyAdd(a, b1, c31);
            a = TLanes.Broadcast(*a4);
            c40 = TLanes.MultiplyAdd(a, b0, c40);
            c41 = TLanes.MultiplyAdd(a, b1, c41);
            a = TLanes.Broadcast(*a5);
            c50 = TLanes.MultiplyAdd(a, b0, c50);
            c51 = TLanes.MultiplyAdd(a, b1, c51);
            a = TLanes.Broadcast(*a6);
            c60 = TLanes.MultiplyAdd(a, b0, c60);
            c61 = TLanes.MultiplyAdd(a, b1, c61);
            a = TLanes.Broadcast(*a7);
            c70 = TLanes.MultiplyAdd(a, b0, c70);
            c71 = TLanes.MultiplyAdd(a, b1, c71);
            b += rowStride;
            a0 += step;
            a1 += step;
            a2 += step;
            a3 += step;
            a4 += step;
            a5 += step;
            a6 += step;
            a7 += step;
        }
        double* c = t.C;
        StoreRow(c, c00, c01, t.Accumulate);
        c += t.CStride;
        StoreRow(c, c10, c11, t.Accumulate);
        c += t.CStride;
        StoreRow(c, c20, c21, t.Accumulate);
        c += t.CStride;
        StoreRow(c, c30, c31, t.Accumulate);
        c += t.CStride;
        StoreRow(c, c40, c41, t.Accumulate);
        c += t.CStride;
        StoreRow(c, c50, c51, t.Accumulate);
        c += t.CStride;
        StoreRow(c, c60, c61, t.Accumulate);
        c += t.CStride;
        StoreRow(c, c70, c71, t.Accumulate);
    }

    /// <summary>A 8-row tile, 1 vector wide.</summary>
    private static void Tile8x1(in Tile t)
    {
        int lanes = TLanes.Count;
        double* b = t.B;
        nint rowStride = t.BStride;
        nint step = t.AStep;
        double* a0 = t.A;
        double* a1 = a0 + (t.ValidRows > 1 ? t.ARowStride : 0);
        double* a2 = a1 + (t.ValidRows > 2 ? t.ARowStride : 0);
        double* a3 = a2 + (t.ValidRows > 3 ? t.ARowStride : 0);
        double* a4 = a3 + (t.ValidRows > 4 ? t.ARowStride : 0);
        double* a5 = a4 + (t.ValidRows > 5 ? t.ARowStride : 0);
        double* a6 = a5 + (t.ValidRows > 6 ? t.ARowStride : 0);
        double* a7 = a6 + (t.ValidRows > 7 ? t.ARowStride : 0);
        TVector c00 = default;
        TVector c10 = default;
        TVector c20 = default;
        TVector c30 = default;
        TVector c40 = default;
        TVector c50 = default;
        TVector c60 = default;
        TVector c70 = default;
        for (int p = t.Depth; p > 0; p--)
        {
            TVector b0 = TLanes.Load(b);
            TVector a = TLanes.Broadcast(*a0);
            c00 = TLanes.MultiplyAdd(a, b0, c00);
            a = TLanes.Broadcast(*a1);
            c10 = TLanes.MultiplyAdd(a, b0, c10);
            a = TLanes.Broadcast(*a2);
            c20 = TLanes.MultiplyAdd(a, b0, c20);
            a = TLanes.Broadcast(*a3);
            c30 = TLanes.MultiplyAdd(a, b0, c30);
            a = TLanes.Broadcast(*a4);
            c40 = TLanes.MultiplyAdd(a, b0, c40);
            a = TLanes.Broadcast(*a5);
            c50 = TLanes.MultiplyAdd(a, b0, c50);
            a = TLanes.Broadcast(*a6);
            c60 = TLanes.MultiplyAdd(a, b0, c60);
            a = TLanes.Broadcast(*a7);
            c70 = TLanes.MultiplyAdd(a, b0, c70);
            b += rowStride;
            a0 += step;
            a1 += step;
            a2 += step;
            a3 += step;
            a4 += step;
            a5 += step;
            a6 += step;
            a7 += step;
        }
        double* c = t.C;
        StoreRow(c, c00, t.Accumulate);
        c += t.CStride;
        StoreRow(c, c10, t.Accumulate);
        c += t.CStride;
        StoreRow(c, c20, t.Accumulate);
        c += t.CStride;
        StoreRow(c, c30, t.Accumulate);
        c += t.CStride;
        StoreRow(c, c40, t.Accumulate);
        c += t.CStride;
        StoreRow(c, c50, t.Accumulate);
        c += t.CStride;
        StoreRow(c, c60, t.Accumulate);
        c += t.CStride;
        StoreRow(c, c70, t.Accumulate);
    }

    /// <summary>A 4-row tile, 3 vectors wide.</summary>
    private static void Tile4x3(in Tile t)
    {
        int lanes = TLanes.Count;
        double* b = t.B;
        nint rowStride = t.BStride;
        nint step = t.AStep;
        double* a0 = t.A;
        double* a1 = a0 + (t.ValidRows > 1 ? t.ARowStride : 0);
        double* a2 = a1 + (t.ValidRows > 2 ? t.ARowStride : 0);
        double* a3 = a2 + (t.ValidRows > 3 ? t.ARowStride : 0);
        TVector c00 = default, c01 = default, c02 = default;
        TVector c10 = default, c11 = default, c12 = default;
        TVector c20 = default, c21 = default, c22 = default;
        TVector c30 = default, c31 = default, c32 = default;
        for (int p = t.Depth; p > 0; p--)
        {
            TVector b0 = TLanes.Load(b);
            TVector b1 = TLanes.Load(b + lanes);
            TVector b2 = TLanes.Load(b + (2 * lanes));
            TVector a = TLanes.Broadcast(*a0);
            c00 = TLanes.MultiplyAdd(a, b0, c00);
            c01 = TLanes.MultiplyAdd(a, b1, c01);
            c02 = TLanes.MultiplyAdd(a, b2, c02);
            a = TLanes.Broadcast(*a1);
            c10 = TLanes.MultiplyAdd(a, b0, c10);
            c11 = TLanes.MultiplyAdd(a, b1, c11);
            c12 = TLanes.MultiplyAdd(a, b2, c12);
            a = TLanes.Broadcast(*a2);
            c20 = TLanes.MultiplyAdd(a, b0, c20);
            c21 = TLanes.MultiplyAdd(a, b1, c21);
            c22 = TLanes.MultiplyAdd(a, b2, c22);
            a = TLanes.Broadcast(*a3);
            c30 = TLanes.MultiplyAdd(a, b0, c30);
            c31 = TLanes.MultiplyAdd(a, b1, c31);
            c32 = TLanes.MultiplyAdd(a, b2, c32);
            b += rowStride;
            a0 += step;
            a1 += step;
            a2 += step;
            a3 += step;
        }
        double* c = t.C;
        StoreRow(c, c00, c01, c02, t.Accumulate);
        c += t.CStride;
        StoreRow(c, c10, c11, c12, t.Accumulate);
        c += t.CStride;
        StoreRow(c, c20, c21, c22, t.Accumulate);
        c += t.CStride;
        StoreRow(c, c30, c31, c32, t.Accumulate);
    }

    /// <summary>A 4-row tile, 2 vectors wide.</summary>
    private static void Tile4x2(in Tile t)
    {
        int lanes = TLanes.Count;
        double* b = t.B;
        nint rowStride = t.BStride;
        nint step = t.AStep;
        double* a0 = t.A;
        double* a1 = a0 + (t.ValidRows > 1 ? t.ARowStride : 0);
        double* a2 = a1 + (t.ValidRows > 2 ? t.ARowStride : 0);
        double* a3 = a2 + (t.ValidRows > 3 ? t.ARowStride : 0);
        TVector c00 = default, c01 = default;
        TVector c10 = default, c11 = default;
        TVector c20 = default, c21 = default;
        TVector c30 = default, c31 = default;
        for (int p = t.Depth; p > 0; p--)
        {
            TVector b0 = TLanes.Load(b);
            TVector b1 = TLanes.Load(b + lanes);
            TVector a = TLanes.Broadcast(*a0);
            c00 = TLanes.MultiplyAdd(a, b0, c00);
            c01 = TLanes.MultiplyAdd(a, b1, c01);
            a = TLanes.Broadcast(*a1);
            c10 = TLanes.MultiplyAdd(a, b0, c10);
            c11 = TLanes.MultiplyAdd(a, b1, c11);
            a = TLanes.Broadcast(*a2);
            c20 = TLanes.MultiplyAdd(a, b0, c20);
            c21 = TLanes.MultiplyAdd(a, b1, c21);
            a = TLanes.Broadcast(*a3);
            c30 = TLanes.MultiplyAdd(a, b0, c30);
            c31 = TLanes.MultiplyAdd(a, b1, c31);
            b += rowStride;
            a0 += step;
            a1 += step;
            a2 += step;
            a3 += step;
        }
        double* c = t.C;
        StoreRow(c, c00, c01, t.Accumulate);
        c += t.CStride;
        StoreRow(c, c10, c11, t.Accumulate);
        c += t.CStride;
        StoreRow(c, c20, c21, t.Accumulate);
        c += t.CStride;
        StoreRow(c, c30, c31, t.Accumulate);
    }

    /// <summary>A 4-row tile, 1 vector wide.</summary>
    private static void Tile4x1(in Tile t)
    {
        int lanes = TLanes.Count;
        double* b = t.B;
        nint rowStride = t.BStride;
        nint step = t.AStep;
        double* a0 = t.A;
        double* a1 = a0 + (t.ValidRows > 1 ? t.ARowStride : 0);
        double* a2 = a1 + (t.ValidRows > 2 ? t.ARowStride : 0);
        double* a3 = a2 + (t.ValidRows > 3 ? t.ARowStride : 0);
        TVector c00 = default;
        TVector c10 = default;
        TVector c20 = default;
        TVector c30 = default;
        for (int p = t.Depth; p > 0; p--)
        {
            TVector b0 = TLanes.Load(b);
            TVector a = TLanes.Broadcast(*a0);
            c00 = TLanes.MultiplyAdd(a, b0, c00);
            a = TLanes.Broadcast(*a1);
            c10 = TLanes.MultiplyAdd(a, b0, c10);
            a = TLanes.Broadcast(*a2);
            c20 = TLanes.MultiplyAdd(a, b0, c20);
            a = TLanes.Broadcast(*a3);
            c30 = TLanes.MultiplyAdd(a, b0, c30);
            b += rowStride;
            a0 += step;
            a1 += step;
            a2 += step;
            a3 += step;
        }
        double* c = t.C;
        StoreRow(c, c00, t.Accumulate);
        c += t.CStride;
        StoreRow(c, c10, t.Accumulate);
        c += t.CStride;
        StoreRow(c, c20, t.Accumulate);
        c += t.CStride;
        StoreRow(c, c30, t.Accumulate);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreRow(double* c, TVector v0, TVector v1, TVector v2, bool accumulate)
    {
        TLanes.Store(accumulate ? TLanes.Add(v0, TLanes.Load(c)) : v0, c);
        TLanes.Store(accumulate ? TLanes.Add(v1, TLanes.Load(c + TLanes.Count)) : v1, c + TLanes.Count);
        TLanes.Store(accumulate ? TLanes.Add(v2, TLanes.Load(c + (2 * TLanes.Count))) : v2, c + (2 * TLanes.Count));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreRow(double* c, TVector v0, TVector v1, bool accumulate)
    {
        TLanes.Store(accumulate ? TLanes.Add(v0, TLanes.Load(c)) : v0, c);
        TLanes.Store(accumulate ? TLanes.Add(v1, TLanes.Load(c + TLanes.Count)) : v1, c + TLanes.Count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreRow(double* c, TVector v0, bool accumulate)
    {
        TLanes.Store(accumulate ? TLanes.Add(v0, TLanes.Load(c)) : v0, c);
    }
}
