using RankCollapse.Runs;
using RankCollapse.Theory.Forecasts;

namespace RankCollapse.Reporting.Reports;

/// <summary>A run among those that are compared.</summary>
/// <param name="Name">What it is called, different from the others.</param>
/// <param name="Run">The run.</param>
/// <param name="Forecast">The forecast of its centroid problem; null where there is none.</param>
/// <param name="Known">The lowest network that is known without its training; null where there is none.</param>
public sealed record ComparedRun(string Name, Run Run, Forecast? Forecast, ForecastCandidate? Known = null)
{
    /// <summary>The least objective that is known, by the forecast's candidates or by training; null where there are no candidates.</summary>
    public double? LeastKnown => Known is null ? null : Math.Min(Known.Objective, Run.Summary.Objective);

    /// <summary>The settings that differ, each with its values in the order of the runs.</summary>
    /// <param name="runs">The runs.</param>
    public static IReadOnlyList<(Setting Setting, IReadOnlyList<string> Values)> Differences(IReadOnlyList<ComparedRun> runs)
    {
        ArgumentNullException.ThrowIfNull(runs);
        var differing = new List<(Setting, IReadOnlyList<string>)>();
        foreach (Setting setting in RunSettings.All.Where(setting => setting.Effect != SettingEffect.Machine))
        {
            string[] values = [.. runs.Select(run => !setting.Concerns(run.Run.Configuration) ? "–"
                : setting.Get(run.Run.Configuration) is { } value ? Setting.Text(value) : "default")];
            if (values.Distinct(StringComparer.Ordinal).Count() > 1) differing.Add((setting, values));
        }
        return differing;
    }
}
