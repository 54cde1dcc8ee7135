using System.Linq;
using System.Text;

namespace RankCollapse.Generators;

/// <summary>
/// The register tiles of the matrix product, unrolled: R rows × V vectors, one accumulator for each vector of C. The just-in-time compiler keeps
/// accumulators in registers only where each is a local variable of its own and the method holds nothing but the loop.
/// </summary>
internal static class RegisterTiles
{
    private static readonly (int Rows, int Vectors)[] Sizes = [(8, 3), (8, 2), (8, 1), (4, 3), (4, 2), (4, 1)];

    /// <summary>The tiles of all sizes, and the choice between them.</summary>
    public static string Write()
    {
        var text = new StringBuilder("""
            namespace RankCollapse.LinearAlgebra.Kernels;

            internal static unsafe partial class RegisterTile<TDoubles>
            {
                /// <summary>Computes a tile of 4 or 8 rows and 1 to 3 vectors.</summary>
                public static void Compute(in Tile tile, int rows, int vectors)
                {
                    switch ((rows, vectors))
                    {

            """);
        foreach ((int rows, int vectors) in Sizes)
            text.AppendLine($"            case ({rows}, {vectors}): Tile{rows}x{vectors}(tile); break;");
        text.AppendLine("        }").AppendLine("    }");
        foreach ((int rows, int vectors) in Sizes) Write(text, rows, vectors);
        return text.AppendLine("}").ToString();
    }

    private static void Write(StringBuilder text, int rows, int vectors)
    {
        void Line(int depth, string line) => text.Append(' ', 4 * depth).AppendLine(line);
        int[] r = [.. Enumerable.Range(0, rows)], v = [.. Enumerable.Range(0, vectors)];
        string Place(string pointer, int vector) => vector == 0 ? pointer : $"{pointer} + ({vector} * lanes)";

        text.AppendLine();
        Line(1, $"private static void Tile{rows}x{vectors}(in Tile t)");
        Line(1, "{");
        Line(2, "int lanes = TDoubles.Count;");
        Line(2, "double* b = t.B;");
        Line(2, "nint rowStride = t.BStride, step = t.AStep;");
        Line(2, "double* a0 = t.A;");
        foreach (int i in r.Skip(1)) Line(2, $"double* a{i} = a{i - 1} + (t.ValidRows > {i} ? t.ARowStride : 0);");
        foreach (int i in r) Line(2, $"TDoubles {string.Join(", ", v.Select(j => $"c{i}{j} = default"))};");
        Line(2, "for (int p = t.Depth; p > 0; p--)");
        Line(2, "{");
        foreach (int j in v) Line(3, $"TDoubles b{j} = TDoubles.Load({Place("b", j)});");
        foreach (int i in r)
        {
            Line(3, $"{(i == 0 ? "TDoubles " : "")}a = TDoubles.All(*a{i});");
            foreach (int j in v) Line(3, $"c{i}{j} = TDoubles.MultiplyAdd(a, b{j}, c{i}{j});");
        }
        Line(3, "b += rowStride;");
        foreach (int i in r) Line(3, $"a{i} += step;");
        Line(2, "}");
        Line(2, "double* c = t.C;");
        foreach (int i in r)
        {
            if (i > 0) Line(2, "c += t.CStride;");
            foreach (int j in v) Line(2, $"Store({Place("c", j)}, c{i}{j}, t.Accumulate);");
        }
        Line(1, "}");
    }
}
