using System.Buffers;
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
        JsonElement[] defaults = [.. varied.Select(one => SettingValues.Of(one.Setting, one.Setting.Get(shared)))];
        List<JsonElement[]> rows = block.Expand(all);
        var concerned = new bool[all.Length];

        var ids = new HashSet<string>();
        var buffer = new ArrayBufferWriter<byte>(1 << 20);
        using var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true });
        writer.WriteStartArray();
        var cost = new TrialCost(data);
        for (int i = 0; i < rows.Count; i++)
        {
            JsonElement[] values = [.. varied.Select((one, k) => ValueOf(rows[i][one.Place], one.Setting, defaults[k], data))];
            RunConfiguration given = template.Fill(values);
            AtTrial(given.Validate, file, i, names, values);
            RunConfiguration configuration = TrialIdentity.Resolve(given);
            for (int k = 0; k < all.Length; k++) concerned[k] |= rows[i][k].ValueKind != JsonValueKind.Undefined && named[k].Concerns(configuration);
            for (int k = 0; k < values.Length; k++)
            {
                if (!varied[k].Setting.Concerns(configuration)) values[k] = SettingValues.None;
            }
            string id = TrialIdentity.Of(configuration, data.HashOf(configuration.Data));
            if (!ids.Add(id)) continue;
            AtTrial(() => cost.Add(configuration, file), file, i, names, values);
            writer.WriteStartArray();
            writer.WriteStringValue(id);
            foreach (JsonElement value in values) value.WriteTo(writer);
            writer.WriteEndArray();
        }
        writer.WriteEndArray();
        writer.Flush();
        if (ids.Count == 0) throw new InvalidInputException($"{file} excludes all of its {block.CountBeforeExclusions():0} trials; leave out an exclusion.");
        if (Array.IndexOf(concerned, value: false) is >= 0 and var idle)
            throw new InvalidInputException($"{file} gives {named[idle].JsonName}, which has an effect with {named[idle].Scope?.Words()} only, and none of its trials has that; leave it out.");
        int specified = (int)block.CountBeforeExclusions();
        JsonElement trials = JsonDocument.Parse(buffer.WrittenMemory).RootElement;
        var plan = new SweepPlan(name, limits, cost.Needs, template, [.. trials.EnumerateArray().Select((row, i) => new Trial(template, row, i, row[0].GetString()!))], data.Hashes);
        return new PlannedSweep(plan, specified, specified - rows.Count, rows.Count - ids.Count);
    }

    private static RunConfiguration SharedSettings(SpecificationBlock block, TrialData data)
    {
        var shared = new RunConfiguration();
        foreach ((string name, JsonElement value) in block.Fixed)
        {
            Setting setting = RunSettings.Find(name, block.Place);
            shared = setting.With(shared, setting.Read(value, block.Place));
        }
        return shared with { Data = data.PathOf(shared.Data) };
    }

    private static JsonElement ValueOf(JsonElement given, Setting setting, JsonElement fallback, TrialData data)
    {
        if (given.ValueKind == JsonValueKind.Undefined) return fallback;
        return setting == RunSettings.Of(nameof(RunConfiguration.Data)) ? data.PathOf(given) : given;
    }

    /// <summary>Does something with a trial; what is wrong with it is said with the trial's number and settings.</summary>
    private static void AtTrial(Action action, string file, int number, string[] names, JsonElement[] values)
    {
        try
        {
            action();
        }
        catch (InvalidInputException e) when (!e.Message.StartsWith(file, StringComparison.Ordinal))
        {
            string settings = string.Join(", ", names.Zip(values, (name, value) => $"{name} {value.GetRawText()}"));
            throw new InvalidInputException($"{file}: trial {number + 1}{(settings.Length > 0 ? $" ({ErrorText.Printable(settings)})" : "")}: {e.Message}", e);
        }
    }
}
