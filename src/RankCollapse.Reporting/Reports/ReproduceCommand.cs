using RankCollapse.Runs;

namespace RankCollapse.Reporting.Reports;

/// <summary>A run's configuration as named settings and as the command that repeats it.</summary>
public static class ReproduceCommand
{
    /// <summary>The version and every setting that has an effect, with their values.</summary>
    public static IEnumerable<(string Name, string Value)> Settings(RunConfiguration configuration) =>
    [
        ("version", configuration.Version ?? "unknown"),
        .. RunSettings.All.Where(setting => setting.Concerns(configuration))
            .Select(setting => (setting.JsonName, setting.Get(configuration) is { } value ? Setting.Text(value) : "default")),
    ];

    /// <summary>The command line, option by option; settings that are at their default or have no effect are left out, the seeds never are.</summary>
    public static IReadOnlyList<string> For(RunConfiguration configuration)
    {
        Setting[] seeds = [RunSettings.Of(nameof(RunConfiguration.Seed)), RunSettings.Of(nameof(RunConfiguration.DataSeed))];
        var words = new List<string> { "rankcollapse train" };
        foreach (Setting setting in RunSettings.All.Where(setting => setting.Concerns(configuration)))
        {
            object? value = setting.Get(configuration);
            if (value is null || (!seeds.Contains(setting) && Setting.AreEqual(value, setting.DefaultFor(configuration)))) continue;
            words.Add(setting.ValueName is null ? $"--{setting.Name}" : $"--{setting.Name} {Quote(Setting.Text(value))}");
        }
        return words;
    }

    private static string Quote(string text) =>
        text.Length > 0 && text.All(c => char.IsAsciiLetterOrDigit(c) || "-_./,+:=@%".Contains(c))
            ? text
            : "'" + text.Replace("'", "'\\''") + "'";
}
