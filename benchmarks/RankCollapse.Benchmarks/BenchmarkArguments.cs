using System.Globalization;

namespace RankCollapse.Benchmarks;

/// <summary>The options after the benchmark's name, each "--name value"; every option must be one that the benchmark asks for.</summary>
internal sealed class BenchmarkArguments
{
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    public BenchmarkArguments(ReadOnlySpan<string> arguments)
    {
        for (int i = 0; i < arguments.Length; i += 2)
        {
            if (!arguments[i].StartsWith("--", StringComparison.Ordinal) || i + 1 == arguments.Length)
                throw new InvalidInputException($"Found {arguments[i]}, expected options as --name value.");
            _values[arguments[i][2..]] = arguments[i + 1];
        }
    }

    public string Text(string name, string otherwise) => _values.Remove(name, out string? value) ? value : otherwise;

    public double Seconds(string name, double otherwise)
    {
        if (!_values.Remove(name, out string? value)) return otherwise;
        return double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds) && seconds > 0 && double.IsFinite(seconds)
            ? seconds
            : throw new InvalidInputException($"--{name} is {value}, expected a positive number of seconds.");
    }

    public double Number(string name, double otherwise, bool orZero = false) =>
        !_values.Remove(name, out string? value) ? otherwise
        : double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && (number > 0 || (orZero && number == 0)) ? number
        : throw new InvalidInputException($"--{name} is {value}, expected a number {(orZero ? "not below" : "above")} 0.");

    public Clock Clock(string name = "clock") => Text(name, "wall") switch
    {
        "wall" => Benchmarks.Clock.Wall,
        "cpu" => Benchmarks.Clock.Processor,
        string other => throw new InvalidInputException($"--{name} is {other}, expected wall or cpu."),
    };

    /// <summary>Seeds as "3" or "0..9"; null where the option is absent.</summary>
    public IReadOnlyList<long>? Seeds(string name)
    {
        if (!_values.Remove(name, out string? value)) return null;
        string[] ends = value.Split("..");
        return ends.Length <= 2 && int.TryParse(ends[0], out int first) && int.TryParse(ends[^1], out int last) && last >= first
            ? [.. Enumerable.Range(first, last - first + 1).Select(i => (long)i)]
            : throw new InvalidInputException($"--{name} is {value}, expected a whole number or a range such as 0..9.");
    }

    /// <summary>Whole numbers as "100,200"; null where the option is absent.</summary>
    public IReadOnlyList<int>? Numbers(string name)
    {
        if (!_values.Remove(name, out string? value)) return null;
        return [.. value.Split(',').Select(part => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number > 1
            ? number
            : throw new InvalidInputException($"--{name} is {value}, expected whole numbers above 1 such as 100,200."))];
    }

    /// <summary>Refuses options that nothing has asked for.</summary>
    public void RequireAllUsed()
    {
        if (_values.Count > 0) throw new InvalidInputException($"There is no option --{_values.Keys.First()} for this benchmark; see benchmarks/README.md.");
    }
}
