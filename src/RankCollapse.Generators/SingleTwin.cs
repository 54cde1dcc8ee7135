using System.Text.RegularExpressions;

namespace RankCollapse.Generators;

/// <summary>
/// The twin in single precision of a source file: the same text about floats, whose types carry names of their own. What depends on the number of lanes or on
/// the size of a number is written in the file as such, and not as a number.
/// </summary>
internal static class SingleTwin
{
    private static readonly Regex Vectors = new(@"\b(I?)Doubles(128|256|512)?\b");
    private static readonly Regex Types = new(
        @"\b(Operand|Tile|RegisterTile|BlockedProduct|ProductPart|Packing|PackingBuffer|Lookahead|ParallelProduct|Product|Matrix|ElementWise|PenaltySums)\b");

    /// <summary>Writes the twin.</summary>
    /// <param name="source">The text of the file.</param>
    public static string Of(string source)
    {
        string text = Regex.Replace(source, @"\bdouble\b", "float");
        text = Vectors.Replace(text, "$1Singles$2");
        text = Types.Replace(text, "Single$1");
        text = text.Replace("public sealed class SingleMatrix", "internal sealed class SingleMatrix").Replace("Math.Sqrt", "MathF.Sqrt");
        return "#nullable enable\n" + text;
    }
}
