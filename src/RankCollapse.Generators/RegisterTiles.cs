using System;
using System.Linq;
using System.Text;

namespace RankCollapse.Generators;

/// <summary>
/// The register tiles of the matrix product, unrolled: R rows × V vectors, one accumulator for each vector of C. The just-in-time compiler keeps
/// accumulators in registers only where each is a local variable of its own and the method holds nothing but the loop.
/// </summary>
/// <remarks>
/// Packed tiles of three kinds read A through one pointer with constant offsets, two steps of depth to a turn of the loop: what is left beside multiply–adds
/// and loads are two operations a step, so that processors that issue four operations a cycle keep both multiply–add units busy; twice as many steps
/// would take twice as long to compile. A packing tile also writes the rows of B that it has loaded one after the other, which costs nothing beside its
/// multiply–adds; a first tile reads A where it lies and does the same for it. These two and a fetching tile ask for memory that will be packed next.
/// </remarks>
internal static class RegisterTiles
{
    private const int Unroll = 2;
    private const int MaxRows = 8;
    private const int MaxVectors = 3;

    private static readonly string[] Kinds = ["Packed", "Fetching", "Packing", "First"];

    /// <summary>The tiles of all sizes, and the choice between them.</summary>
    public static string Write()
    {
        var text = new StringBuilder("""
            using System;
            using System.Runtime.CompilerServices;

            namespace RankCollapse.LinearAlgebra.Kernels;

            internal static unsafe partial class RegisterTile<TDoubles>
            {

            """);
        foreach (string kind in Kinds)
        {
            WriteChoice(text, kind);
            ForEachSize((rows, vectors) => WriteTile(text, kind, rows, vectors));
        }
        return text.AppendLine("}").ToString();
    }

    private static void ForEachSize(Action<int, int> write)
    {
        for (int vectors = 1; vectors <= MaxVectors; vectors++)
            for (int rows = 1; rows <= MaxRows; rows++) write(rows, vectors);
    }

    private static void WriteChoice(StringBuilder text, string kind)
    {
        text.AppendLine($"    private static void {kind}(in Tile tile, int rows, int vectors)").AppendLine("    {");
        text.AppendLine($"        switch ((vectors * {MaxRows}) + rows)").AppendLine("        {");
        ForEachSize((rows, vectors) => text.AppendLine($"            case {(vectors * MaxRows) + rows}: {kind}{rows}x{vectors}(tile); break;"));
        text.AppendLine("        }").AppendLine("    }").AppendLine();
    }

    private static void WriteTile(StringBuilder text, string kind, int rows, int vectors)
    {
        bool first = kind == "First", packs = kind == "Packing", fetches = kind != "Packed";
        void Line(int depth, string line) => text.Append(' ', 4 * depth).AppendLine(line);
        int[] r = [.. Enumerable.Range(0, rows)], v = [.. Enumerable.Range(0, vectors)];
        string Place(string pointer, int vector) => vector == 0 ? pointer : $"{pointer} + ({vector} * lanes)";
        // Rows 4 to 7 lie as far from a4 as rows 0 to 3 from a0: few registers hold all addresses.
        string Entry(int row) => row % 4 == 0 ? $"*a{row}" : $"*(a{row / 4 * 4} + row{row % 4})";

        Line(1, "[MethodImpl(MethodImplOptions.AggressiveOptimization)]");
        Line(1, $"private static void {kind}{rows}x{vectors}(in Tile t)");
        Line(1, "{");
        Line(2, "int lanes = TDoubles.Count;");
        Line(2, "double* b = t.B;");
        Line(2, "nint rowStride = t.BStride;");
        Line(2, "double* a0 = t.A;");
        if (fetches) Line(2, "double* ahead = t.Ahead;");
        if (fetches) Line(2, "nint aheadStep = t.AheadStep;");
        if (first)
        {
            Line(2, "double* toA = t.PackedA;");
            Line(2, "nint step = t.AStep;");
            if (rows > 1) Line(2, "nint row1 = t.ARowStride;");
            if (rows > 2) Line(2, "nint row2 = 2 * row1;");
            if (rows > 3) Line(2, "nint row3 = 3 * row1;");
            if (rows > 4) Line(2, "double* a4 = a0 + (4 * row1);");
        }
        if (packs) Line(2, "double* to = t.PackedB;");
        foreach (int i in r) Line(2, $"TDoubles {string.Join(", ", v.Select(j => $"c{i}{j} = default"))};");
        Line(2, "int p = t.Depth;");
        Line(2, "for (int last = Math.Min(p, StepsBeforeResult); ; last = 0)");
        Line(2, "{");
        Loop(first ? 1 : Unroll, "last + ");
        Line(3, "if (last == 0) break;");
        Line(3, "double* result = t.C;");
        foreach (int i in r)
        {
            foreach (int j in v) Line(3, $"Prefetch({Place("result", j)});");
            if (vectors > 1) Line(3, $"Prefetch(result + ({vectors} * lanes) - 1);");
            Line(3, "result += t.CStride;");
        }
        Line(2, "}");
        if (!first) Loop(1, "");
        Line(2, "double* c = t.C;");
        foreach (int i in r)
        {
            if (i > 0) Line(2, "c += t.CStride;");
            foreach (int j in v) Line(2, $"Store({Place("c", j)}, c{i}{j}, t.Accumulate);");
        }
        Line(1, "}");
        text.AppendLine();

        void Loop(int unroll, string last)
        {
            Line(2, $"for (; p >= {last}{unroll}; p -= {unroll})");
            Line(2, "{");
            for (int k = 0; k < unroll; k++)
            {
                foreach (int j in v) Line(3, $"TDoubles b{k}{j} = TDoubles.Load({Place("b", j)});");
                if (packs) foreach (int j in v) Line(3, $"b{k}{j}.Store(to + ({(k * vectors) + j} * lanes));");
                foreach (int i in r)
                {
                    Line(3, $"TDoubles a{k}{i} = TDoubles.All({(first ? Entry(i) : $"a0[{(k * rows) + i}]")});");
                    if (first) Line(3, $"toA[{i}] = {Entry(i)};");
                    foreach (int j in v) Line(3, $"c{i}{j} = TDoubles.MultiplyAdd(a{k}{i}, b{k}{j}, c{i}{j});");
                }
                Line(3, "b += rowStride;");
                if (!fetches || (unroll == 1 && !first)) continue;
                Line(3, "Prefetch(ahead);");
                Line(3, "ahead += aheadStep;");
            }
            if (packs) Line(3, $"to += {unroll * vectors} * lanes;");
            Line(3, first ? "a0 += step;" : $"a0 += {unroll * rows};");
            if (first && rows > 4) Line(3, "a4 += step;");
            if (first) Line(3, $"toA += {rows};");
            Line(2, "}");
        }
    }
}
