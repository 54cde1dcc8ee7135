using System.Buffers;
using System.Text.Json;
using RankCollapse.Runs;

namespace RankCollapse.Sweeps.Plan;

/// <summary>Makes a plan of trials, each of which is resolved and checked.</summary>
/// <param name="template">What trials share, and the names of what varies.</param>
/// <param name="data">The data sets of the trials.</param>
/// <param name="file">The specification that they come from, for errors; null where a program has made them up.</param>
internal sealed class PlanBuilder(SettingsTemplate template, TrialData data, string? file = null) : IDisposable
{
    private readonly HashSet<string> _ids = [];
    private readonly ArrayBufferWriter<byte> _rows = new(1 << 20);
    private readonly TrialCost _cost = new(data);
    private Utf8JsonWriter? _writer;
    private int _added;

    /// <summary>The trials so far; one that is equal to another counts once.</summary>
    public int Count => _ids.Count;

    /// <summary>Adds a trial, unless it is there already.</summary>
    /// <param name="values">The values of what varies; those without an effect on the trial become null.</param>
    /// <returns>The trial's settings.</returns>
    /// <exception cref="InvalidInputException">Its settings or data cannot be used; the message names it.</exception>
    public RunConfiguration Add(JsonElement[] values)
    {
        if (_writer is null)
        {
            _writer = new Utf8JsonWriter(_rows, new JsonWriterOptions { SkipValidation = true });
            _writer.WriteStartArray();
        }
        _added++;
        RunConfiguration given = template.Fill(values);
        AtTrial(given.Validate, values);
        RunConfiguration configuration = TrialIdentity.Resolve(given);
        for (int k = 0; k < values.Length; k++)
        {
            if (!template.Varied[k].Concerns(configuration)) values[k] = SettingValues.None;
        }
        string id = TrialIdentity.Of(configuration, data.HashOf(configuration.Data));
        if (!_ids.Add(id)) return configuration;
        AtTrial(() => _cost.Add(configuration, file), values);
        _writer.WriteStartArray();
        _writer.WriteStringValue(id);
        foreach (JsonElement value in values) value.WriteTo(_writer);
        _writer.WriteEndArray();
        return configuration;
    }

    /// <summary>The plan of all that were added.</summary>
    public SweepPlan ToPlan(string name, SweepLimits limits)
    {
        _writer!.WriteEndArray();
        _writer.Flush();
        JsonElement rows = JsonDocument.Parse(_rows.WrittenMemory).RootElement;
        return new SweepPlan(
            name, limits, _cost.Needs, template, [.. rows.EnumerateArray().Select((row, i) => new Trial(template, row, i, row[0].GetString()!))], data.Hashes);
    }

    /// <inheritdoc/>
    public void Dispose() => _writer?.Dispose();

    /// <summary>Does something with a trial; what is wrong with it is said with the trial's number and settings.</summary>
    private void AtTrial(Action action, JsonElement[] values)
    {
        try
        {
            action();
        }
        catch (InvalidInputException e) when (file is not null && !e.Message.StartsWith(file, StringComparison.Ordinal))
        {
            string settings = string.Join(", ", template.Names.Zip(values, (name, value) => $"{name} {value.GetRawText()}"));
            throw new InvalidInputException($"{file}: trial {_added}{(settings.Length > 0 ? $" ({ErrorText.Printable(settings)})" : "")}: {e.Message}", e);
        }
    }
}
