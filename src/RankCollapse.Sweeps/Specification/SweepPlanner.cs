using System.Buffers;
using System.Text.Json;
using RankCollapse.Runs;
using RankCollapse.Sweeps.Plan;

namespace RankCollapse.Sweeps.Specification;

/// <summary>Turns a block into the resolved trials of a plan.</summary>
internal static class SweepPlanner
{
    private const string DataName = "data";

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
        using JsonDocument defaults = JsonDocument.Parse(shared.ToJson());
        List<JsonElement[]> rows = block.Expand([.. block.AllNames]);
        int[] places = [.. names.Select(one => block.AllNames.ToList().IndexOf(one))];

        var ids = new HashSet<string>();
        var buffer = new ArrayBufferWriter<byte>(1 << 20);
        using var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true });
        writer.WriteStartArray();
        var cost = new TrialCost(data);
        for (int i = 0; i < rows.Count; i++)
        {
            JsonElement[] values = [.. places.Select((place, k) => ValueOf(rows[i][place], names[k], defaults.RootElement, data))];
            RunConfiguration configuration = TrialIdentity.Resolve(template.Fill(values));
            AtTrial(configuration.Validate, file, i, names, values);
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
        int specified = (int)block.CountBeforeExclusions();
        JsonElement trials = JsonDocument.Parse(buffer.WrittenMemory).RootElement;
        var plan = new SweepPlan(name, limits, cost.Needs, template, [.. trials.EnumerateArray().Select((row, i) => new Trial(template, row, i, row[0].GetString()!))], data.Hashes);
        return new PlannedSweep(plan, specified, specified - rows.Count, rows.Count - ids.Count);
    }

    private static RunConfiguration SharedSettings(SpecificationBlock block, TrialData data)
    {
        if (block.Fixed.Count == 0) return new RunConfiguration();
        RunConfiguration shared = RunConfiguration.FromJson(JsonSerializer.SerializeToUtf8Bytes(block.Fixed, SpecificationJson.Default.DictionaryStringJsonElement), block.Place);
        return shared with { Data = data.PathOf(shared.Data) };
    }

    private static JsonElement ValueOf(JsonElement given, string name, JsonElement defaults, TrialData data)
    {
        if (given.ValueKind == JsonValueKind.Undefined) return defaults.GetProperty(name);
        return name == DataName ? data.PathOf(given) : given;
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
