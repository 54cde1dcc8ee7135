namespace RankCollapse.Cli.Output;

/// <summary>A sentence about what is odd as a line; what a worker wrote has its mark already.</summary>
internal static class WarningLine
{
    private static readonly string[] Marks = ["warning: ", "error: "];

    /// <summary>The line.</summary>
    public static string Of(string message) => ErrorText.Line(
        Marks.Any(mark => message.StartsWith(mark, StringComparison.Ordinal)) ? message : $"warning: {message}");
}
