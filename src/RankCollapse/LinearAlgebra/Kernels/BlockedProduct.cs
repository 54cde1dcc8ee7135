using RankCollapse.LinearAlgebra.Vectors;

namespace RankCollapse.LinearAlgebra.Kernels;

/// <summary>Which part of a product is wanted.</summary>
internal enum ProductPart
{
    /// <summary>Every entry.</summary>
    All,

    /// <summary>Tiles that touch the lower triangle: the result is symmetric and is mirrored afterwards.</summary>
    Lower,
}

/// <summary>
/// C (+)= A·B on one thread: cuts the product into blocks that stay in the caches, and those into register tiles.
/// B is packed where its rows are not contiguous or lie too far apart; A is packed where its block would not stay in cache.
/// </summary>
internal static unsafe class BlockedProduct<TDoubles>
    where TDoubles : struct, IDoubles<TDoubles>
{
    /// <summary>
    /// The depth of a block: a B panel of 24 columns is then 75 KiB, which streams from the second-level cache; fewer blocks save passes over C.
    /// </summary>
    private static readonly int DepthBlock = RegisterTile<TDoubles>.Env("DEPB", 400);

    /// <summary>Rows of a packed A block: 144×400 doubles are 450 KiB, under half of a second-level cache.</summary>
    private static readonly int RowBlock = RegisterTile<TDoubles>.Env("ROWB", 144);

    /// <summary>Columns of a packed B block: 1200×400 doubles are 3.7 MiB, a part of the third-level cache.</summary>
    private static readonly int ColumnBlock = RegisterTile<TDoubles>.Env("COLB", 1200);

    /// <summary>Above so many entries a factor is packed: its rows would lie on more pages than the address caches hold.</summary>
    private const long DirectLimit = 1 << 18;

    private static readonly int PackedRowsAtOnce = RegisterTile<TDoubles>.Env("PRO", 16);

    public static void Run(Operand a, Operand b, Operand c, int rows, int columns, int depth, bool accumulate, ProductPart part)
    {
        int panelWidth = RegisterTile<TDoubles>.MaxVectors * TDoubles.Count;
        int depthBlock = depth <= DepthBlock + (DepthBlock / 4) ? depth : RoundUp(depth / ((depth + DepthBlock - 1) / DepthBlock), 8);
        bool packA = columns >= RegisterTile<TDoubles>.PackAFrom;
        bool packB = b.ColumnStride != 1 || rows >= RegisterTile<TDoubles>.PackBFrom;
        int tileRows = packA ? RegisterTile<TDoubles>.Rows : RegisterTile<TDoubles>.DirectRows;
        int columnBlock = Math.Min(RoundUp(columns, panelWidth), ColumnBlock / panelWidth * panelWidth);
        int rowBlock = Math.Min(RoundUp(rows, tileRows), Math.Max(tileRows, RowBlock / tileRows * tileRows));

        nuint scratchLength = (nuint)(tileRows * panelWidth);
        nuint packedBLength = (nuint)(packB ? depthBlock * columnBlock : depthBlock * panelWidth);
        nuint packedALength = packA ? (nuint)(depthBlock * rowBlock) : 0;
        double* memory = PackingBuffer.OfThread.Reserve(RoundUp(scratchLength) + RoundUp(packedBLength) + packedALength);
        double* scratch = memory;
        double* packedB = memory + RoundUp(scratchLength);
        double* packedA = packedB + RoundUp(packedBLength);

        if (depth == 0 && !accumulate) Clear(c, rows, columns);
        for (int jc = 0; jc < columns; jc += columnBlock)
        {
            int columnsHere = Math.Min(columnBlock, columns - jc);
            for (int pc = 0; pc < depth; pc += depthBlock)
            {
                int depthHere = Math.Min(depthBlock, depth - pc);
                bool add = accumulate || pc > 0;
                bool packsAsItGoes = packB && packA && b.ColumnStride == 1 && part == ProductPart.All && RegisterTile<TDoubles>.Env("FUSE", 1) == 1;
                if (packB && !packsAsItGoes) PackPanels(b.From(pc, jc), depthHere, columnsHere, packedB, panelWidth, TDoubles.Count);
                for (int ic = 0; ic < rows; ic += rowBlock)
                {
                    int rowsHere = Math.Min(rowBlock, rows - ic);
                    if (part == ProductPart.Lower && ic + rowsHere <= jc) continue;
                    Operand aBlock = a.From(ic, pc);
                    if (packA) PackPanels(new Operand(aBlock.Start, aBlock.ColumnStride, aBlock.RowStride), depthHere, rowsHere, packedA, tileRows, 1);
                    for (int j = 0, width; j < columnsHere; j += width)
                    {
                        width = Part(columnsHere - j, panelWidth, TDoubles.Count);
                        int vectors = (width + TDoubles.Count - 1) / TDoubles.Count;
                        Tile tile = default;
                        tile.Depth = depthHere;
                        tile.Accumulate = add;
                        if (packB)
                        {
                            tile.B = packedB + ((nint)j * depthHere);
                            tile.BStride = vectors * TDoubles.Count;
                            if (packsAsItGoes && ic == 0)
                            {
                                if (width % TDoubles.Count != 0)
                                {
                                    Packing<TDoubles>.Pack(b.From(pc, jc + j), depthHere, width, tile.B, (int)tile.BStride);
                                }
                                else
                                {
                                    tile.PackedB = tile.B;
                                    tile.B = b.From(pc, jc + j).Start;
                                    tile.BStride = b.RowStride;
                                }
                            }
                        }
                        else if (width % TDoubles.Count != 0)
                        {
                            // The last columns: a whole vector would read past the end of a row.
                            tile.BStride = vectors * TDoubles.Count;
                            tile.B = packedB;
                            Packing<TDoubles>.Pack(b.From(pc, jc + j), depthHere, width, packedB, (int)tile.BStride);
                        }
                        else
                        {
                            tile.B = b.From(pc, jc + j).Start;
                            tile.BStride = b.RowStride;
                        }
                        int firstRow = part == ProductPart.Lower ? jc + j - ic : 0;
                        Column(ref tile, aBlock, packA ? packedA : null, c.From(ic, jc + j), firstRow, rowsHere, tileRows, width, vectors, scratch);
                    }
                }
            }
        }
    }

    /// <summary>
    /// The length of the next part of a side: whole tiles, and the last two share what is left, because a narrow one would wait for its few accumulators.
    /// </summary>
    private static int Part(int left, int whole, int unit) =>
        left > whole && left < 2 * whole ? RoundUp((left + 1) / 2, unit) : Math.Min(whole, left);

    /// <summary>One panel of B against all rows of a block of A, but those before <paramref name="firstRow"/>.</summary>
    private static void Column(
        ref Tile tile, Operand a, double* packedA, Operand c, int firstRow, int rows, int tileRows, int width, int vectors, double* scratch)
    {
        bool wholeVectors = width == vectors * TDoubles.Count;
        for (int i = 0, height; i < rows; i += height)
        {
            height = Part(rows - i, tileRows, 1);
            if (i + height <= firstRow) continue;
            if (packedA != null)
            {
                tile.A = packedA + ((nint)i * tile.Depth);
            }
            else
            {
                tile.A = a.Start + (i * a.RowStride);
                tile.ARowStride = a.RowStride;
                tile.AStep = a.ColumnStride;
            }
            double* target = c.Start + (i * c.RowStride);
            if (wholeVectors)
            {
                tile.C = target;
                tile.CStride = c.RowStride;
                RegisterTile<TDoubles>.Compute(tile, packedA != null, height, vectors);
                if (tile.PackedB != null)
                {
                    tile.B = tile.PackedB;
                    tile.BStride = vectors * TDoubles.Count;
                    tile.PackedB = null;
                }
            }
            else
            {
                tile.C = scratch;
                tile.CStride = vectors * TDoubles.Count;
                bool add = tile.Accumulate;
                tile.Accumulate = false;
                RegisterTile<TDoubles>.Compute(tile, packedA != null, height, vectors);
                tile.Accumulate = add;
                CopyTile(scratch, tile.CStride, target, c.RowStride, height, width, add);
            }
        }
    }

    private static void CopyTile(double* from, nint fromStride, double* to, nint toStride, int rows, int columns, bool add)
    {
        for (int i = 0; i < rows; i++, from += fromStride, to += toStride)
        {
            if (add)
            {
                for (int j = 0; j < columns; j++) to[j] += from[j];
            }
            else
            {
                for (int j = 0; j < columns; j++) to[j] = from[j];
            }
        }
    }

    /// <summary>
    /// Packs a block of depth×columns, panel after panel; where rows are contiguous, a few rows of all panels at a time, so that memory is read in order.
    /// </summary>
    private static void PackPanels(Operand source, int depth, int columns, double* packed, int whole, int unit)
    {
        int step = source.ColumnStride == 1 ? PackedRowsAtOnce : depth;
        for (int p = 0; p < depth; p += step)
        {
            int depthHere = Math.Min(step, depth - p);
            for (int j = 0, width; j < columns; j += width)
            {
                width = Part(columns - j, whole, unit);
                int padded = RoundUp(width, unit);
                Packing<TDoubles>.Pack(source.From(p, j), depthHere, width, packed + ((nint)j * depth) + ((nint)p * padded), padded);
            }
        }
    }

    private static void Clear(Operand c, int rows, int columns)
    {
        for (int i = 0; i < rows; i++) new Span<double>(c.Start + (i * c.RowStride), columns).Clear();
    }

    private static int RoundUp(int value, int multiple) => (value + multiple - 1) / multiple * multiple;

    private static nuint RoundUp(nuint length) => (length + 7) & ~(nuint)7;
}
