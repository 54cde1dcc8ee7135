namespace RankCollapse.Theory.Forecasts;

/// <summary>A network whose objective is known without training. The objective's minimum is not above it; which one is the lowest, no theorem says.</summary>
/// <param name="Source">Where it comes from, such as <c>centroid problem from the recursion</c>.</param>
/// <param name="Objective">J of the full problem at the network.</param>
/// <param name="Ranks">The ranks of Z^1 … Z^L.</param>
public sealed record ForecastCandidate(string Source, double Objective, IReadOnlyList<int> Ranks)
{
    /// <summary>Objectives that differ by less than this part differ by rounding.</summary>
    public const double Rounding = 1e-10;

    /// <summary>Ends whose objectives differ by less than this part are one: what the solver's tolerance leaves open.</summary>
    internal const double Same = 1e-4;

    /// <summary>Candidates from the lowest to the highest, each once.</summary>
    internal static IReadOnlyList<ForecastCandidate> Order(IEnumerable<ForecastCandidate> candidates)
    {
        var kept = new List<ForecastCandidate>();
        foreach (ForecastCandidate one in candidates)
        {
            if (!kept.Any(other => other.Ranks.SequenceEqual(one.Ranks) && Math.Abs(other.Objective - one.Objective) <= Same * other.Objective)) kept.Add(one);
        }
        return [.. kept.OrderBy(one => one.Objective)];
    }
}
