using System.Text.Json;
using RankCollapse.Data;
using RankCollapse.Runs;
using C = RankCollapse.Runs.RunConfiguration;

namespace RankCollapse.Cli.Playing;

/// <summary>The settings that the page shows as knobs; all that it says of them is from the table of settings.</summary>
internal static class Knob
{
    /// <summary>The first ones, which are always shown.</summary>
    public static IReadOnlyList<Setting> First { get; } = Of(
        nameof(C.Data), nameof(C.Samples), nameof(C.Classes), nameof(C.Depth), nameof(C.Width), nameof(C.Activation), nameof(C.Architecture), nameof(C.Loss),
        nameof(C.Lambda), nameof(C.Delta), nameof(C.LambdaFeatures), nameof(C.Solver), nameof(C.BatchSize), nameof(C.Seed));

    /// <summary>Those behind them.</summary>
    public static IReadOnlyList<Setting> More { get; } = Of(
        nameof(C.Dimension), nameof(C.Sigma), nameof(C.DataSeed), nameof(C.Bias), nameof(C.OutputActivation), nameof(C.Convention), nameof(C.Init),
        nameof(C.LearningRate), nameof(C.MaxEpochs), nameof(C.GradientTolerance));

    /// <summary>Writes what the page needs to know of the knobs.</summary>
    public static void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartArray("knobs");
        foreach (Setting setting in First.Concat(More)) Write(writer, setting, First.Contains(setting));
        writer.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter writer, Setting setting, bool isFirst)
    {
        bool isData = setting.Property == nameof(C.Data);
        // What other values it takes besides names, as an example.
        string? others = isData ? "digits.npz" : setting.Property == nameof(C.Activation) ? "tanh*2,relu" : null;
        writer.WriteStartObject();
        writer.WriteString("name", setting.JsonName);
        writer.WriteString("option", setting.Name);
        writer.WriteString("help", setting.Help);
        writer.WriteString("symbol", setting.ValueName);
        writer.WriteString("group", setting.Part.ToString());
        writer.WriteBoolean("isFirst", isFirst);
        writer.WriteBoolean("startsAnew", setting.Part is SettingPart.Data or SettingPart.Network or SettingPart.Start);
        writer.WriteString("kind", setting.Type == typeof(bool) ? "switch" : setting.IsWhole ? "whole" : setting.IsNumber ? "number" : "text");
        writer.WriteString("others", others);
        writer.WriteStartArray("names");
        // An output activation takes the names of the hidden ones.
        string property = setting.Property == nameof(C.OutputActivation) ? nameof(C.Activation) : setting.Property;
        foreach (string name in isData ? DataSource.Names : RunSettings.Of(property).Names) writer.WriteStringValue(name);
        writer.WriteEndArray();
        if (setting.Range is { } range)
        {
            writer.WriteString("range", range.InWords(setting.IsWhole || setting.IsList));
            writer.WriteNumber("least", range.Least);
            if (double.IsFinite(range.Most)) writer.WriteNumber("most", range.Most);
        }
        writer.WriteString("fallback", setting.DefaultInWords ?? Setting.Text(setting.Default));
        writer.WriteEndObject();
    }

    private static Setting[] Of(params string[] properties) => [.. properties.Select(RunSettings.Of)];
}
