namespace RankCollapse.Benchmarks;

/// <summary>What must be reached, and the verdict on what was.</summary>
internal static class Goal
{
    /// <summary>Products against OpenBLAS's.</summary>
    public const double ProductRatio = 1.0;

    /// <summary>PyTorch's epoch over ours.</summary>
    public const double EpochRatio = 1.8;

    /// <summary>PyTorch's Adam epochs to J ≤ 1.35e−2.</summary>
    public const double EpochsToFirstTarget = 100;

    /// <summary>PyTorch's Adam epochs to a relative gradient of 1e−8.</summary>
    public const double EpochsToGradient = 5000;

    /// <summary>The share of the FMA peak that an epoch's products must have of its time.</summary>
    public static double EpochShare { get; } = IsZen ? 0.75 : 0.6;

    /// <summary>The share of the FMA peak of products of 200×200, asked for on Zen alone.</summary>
    public static double? ProductShare { get; } = IsZen ? 0.88 : null;

    private static bool IsZen => Processor.Name.StartsWith("AMD", StringComparison.Ordinal);

    /// <summary>met or missed, with the goal.</summary>
    public static string AtLeast(double value, double goal) => $"{(value >= goal ? "met" : "MISSED")} (≥ {goal:0.##})";

    /// <summary>met or missed, with the goal; null misses it.</summary>
    public static string AtMost(double? value, double goal) => $"{(value <= goal ? "met" : "MISSED")} (≤ {goal:N0})";
}
