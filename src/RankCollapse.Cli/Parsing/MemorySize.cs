using System.CommandLine;
using System.Globalization;

namespace RankCollapse.Cli.Parsing;

/// <summary>The option for the most memory that something may need.</summary>
internal static class MemorySize
{
    private static readonly (string Unit, double Bytes)[] Units = [("T", 1e12), ("G", 1e9), ("M", 1e6), ("K", 1e3), ("", 1)];

    /// <summary>The option, which every verb has.</summary>
    public static Option<long?> Option() => new("--max-memory")
    {
        Description = "Refuse what would need more memory than this, such as 2G [half of the machine's]",
        HelpName = "SIZE",
        Arity = ArgumentArity.ExactlyOne,
        Recursive = true,
        CustomParser = result =>
        {
            if (Parse(result.Tokens[0].Value) is { } bytes) return bytes;
            string shown = ErrorText.Printable(result.Tokens[0].Value);
            result.AddError($"The option --max-memory is '{shown}', expected bytes, or a number with K, M, G or T such as 2G.");
            return null;
        },
    };

    /// <summary>The bytes that a text means; null where it means none.</summary>
    public static long? Parse(string text)
    {
        string digits = text.TrimEnd('B', 'b');
        (string unit, double factor) = Units.First(one => digits.EndsWith(one.Unit, StringComparison.OrdinalIgnoreCase));
        bool isNumber = double.TryParse(digits[..^unit.Length], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number);
        return isNumber && number * factor is >= 1 and < long.MaxValue ? (long)(number * factor) : null;
    }
}
