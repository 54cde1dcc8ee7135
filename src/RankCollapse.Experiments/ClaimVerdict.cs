using System.Text.Json.Serialization;
using RankCollapse.Reporting.Text;

namespace RankCollapse.Experiments;

/// <summary>How a measured number is held against a threshold.</summary>
public enum Comparison
{
    /// <summary>Measured ≤ threshold.</summary>
    AtMost,

    /// <summary>Measured ≥ threshold.</summary>
    AtLeast,
}

/// <summary>What became of a claim.</summary>
public enum VerdictOutcome
{
    /// <summary>The criterion holds in the setting that the paper states.</summary>
    Reproduced,

    /// <summary>It fails there, and holds under a condition that the paper does not state.</summary>
    ReproducedUnder,

    /// <summary>It does not hold.</summary>
    NotReproduced,
}

/// <summary>A number with its criterion.</summary>
/// <param name="Quantity">What was measured, with symbol and unit.</param>
/// <param name="Value">The number; NaN when it could not be measured.</param>
/// <param name="Comparison">On which side of the threshold it should lie.</param>
/// <param name="Threshold">The threshold.</param>
public sealed record Measurement(string Quantity, double Value, Comparison Comparison, double Threshold)
{
    /// <summary>Whether the criterion holds; never for NaN.</summary>
    public bool Holds => Comparison == Comparison.AtMost ? Value <= Threshold : Value >= Threshold;
}

/// <summary>A claim of the paper, its numeric criterion and what became of it.</summary>
public sealed record ClaimVerdict
{
    /// <summary>The claim, in our words.</summary>
    public required string Claim { get; init; }

    /// <summary>The criterion in the paper's own setting.</summary>
    public required Measurement AsStated { get; init; }

    /// <summary>The condition under which <see cref="UnderCondition"/> was measured, as the end of "reproduced under …"; null where there is none.</summary>
    public string? Condition { get; init; }

    /// <summary>The criterion under the condition.</summary>
    public Measurement? UnderCondition { get; init; }

    /// <summary>What explains the outcome, in a sentence or two; null where the numbers say all.</summary>
    public string? Explanation { get; init; }

    /// <summary>What became of the claim: follows from the measurements alone.</summary>
    public VerdictOutcome Outcome =>
        AsStated.Holds ? VerdictOutcome.Reproduced
        : Condition is not null && UnderCondition is { Holds: true } ? VerdictOutcome.ReproducedUnder
        : VerdictOutcome.NotReproduced;

    /// <summary>What became of claims, in a sentence each with the number that decided, for readers who cannot see the picture.</summary>
    internal static string Findings(IEnumerable<ClaimVerdict> verdicts) => string.Join(" ", verdicts.Select(verdict =>
    {
        Measurement decided = verdict.Outcome == VerdictOutcome.ReproducedUnder ? verdict.UnderCondition! : verdict.AsStated;
        string measured = double.IsFinite(decided.Value) ? $" ({decided.Quantity}: {NumberText.Short(decided.Value)})" : "";
        return $"{char.ToUpperInvariant(verdict.InWords[0])}{verdict.InWords[1..]}: {verdict.Claim.TrimEnd('.')}{measured}.";
    }));

    /// <summary>The outcome in words: reproduced, reproduced under …, not reproduced.</summary>
    [JsonIgnore]
    public string InWords => Outcome switch
    {
        VerdictOutcome.Reproduced => "reproduced",
        VerdictOutcome.ReproducedUnder => $"reproduced under {Condition}",
        _ => "not reproduced",
    };
}
