using System.Globalization;

namespace RankCollapse.Networks;

/// <summary>The reading of activations' names with their parameters.</summary>
internal static class ActivationNames
{
    private const string LeakyRelu = "leaky-relu";

    /// <summary>The names without parameters.</summary>
    private static IEnumerable<string> Names => Activation.All.Select(a => a is LeakyReluActivation ? LeakyRelu : a.Name);

    public static Activation Parse(string text)
    {
        string name = text.Trim().ToLowerInvariant();
        if (Activation.All.Find(name) is { } activation) return activation;
        if (name == LeakyRelu) return Activation.All.First(a => a is LeakyReluActivation);
        int end = name.IndexOfAny(['(', ':']);
        string head = (end < 0 ? name : name[..end]).TrimEnd();
        if (end >= 0 && head == LeakyRelu) return new LeakyReluActivation(Parameter(name[end..], text));
        if (end >= 0 && Names.Contains(head))
            throw new InvalidInputException($"The activation '{text}' has a parameter, but {head} takes none; write '{head}'.");
        throw new InvalidInputException(
            $"There is no activation '{ErrorText.Printable(text)}'; {NearMatches.Advice(head, [.. Names])} A slope is written as in 'leaky-relu(0.2)'.");
    }

    /// <summary>Reads '(0.2)' or ':0.2'.</summary>
    private static double Parameter(string written, string text)
    {
        string digits = written[0] == ':' ? written[1..] : written.EndsWith(')') ? written[1..^1] : "";
        if (!double.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out double slope))
            throw new InvalidInputException($"The slope in '{text}' is not a number; write it as in 'leaky-relu(0.2)' or 'leaky-relu:0.2'.");
        return slope;
    }
}
