using System.Text.Json;

namespace RankCollapse.Formats;

/// <summary>What is wrong with a JSON file, in words and with the place, without the reader's own terms.</summary>
public static class JsonErrorLine
{
    /// <summary>The sentence, which follows the file's name.</summary>
    /// <param name="error">What the reader said.</param>
    public static string Of(JsonException error)
    {
        ArgumentNullException.ThrowIfNull(error);
        string message = error.Message;
        int tail = message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        if (tail >= 0) message = message[..tail];
        if (message.Contains("does not contain any JSON tokens", StringComparison.Ordinal)) return "is empty; expected a JSON object in braces.";
        string where = error.LineNumber is { } line ? $", line {line + 1}" : "";
        // The reader speaks of a depth, which here is a setting.
        return message.Contains("Expected depth to be zero", StringComparison.Ordinal)
            ? "is not valid JSON: it ends before every bracket is closed." : $"is not valid JSON{where}: {ErrorText.Printable(message)}";
    }
}
