using System.Linq;
using System.Text;

namespace RankCollapse.Generators;

/// <summary>
/// The register tiles of the matrix product, unrolled: R rows × V vectors, one accumulator for each vector of C. The just-in-time compiler keeps
/// accumulators in registers only where each is a local variable of its own and the method holds nothing but the loop.
/// </summary>
/// <remarks>
/// A packed tile reads A through one pointer with constant offsets, four steps of depth to a turn of the loop: what is left beside multiply–adds and loads
/// is an addition a step, so that processors that issue four operations a cycle keep both multiply–add units busy. A direct tile reads A where it lies.
/// </remarks>
internal static class RegisterTiles
{
    private const int Unroll = 4;

    private const int Ahead = 16;

    private static readonly (string Kind, int Rows, int Vectors)[] Sizes =
    [
        .. from vectors in new[] { 1, 2, 3 } from rows in Enumerable.Range(1, vectors == 3 ? 8 : 14) select ("Packed", rows, vectors),
        .. from vectors in new[] { 1, 2, 3 } from rows in Enumerable.Range(1, 8) select ("Packing", rows, vectors),
        .. from vectors in new[] { 1, 2, 3 } from rows in Enumerable.Range(1, 8) select ("Direct", rows, vectors),
    ];

    /// <summary>The tiles of all sizes, and the choice between them.</summary>
    public static string Write()
    {
        var text = new StringBuilder("""
            using System.Runtime.CompilerServices;

            namespace RankCollapse.LinearAlgebra.Kernels;

            internal static unsafe partial class RegisterTile<TDoubles>
            {

            """);
        foreach (string kind in new[] { "Packed", "Packing", "Direct" }) WriteChoice(text, kind);
        foreach ((string kind, int rows, int vectors) in Sizes) WriteTile(text, kind, rows, vectors);
        return text.AppendLine("}").ToString();
    }

    private static void WriteChoice(StringBuilder text, string kind)
    {
        text.AppendLine($"    private static void {kind}(in Tile tile, int rows, int vectors)").AppendLine("    {");
        text.AppendLine("        switch ((vectors * 16) + rows)").AppendLine("        {");
        foreach ((string _, int rows, int vectors) in Sizes.Where(size => size.Kind == kind))
            text.AppendLine($"            case {(vectors * 16) + rows}: {kind}{rows}x{vectors}(tile); break;");
        text.AppendLine("        }").AppendLine("    }").AppendLine();
    }

    private static void WriteTile(StringBuilder text, string kind, int rows, int vectors)
    {
        bool packed = kind != "Direct", packs = kind == "Packing";
        void Line(int depth, string line) => text.Append(' ', 4 * depth).AppendLine(line);
        int[] r = [.. Enumerable.Range(0, rows)], v = [.. Enumerable.Range(0, vectors)];
        string Place(string pointer, int vector) => vector == 0 ? pointer : $"{pointer} + ({vector} * lanes)";

        Line(1, "[MethodImpl(MethodImplOptions.AggressiveOptimization)]");
        Line(1, $"private static void {kind}{rows}x{vectors}(in Tile t)");
        Line(1, "{");
        Line(2, "int lanes = TDoubles.Count;");
        Line(2, "double* b = t.B;");
        Line(2, "nint rowStride = t.BStride, step = t.AStep;");
        Line(2, "double* a0 = t.A;");
        if (!packed) foreach (int i in r.Skip(1)) Line(2, $"double* a{i} = a{i - 1} + t.ARowStride;");
        foreach (int i in r) Line(2, $"TDoubles {string.Join(", ", v.Select(j => $"c{i}{j} = default"))};");
        Line(2, "int p = t.Depth;");
        if (packs) Line(2, "double* to = t.PackedB;");
        if (packed)
        {
            Line(2, "double* ahead = t.C;");
            foreach (int i in r)
            {
                if (i > 0) Line(2, "ahead += t.CStride;");
                foreach (int j in v) Line(2, $"Prefetch({Place("ahead", j)});");
                if (vectors > 1) Line(2, $"Prefetch(ahead + ({vectors} * lanes) - 1);");
            }
        }
        if (packed)
        {
            Loop(Unroll);
        }
        Loop(1);
        Line(2, "double* c = t.C;");
        foreach (int i in r)
        {
            if (i > 0) Line(2, "c += t.CStride;");
            foreach (int j in v) Line(2, $"Store({Place("c", j)}, c{i}{j}, t.Accumulate);");
        }
        Line(1, "}");

        void Loop(int unroll)
        {
            Line(2, $"for (; p >= {unroll}; p -= {unroll})");
            Line(2, "{");
            for (int k = 0; k < unroll; k++)
            {
                foreach (int j in v) Line(3, $"TDoubles b{k}{j} = TDoubles.Load({Place("b", j)});");
                if (packs) foreach (int j in v) Line(3, $"Prefetch({Place("b", j)} + ({Ahead} * rowStride));");
                if (packs) foreach (int j in v) Line(3, $"b{k}{j}.Store(to + ({(k * vectors) + j} * lanes));");
                foreach (int i in r)
                {
                    Line(3, $"TDoubles a{k}{i} = TDoubles.All({(packed ? $"a0[{(k * rows) + i}]" : $"*a{i}")});");
                    foreach (int j in v) Line(3, $"c{i}{j} = TDoubles.MultiplyAdd(a{k}{i}, b{k}{j}, c{i}{j});");
                }
                Line(3, "b += rowStride;");
            }
            if (packs) Line(3, $"to += {unroll * vectors} * lanes;");
            if (packed) Line(3, $"a0 += {unroll * rows};");
            else foreach (int i in r) Line(3, $"a{i} += step;");
            Line(2, "}");
        }
    }
}
