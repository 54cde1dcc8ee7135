using System.Text.Json;
using RankCollapse.Runs;
using RankCollapse.Sweeps.Plan;

namespace RankCollapse.Sweeps.Specification;

/// <summary>Turns a block into the resolved trials of a plan.</summary>
internal static class SweepPlanner
{
    /// <summary>Resolves and checks every trial.</summary>
    /// <param name="file">The specification's file, for errors.</param>
    /// <param name="name">The sweep's name.</param>
    /// <param name="limits">How trials are run.</param>
    /// <param name="block">All trials.</param>
    /// <exception cref="InvalidInputException">A trial's settings cannot be used, or none is left.</exception>
    public static PlannedSweep Plan(string file, string name, SweepLimits limits, SpecificationBlock block)
    {
        // What the outermost block fixes, and no inner one changes, is shared by all; the rest varies.
        string[] inner = [.. block.Inner.SelectMany(one => one.AllNames)];
        string[] names = [.. block.VaryingNames.Concat(inner).Distinct()];
        var data = new TrialData();
        RunConfiguration shared = SharedSettings(block, data);
        var template = new SettingsTemplate(shared, names);
        string[] all = [.. block.AllNames];
        Setting[] named = [.. all.Select(one => RunSettings.Find(one, file))];
        var varied = names.Select(one => (Setting: RunSettings.Find(one, file), Place: Array.IndexOf(all, one))).ToArray();
        JsonElement[] defaults = [.. varied.Select(one => SettingValues.Of(one.Setting.Get(shared)))];
        List<JsonElement[]> rows = block.Expand(all);
        var concerned = new bool[all.Length];

        using var builder = new PlanBuilder(template, data, file);
        foreach (JsonElement[] row in rows)
        {
            RunConfiguration configuration = builder.Add([.. varied.Select((one, k) => ValueOf(row[one.Place], one.Setting, defaults[k], data))]);
            for (int k = 0; k < all.Length; k++) concerned[k] |= row[k].ValueKind != JsonValueKind.Undefined && named[k].Concerns(configuration);
        }
        if (builder.Count == 0)
            throw new InvalidInputException($"{file} excludes all of its {block.CountBeforeExclusions():0} trials; leave out an exclusion.");
        if (Array.IndexOf(concerned, value: false) is >= 0 and var idle)
            throw new InvalidInputException($"{file} gives {named[idle].JsonName}, which has an effect with {named[idle].Scope?.Words()} only, and none "
                + "of its trials has that; leave it out.");
        int specified = (int)block.CountBeforeExclusions();
        return new PlannedSweep(builder.ToPlan(name, limits), specified, specified - rows.Count, rows.Count - builder.Count);
    }

    private static RunConfiguration SharedSettings(SpecificationBlock block, TrialData data)
    {
        var shared = new RunConfiguration();
        foreach ((string name, JsonElement value) in block.Fixed)
        {
            Setting setting = RunSettings.Find(name, block.Place);
            shared = setting.With(shared, setting.Read(value, block.Place));
        }
        return shared with { Data = data.PathOf(shared.Data), TestData = shared.TestData is { } test ? data.PathOf(test) : null };
    }

    private static JsonElement ValueOf(JsonElement given, Setting setting, JsonElement fallback, TrialData data)
    {
        if (given.ValueKind == JsonValueKind.Undefined) return fallback;
        bool isPath = setting.Property is nameof(RunConfiguration.Data) or nameof(RunConfiguration.TestData) && given.ValueKind == JsonValueKind.String;
        return isPath ? data.PathOf(given) : given;
    }
}
