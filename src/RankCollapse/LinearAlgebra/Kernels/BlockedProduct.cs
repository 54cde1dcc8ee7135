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
    private const int DepthBlock = 400;

    /// <summary>Rows of a packed A block: 144×400 doubles are 450 KiB, under half of a second-level cache.</summary>
    private const int RowBlock = 144;

    /// <summary>Columns of a packed B block: 1200×400 doubles are 3.7 MiB, a part of the third-level cache.</summary>
    private const int ColumnBlock = 1200;

    /// <summary>Above so many entries a factor is packed: its rows would lie on more pages than the address caches hold.</summary>
    private const long DirectLimit = 1 << 18;

    public static void Run(Operand a, Operand b, Operand c, int rows, int columns, int depth, bool accumulate, ProductPart part)
    {
        int tileRows = RegisterTile<TDoubles>.Rows;
        int panelWidth = RegisterTile<TDoubles>.MaxVectors * TDoubles.Count;
        int depthBlock = depth <= DepthBlock + (DepthBlock / 4) ? depth : RoundUp(depth / ((depth + DepthBlock - 1) / DepthBlock), 8);
        bool packB = b.ColumnStride != 1 || (long)depth * b.RowStride > DirectLimit;
        bool packA = columns > panelWidth && (long)(a.RowStride == 1 ? depth : rows) * Math.Max(a.RowStride, a.ColumnStride) > DirectLimit;
        int columnBlock = Math.Min(RoundUp(columns, panelWidth), ColumnBlock);
        int rowBlock = Math.Min(RoundUp(rows, tileRows), RowBlock);

        nuint scratchLength = (nuint)(tileRows * panelWidth);
        nuint packedBLength = (nuint)(packB ? depthBlock * columnBlock : depthBlock * panelWidth);
        nuint packedALength = packA ? (nuint)(depthBlock * rowBlock) : 0;
        double* memory = PackingBuffer.OfThread.Reserve(scratchLength + packedBLength + packedALength);
        double* scratch = memory;
        double* packedB = memory + scratchLength;
        double* packedA = packedB + packedBLength;

        if (depth == 0 && !accumulate) Clear(c, rows, columns);
        for (int jc = 0; jc < columns; jc += columnBlock)
        {
            int columnsHere = Math.Min(columnBlock, columns - jc);
            for (int pc = 0; pc < depth; pc += depthBlock)
            {
                int depthHere = Math.Min(depthBlock, depth - pc);
                bool add = accumulate || pc > 0;
                if (packB) PackAllB(b.From(pc, jc), depthHere, columnsHere, packedB, panelWidth);
                for (int ic = 0; ic < rows; ic += rowBlock)
                {
                    int rowsHere = Math.Min(rowBlock, rows - ic);
                    if (part == ProductPart.Lower && ic + rowsHere <= jc) continue;
                    Operand aBlock = a.From(ic, pc);
                    if (packA)
                    {
                        PackAllA(aBlock, rowsHere, depthHere, packedA, tileRows);
                    }
                    for (int j = 0, width; j < columnsHere; j += width)
                    {
                        width = PanelWidth(columnsHere - j, panelWidth);
                        int vectors = (width + TDoubles.Count - 1) / TDoubles.Count;
                        Tile tile = default;
                        tile.Depth = depthHere;
                        if (packB)
                        {
                            tile.B = packedB + ((nint)j * depthHere);
                            tile.BStride = vectors * TDoubles.Count;
                        }
                        else if (width % TDoubles.Count != 0)
                        {
                            // The last columns: a whole vector would read past the end of a row.
                            tile.BStride = vectors * TDoubles.Count;
                            tile.B = packedB;
                            Packing.Pack(b.From(pc, jc + j), depthHere, width, packedB, (int)tile.BStride);
                        }
                        else
                        {
                            tile.B = b.From(pc, jc + j).Start;
                            tile.BStride = b.RowStride;
                        }
                        int firstRow = part == ProductPart.Lower ? Math.Max(0, (jc + j - ic) / tileRows * tileRows) : 0;
                        Column(ref tile, aBlock, packA ? packedA : null, c.From(ic, jc + j), firstRow, rowsHere, width, vectors, add, scratch);
                    }
                }
            }
        }
    }

    /// <summary>
    /// The next panel's width. A last panel of one vector would wait for its few accumulators, so the last two share their columns.
    /// </summary>
    private static int PanelWidth(int columnsLeft, int panelWidth)
    {
        int lanes = TDoubles.Count;
        return columnsLeft > panelWidth && columnsLeft <= panelWidth + lanes ? panelWidth - lanes : Math.Min(panelWidth, columnsLeft);
    }

    /// <summary>One panel of B against all rows of a block of A.</summary>
    private static void Column(ref Tile tile, Operand a, double* packedA, Operand c, int firstRow, int rows, int width, int vectors, bool add, double* scratch)
    {
        int tileRows = RegisterTile<TDoubles>.Rows;
        bool wholeVectors = width == vectors * TDoubles.Count;
        for (int i = firstRow; i < rows; i += tileRows)
        {
            int valid = Math.Min(tileRows, rows - i);
            int height = valid <= 4 ? 4 : tileRows;
            if (packedA != null)
            {
                tile.A = packedA + ((nint)i * tile.Depth);
                tile.ARowStride = 1;
                tile.AStep = tileRows;
                tile.ValidRows = tileRows;
            }
            else
            {
                tile.A = a.Start + (i * a.RowStride);
                tile.ARowStride = a.RowStride;
                tile.AStep = a.ColumnStride;
                tile.ValidRows = valid;
            }
            double* target = c.Start + (i * c.RowStride);
            if (valid == height && wholeVectors)
            {
                tile.C = target;
                tile.CStride = c.RowStride;
                tile.Accumulate = add;
                RegisterTile<TDoubles>.Compute(tile, height, vectors);
            }
            else
            {
                tile.C = scratch;
                tile.CStride = vectors * TDoubles.Count;
                tile.Accumulate = false;
                RegisterTile<TDoubles>.Compute(tile, height, vectors);
                CopyTile(scratch, tile.CStride, target, c.RowStride, valid, width, add);
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

    private static void PackAllB(Operand b, int depth, int columns, double* packed, int panelWidth)
    {
        for (int j = 0, width; j < columns; j += width)
        {
            width = PanelWidth(columns - j, panelWidth);
            Packing.Pack(b.From(0, j), depth, width, packed + ((nint)j * depth), RoundUp(width, TDoubles.Count));
        }
    }

    private static void PackAllA(Operand a, int rows, int depth, double* packed, int tileRows)
    {
        // A's panels are those of its transpose: depth × tileRows.
        var transposed = new Operand(a.Start, a.ColumnStride, a.RowStride);
        for (int i = 0; i < rows; i += tileRows)
            Packing.Pack(transposed.From(0, i), depth, Math.Min(tileRows, rows - i), packed + ((nint)i * depth), tileRows);
    }

    private static void Clear(Operand c, int rows, int columns)
    {
        for (int i = 0; i < rows; i++) new Span<double>(c.Start + (i * c.RowStride), columns).Clear();
    }

    private static int RoundUp(int value, int multiple) => (value + multiple - 1) / multiple * multiple;
}
