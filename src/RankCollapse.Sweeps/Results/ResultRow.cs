using System.Text.Json;
using RankCollapse.Formats;
using RankCollapse.Runs;
using RankCollapse.Sweeps.Storage;

namespace RankCollapse.Sweeps.Results;

/// <summary>What a run's files say, as the values of a row of <c>runs</c> and of its rows of <c>layers</c>.</summary>
internal sealed class ResultRow
{
    private const long LargestFile = 1L << 28;

    private readonly ResultColumns _columns = ResultColumns.Current;

    private ResultRow(ResultSource source)
    {
        Source = source;
        State = source.State ?? ResultSource.Unfinished;
        Reason = source.Reason;
        Settings = new object?[_columns.Settings.Count];
        Summary = new object?[_columns.Summary.Count];
    }

    /// <summary>Where the row comes from.</summary>
    public ResultSource Source { get; }

    /// <summary>The run's state.</summary>
    public string State { get; private set; }

    /// <summary>Why there are no results; null where there are, or where they are still to come.</summary>
    public string? Reason { get; private set; }

    /// <summary>The values of <see cref="ResultColumn.Settings"/>.</summary>
    public object?[] Settings { get; }

    /// <summary>The values of <see cref="ResultColumn.Summary"/>; all null while there are none.</summary>
    public object?[] Summary { get; }

    /// <summary>For each layer the values of <see cref="ResultColumn.Layer"/>.</summary>
    public IReadOnlyList<object?[]> Layers { get; private set; } = [];

    /// <summary>
    /// Reads a run's <c>config.json</c> and <c>summary.json</c>, those of a trial against their checksums; what is damaged becomes the row's reason.
    /// </summary>
    /// <param name="source">The run.</param>
    /// <param name="withLayers">Whether layers are read.</param>
    /// <param name="withSpectra">Whether lists of numbers in layers are kept.</param>
    public static ResultRow Read(ResultSource source, bool withLayers, bool withSpectra = true)
    {
        var row = new ResultRow(source);
        try
        {
            if (source.Folder is { } folder) row.ReadFolder(folder, withLayers, withSpectra);
            else if (source.Trial is { } trial) Fill(row.Settings, row._columns.SettingsByName, trial.Configuration.ToJson());
        }
        catch (Exception e) when (e is InvalidInputException or JsonException or InvalidOperationException or IOException or UnauthorizedAccessException)
        {
            row.State = ResultSource.Damaged;
            row.Reason = $"{source.Folder}: {ErrorText.Printable(e.Message)}";
            row.Layers = [];
            Array.Clear(row.Summary);
        }
        return row;
    }

    /// <summary>The row of a run whose files are not read.</summary>
    public static ResultRow Unread(ResultSource source, string reason) => new(source) { State = ResultSource.Damaged, Reason = reason };

    private void ReadFolder(string folder, bool withLayers, bool withSpectra)
    {
        if (Source.Trial is null) RunFolder.Open(folder).Verify();
        ResultManifest? manifest = Source.Trial is null ? null : ResultFiles.ReadManifest(Path.Combine(folder, ResultFiles.ManifestName));
        Reason ??= manifest?.Reason;
        Fill(Settings, _columns.SettingsByName, OfEffect(ReadFile(folder, ResultFiles.ConfigurationName, manifest)));
        if (manifest is null && !File.Exists(Path.Combine(folder, ResultFiles.SummaryName))) return;
        using var document = JsonDocument.Parse(ReadFile(folder, ResultFiles.SummaryName, manifest));
        Fill(Summary, _columns.SummaryByName, document.RootElement);
        State = Source.State ?? ResultSource.Done;
        if (withLayers && document.RootElement.TryGetProperty("layers", out JsonElement layers))
            Layers = [.. layers.EnumerateArray().Select(layer => Layer(layer, withSpectra))];
    }

    /// <summary>The settings without those that have no effect, which version 0.1.0 wrote too; as they are where they are of another version.</summary>
    private static byte[] OfEffect(byte[] settings)
    {
        try
        {
            return RunConfiguration.FromJson(settings, ResultFiles.ConfigurationName).ToJson();
        }
        catch (InvalidInputException)
        {
            return settings;
        }
    }

    private static byte[] ReadFile(string folder, string name, ResultManifest? manifest)
    {
        string path = Path.Combine(folder, name);
        byte[] content = InputFile.ReadJson(path, LargestFile);
        if (manifest is not null
            && (!manifest.Files.TryGetValue(name, out ResultFile? expected) || Sha256.Hex(content) != expected.Sha256))
            throw new InvalidInputException($"{path} does not have the content that {ResultFiles.ManifestName} says; run the sweep again to replace it.");
        return content;
    }

    private object?[] Layer(JsonElement layer, bool withSpectra)
    {
        var values = new object?[_columns.Layer.Count];
        Fill(values, _columns.LayerByName, layer);
        for (int i = 0; i < values.Length && !withSpectra; i++)
        {
            if (values[i] is System.Collections.IList) values[i] = null;
        }
        return values;
    }

    private static void Fill(object?[] values, ILookup<string, (int Index, ResultColumn Column)> columns, byte[] json)
    {
        using var document = JsonDocument.Parse(json);
        Fill(values, columns, document.RootElement);
    }

    private static void Fill(object?[] values, ILookup<string, (int Index, ResultColumn Column)> columns, JsonElement element)
    {
        foreach (JsonProperty property in element.EnumerateObject())
        {
            foreach ((int index, ResultColumn column) in columns[property.Name]) values[index] = column.Read(property.Value);
        }
    }
}
