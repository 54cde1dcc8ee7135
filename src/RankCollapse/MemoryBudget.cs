namespace RankCollapse;

/// <summary>Refuses requests that would exhaust the memory before anything is allocated for them.</summary>
public static class MemoryBudget
{
    private static readonly long Half = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 2;
    private static readonly AsyncLocal<long?> Given = new();

    /// <summary>The most bytes that something may need: what a front end said, or half of what the machine, or the container, offers to this process.</summary>
    public static long Bytes => Given.Value ?? Half;

    /// <summary>Says how much something may need in this and later calls; null for the machine's half.</summary>
    public static void Use(long? bytes) => Given.Value = bytes;

    /// <summary>Requires that something fits into memory.</summary>
    /// <param name="bytes">The bytes needed; +∞ for more than can be said.</param>
    /// <param name="what">What needs them; begins the error's sentence.</param>
    /// <param name="advice">What to do; ends the sentence.</param>
    /// <exception cref="InvalidInputException">More than <see cref="Bytes"/> are needed.</exception>
    public static void Require(double bytes, string what, string advice)
    {
        if (double.IsPositiveInfinity(bytes)) throw new InvalidInputException($"{what} would need more than {InWords(Bytes)} of memory; {advice}.");
        if (bytes > Bytes)
            throw new InvalidInputException($"{what} would need {InWords(bytes)} of memory, expected at most {InWords(Bytes)}; "
                + (advice.EndsWith('?') ? advice : $"{advice}."));
    }

    private static string InWords(double bytes) => bytes switch
    {
        < 1e6 => $"{bytes:0} bytes",
        < 1e9 => $"{bytes / 1e6:0.0} MB",
        _ => $"{bytes / 1e9:0.0} GB",
    };
}
