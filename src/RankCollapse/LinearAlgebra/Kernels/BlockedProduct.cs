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
/// </summary>
/// <remarks>
/// Factors are packed to panels that are read in order and whose vectors cross no cache lines, which halves the loads of 512-bit vectors elsewhere; B unless
/// there are few rows to use it for. The first tiles that read them pack as they go: A in the first panel of columns, where tiles of wide vectors leave time
/// for it or there are few others, B, where its rows are contiguous, in the first rows.
/// The blocks of rows and columns follow the caches; those of the depth must not, because they are the order of additions.
/// </remarks>
internal static unsafe class BlockedProduct<TDoubles>
    where TDoubles : struct, IDoubles<TDoubles>
{
    /// <summary>
    /// The depth of a block, which is part of the results: each entry is the fused sum over a block from zero, and blocks are added in order. A B panel of 24
    /// columns is then 75 KiB, which streams from the second-level cache; fewer blocks save passes over C.
    /// </summary>
    private const int DepthBlock = 400;

    /// <summary>The most rows of a block of A: enough to use a panel of B for, and little to wait for before the first is packed.</summary>
    private const int RowBlock = 48;

    /// <summary>From so many columns on A is packed beforehand for tiles of narrow vectors, which have no operations to spare.</summary>
    private const int ColumnsWorthPackingA = 48;

    /// <summary>Rows that are packed at a time, no more than pages that the address caches hold.</summary>
    private const int PackedRowsAtOnce = 64;

    public static void Run(Operand a, Operand b, Operand c, int rows, int columns, int depth, bool accumulate, ProductPart part)
    {
        int tileRows = RegisterTile<TDoubles>.Rows;
        int panelWidth = RegisterTile<TDoubles>.MaxVectors * TDoubles.Count;
        int depthBlock = depth <= DepthBlock + (DepthBlock / 4) ? depth : RoundUp(depth / ((depth + DepthBlock - 1) / DepthBlock), 8);
        bool packB = b.ColumnStride != 1 || rows > 2 * tileRows;
        bool tilesPackA = TDoubles.Count == Doubles512.Count || columns < ColumnsWorthPackingA;
        bool packsAsItGoes = packB && part == ProductPart.All;

        // A's block stays in the second-level cache beside a panel of B, and B's in a part of the third-level one, which cores share; Intel's is too slow to
        // stream B from it for every 48 rows, so that there B's block stays in the second-level one too, and the first packs A for all of them.
        long cacheOfB = Processor.IsIntel ? Processor.SecondLevelCache / 3 : Processor.ThirdLevelCache / 8;
        int rowBlock = Math.Min(Math.Min(RoundUp(rows, tileRows), RowBlock), Fitting(Processor.SecondLevelCache / 6, depthBlock, tileRows));
        int columnBlock = Math.Min(RoundUp(columns, panelWidth), Fitting(cacheOfB, depthBlock, panelWidth));
        bool keepsA = columns > columnBlock;
        int rowsAtOnce = keepsA ? Math.Min(rows, Fitting(Processor.ThirdLevelCache / 8, depthBlock, rowBlock)) : rows;

        nuint scratchLength = (nuint)(tileRows * panelWidth);
        nuint packedBLength = RoundUp((nuint)(packB ? depthBlock * columnBlock : depthBlock * panelWidth));
        nuint packedALength = (nuint)depthBlock * (nuint)(keepsA ? rowsAtOnce : rowBlock);
        double* scratch = PackingBuffer.OfThread.Reserve(scratchLength + packedBLength + packedALength);
        double* packedB = scratch + scratchLength;
        double* packedA = packedB + packedBLength;

        if (depth == 0 && !accumulate) Clear(c, rows, columns);
        for (int first = 0; first < rows; first += rowsAtOnce)
        {
            int end = Math.Min(rows, first + rowsAtOnce);
            for (int pc = 0; pc < depth; pc += depthBlock)
            {
                int depthHere = Math.Min(depthBlock, depth - pc);
                bool add = accumulate || pc > 0;
                for (int jc = 0; jc < columns; jc += columnBlock)
                {
                    int columnsHere = Math.Min(columnBlock, columns - jc);
                    if (packB && !packsAsItGoes) PackPanels(b.From(pc, jc), depthHere, columnsHere, packedB, panelWidth, TDoubles.Count);
                    for (int ic = first; ic < end; ic += rowBlock)
                    {
                        int rowsHere = Math.Min(rowBlock, end - ic);
                        if (part == ProductPart.Lower && ic + rowsHere <= jc) continue;
                        double* packedHere = keepsA ? packedA + ((nint)(ic - first) * depthHere) : packedA;
                        bool isNew = jc == 0;
                        Operand aBlock = a.From(ic, pc), below = a.From(ic + rowsHere, pc);
                        below = isNew ? below.Transposed : new(packedHere + ((nint)rowsHere * depthHere), 1, depthHere);
                        var nextOfA = Lookahead.At(below, depthHere, Math.Min(rowBlock, end - ic - rowsHere));
                        Lookahead nextOfB = default;
                        if (ic == first && packsAsItGoes)
                        {
                            if (isNew) Lookahead.Ask(aBlock.Transposed, depthHere, rowsHere);
                            Lookahead.Ask(b.From(pc, jc), depthHere, Math.Min(panelWidth, columnsHere));
                        }
                        if (!tilesPackA && isNew) PackPanels(aBlock.Transposed, depthHere, rowsHere, packedHere, tileRows, 1);
                        for (int j = 0, width; j < columnsHere; j += width)
                        {
                            width = Part(columnsHere - j, panelWidth, TDoubles.Count);
                            int vectors = (width + TDoubles.Count - 1) / TDoubles.Count;
                            bool packsA = tilesPackA && isNew && j == 0;
                            Tile tile = default;
                            tile.ARowStride = a.RowStride;
                            tile.AStep = a.ColumnStride;
                            tile.Depth = depthHere;
                            tile.Accumulate = add;
                            tile.B = packB ? packedB + ((nint)j * depthHere) : packedB;
                            tile.BStride = vectors * TDoubles.Count;
                            tile.Ahead = tile.B; // Until a line is given: asking for one without memory behind it takes long.
                            if (!packB || (packsAsItGoes && ic == first))
                            {
                                Operand panel = b.From(pc, jc + j);
                                nextOfB = Lookahead.At(panel.From(0, width), depthHere, Math.Min(panelWidth, columnsHere - j - width));
                                if (width != tile.BStride || b.ColumnStride != 1 || (packsA && packB))
                                {
                                    // Columns are not contiguous, or the tiles pack A, or these are the last ones: a whole vector would read past a row's end.
                                    Packing<TDoubles>.Pack(panel, depthHere, width, tile.B, (int)tile.BStride);
                                }
                                else
                                {
                                    tile.PackedB = packB ? tile.B : null;
                                    tile.B = panel.Start;
                                    tile.BStride = b.RowStride;
                                }
                            }
                            int firstRow = part == ProductPart.Lower ? jc + j - ic : 0;
                            Column(ref tile, aBlock, packedHere, packsA, c.From(ic, jc + j), firstRow, rowsHere, width, vectors, scratch,
                                ref nextOfA, ref nextOfB);
                        }
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

    /// <summary>One panel of B against all rows of a block of A, which the first one packs, but those before <paramref name="firstRow"/>.</summary>
    private static void Column(
        ref Tile tile, Operand a, double* packedA, bool packsA, Operand c, int firstRow, int rows, int width, int vectors, double* scratch,
        ref Lookahead nextOfA, ref Lookahead nextOfB)
    {
        int tileRows = RegisterTile<TDoubles>.Rows;
        bool wholeVectors = width == vectors * TDoubles.Count;
        for (int i = 0, height; i < rows; i += height)
        {
            height = Part(rows - i, tileRows, 1);
            if (i + height <= firstRow) continue;
            double* panel = packedA + ((nint)i * tile.Depth);
            if (packsA)
            {
                tile.A = a.Start + (i * a.RowStride);
                tile.PackedA = panel;
            }
            else
            {
                tile.A = panel;
            }
            double* target = c.Start + (i * c.RowStride);
            if (!nextOfB.Give(ref tile)) nextOfA.Give(ref tile);
            if (wholeVectors)
            {
                tile.C = target;
                tile.CStride = c.RowStride;
                RegisterTile<TDoubles>.Compute(tile, height, vectors);
                if (tile.PackedB == null) continue;
                tile.B = tile.PackedB;
                tile.BStride = vectors * TDoubles.Count;
                tile.PackedB = null;
            }
            else
            {
                tile.C = scratch;
                tile.CStride = vectors * TDoubles.Count;
                bool add = tile.Accumulate;
                tile.Accumulate = false;
                RegisterTile<TDoubles>.Compute(tile, height, vectors);
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

    /// <summary>The longest side in whole units, at least one, of a block whose other side is the depth.</summary>
    private static int Fitting(long bytes, int depth, int unit) => (int)Math.Max(1, bytes / (sizeof(double) * (long)Math.Max(1, depth)) / unit) * unit;

    private static int RoundUp(int value, int multiple) => (value + multiple - 1) / multiple * multiple;

    private static nuint RoundUp(nuint length) => (length + (64 / sizeof(double)) - 1) & ~(nuint)((64 / sizeof(double)) - 1);
}
