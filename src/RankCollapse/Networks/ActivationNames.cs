using System.Globalization;

namespace RankCollapse.Networks;

/// <summary>The reading of activations' names with their parameters.</summary>
internal static class ActivationNames
{
    private const string LeakyRelu = "leaky-relu";
    private const int MostRepetitions = 10_000;

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

    /// <summary>The number of activations that a list stands for, whatever their names; 0 where a repetition is no number.</summary>
    public static int Count(string list) => list.Split(',').Sum(part => Repeated(part).Count);

    /// <summary>Reads a list such as <c>tanh*4,identity</c>.</summary>
    public static Activation[] ParseList(string list)
    {
        var activations = new List<Activation>();
        foreach (string part in list.Split(','))
        {
            (string name, int count) = Repeated(part);
            if (string.IsNullOrWhiteSpace(name))
                throw new InvalidInputException($"The list of activations '{ErrorText.Printable(list)}' has an empty name; write it as in 'tanh*4,identity'.");
            if (count is < 1 or > MostRepetitions)
                throw new InvalidInputException(
                    $"The repetition in '{ErrorText.Printable(part)}' is no whole number from 1 to {MostRepetitions}; write it as in "
                    + "'tanh*4,identity'.");
            activations.AddRange(Enumerable.Repeat(Parse(name), count));
        }
        return [.. activations];
    }

    /// <summary>Writes a list as short as it can be; one name where all are equal.</summary>
    public static string Write(IReadOnlyList<Activation> activations)
    {
        var parts = new List<(string Name, int Count)>();
        foreach (Activation activation in activations)
        {
            if (parts.Count > 0 && parts[^1].Name == activation.Name) parts[^1] = (activation.Name, parts[^1].Count + 1);
            else parts.Add((activation.Name, 1));
        }
        return parts is [var one] ? one.Name : string.Join(',', parts.Select(part => part.Count == 1 ? part.Name : $"{part.Name}*{part.Count}"));
    }

    /// <summary>A name and how often it is repeated: 1 without a star, 0 where what follows it is no number.</summary>
    private static (string Name, int Count) Repeated(string part)
    {
        int star = part.LastIndexOf('*');
        if (star < 0) return (part, 1);
        return (part[..star], int.TryParse(part[(star + 1)..].Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out int count) ? count : 0);
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
