namespace RankCollapse.Cli.Output;

/// <summary>How far a long job is.</summary>
/// <param name="Phase">What it does now: <c>epoch 120 of 3,000</c>.</param>
internal sealed record ProgressState(string Phase)
{
    /// <summary>The part that is done, 0 to 1; null where it is unknown.</summary>
    public double? Fraction { get; init; }

    /// <summary>What it has reached: <c>objective 0.0192</c>.</summary>
    public string? Value { get; init; }

    /// <summary>How fast it is: <c>53 epochs/s</c>.</summary>
    public string? Rate { get; init; }

    /// <summary>How long it still takes: <c>about 12 s left</c>.</summary>
    public string? Left { get; init; }

    /// <summary>What else there is to say, the most important first.</summary>
    public IReadOnlyList<string> Details { get; init; } = [];

    /// <summary>The state as a line for a file.</summary>
    public string Line => string.Join(", ", Parts(Details.Count, withRate: true));

    /// <summary>The state as one line of a terminal: the details go first where it is narrow, the last one before the others, then rate and bar.</summary>
    public string Fit(int width)
    {
        for (int details = Details.Count; details >= 0; details--)
        {
            if (Bar(width, string.Join(" · ", Parts(details, withRate: true)), isNeeded: true) is { } line) return line;
        }
        return Bar(width, string.Join(" · ", Parts(0, withRate: false)), isNeeded: true)
            ?? Bar(width, string.Join(" · ", Parts(0, withRate: false)), isNeeded: false)
            ?? (string.Join(" · ", Parts(0, withRate: false)) is var plain && plain.Length <= width ? plain : null)
            ?? Bar(width, string.Join(" · ", new[] { Phase, Left }.OfType<string>()), isNeeded: false)
            ?? (Phase.Length <= width ? Phase : string.Concat(Phase.AsSpan(0, width - 1), "…"));
    }

    private IEnumerable<string> Parts(int details, bool withRate) =>
        new[] { Phase, Value }.Concat(Details.Take(details)).Append(withRate ? Rate : null).Append(Left).OfType<string>();

    /// <summary>The text behind the part that is done, with a bar where there is room; null where it does not fit.</summary>
    private string? Bar(int width, string text, bool isNeeded)
    {
        const int Longest = 24, Shortest = 10;
        string share = Fraction is { } known ? $"{Math.Floor(100 * Math.Clamp(known, 0, 1)),3:0} % " : "";
        int room = width - share.Length - text.Length - 1;
        if (Fraction is not { } fraction) return text.Length <= width ? text : null;
        if (room < (isNeeded ? Shortest : -1)) return null;
        if (!isNeeded) return share + text;
        int length = Math.Min(Longest, room), full = (int)(length * Math.Clamp(fraction, 0, 1));
        return $"{new string('█', full)}{new string('░', length - full)} {share}{text}";
    }
}
