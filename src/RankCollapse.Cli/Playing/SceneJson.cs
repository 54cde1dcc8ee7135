using System.Text.Json;
using RankCollapse.Reporting.Pages;
using RankCollapse.Reporting.Panels;
using RankCollapse.Reporting.Reports;
using RankCollapse.Runs;
using RankCollapse.Theory.Forecasts;

namespace RankCollapse.Cli.Playing;

/// <summary>What a scene tells the page besides its frames.</summary>
internal static class SceneJson
{
    /// <summary>Where a scene stands, with its settings and its forecast.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="scene">The scene, while nothing changes.</param>
    /// <param name="saved">Where it was saved; null where it was not.</param>
    /// <param name="scenes">How many scenes there are.</param>
    public static void Write(Utf8JsonWriter writer, Scene scene, string? saved, int scenes)
    {
        writer.WriteStartObject();
        writer.WriteNumber("scenes", scenes);
        writer.WriteNumber("generation", scene.Generation);
        writer.WriteNumber("version", scene.Version);
        writer.WriteString("status", JsonNamingPolicy.CamelCase.ConvertName(scene.Status.ToString()));
        writer.WriteString("said", scene.Said);
        writer.WriteString("change", scene.Change);
        writer.WriteString("plane", scene.Plane);
        writer.WriteString("saved", saved);
        RunConfiguration configuration = scene.Configuration;
        Settings(writer, "settings", configuration);
        Settings(writer, "inForce", configuration.Resolve());
        writer.WriteStartObject("idle");
        foreach (Setting setting in Knob.First.Concat(Knob.More).Where(setting => !setting.Concerns(configuration)))
            writer.WriteString(setting.JsonName, setting.WhyIdle(configuration));
        writer.WriteEndObject();
        WriteCommand(writer, scene, saved);
        if (scene is not { Data: { } data, Camera: { } camera })
        {
            writer.WriteEndObject();
            return;
        }
        int depth = configuration.Depth;
        writer.WriteNumber("samples", data.SampleCount);
        writer.WriteNumber("classes", data.OutputDimension);
        Numbers(writer, "pointClasses", camera.PointClasses.Select(label => (double)label));
        Numbers(writer, "gramClasses", camera.GramClasses.Select(label => (double)label));
        writer.WriteStartArray("layerColours");
        foreach (int l in Enumerable.Range(1, depth))
        {
            writer.WriteStartArray();
            writer.WriteStringValue(Palette.Light(Palette.Layer(l, depth)));
            writer.WriteStringValue(Palette.Dark(Palette.Layer(l, depth)));
            writer.WriteEndArray();
        }
        writer.WriteEndArray();
        writer.WriteString("noForecast", scene.NoForecast);
        if (scene.Forecast is { } forecast) Write(writer, Best(forecast), camera.SingularValues);
        writer.WriteEndObject();
    }

    /// <summary>The command that repeats a scene; null where it began with weights that are nowhere kept.</summary>
    public static IReadOnlyList<string>? Command(Scene scene, string? saved) => scene.Leg == 0
        ? ReproduceCommand.For(scene.Configuration)
        : saved is null ? null : ReproduceCommand.For(scene.Configuration with { From = SceneSaving.FirstWeights(saved) });

    private static void Settings(Utf8JsonWriter writer, string name, RunConfiguration configuration)
    {
        writer.WriteStartObject(name);
        foreach (Setting setting in Knob.First.Concat(Knob.More)) writer.WriteString(setting.JsonName, Setting.Text(setting.Get(configuration)));
        writer.WriteEndObject();
    }

    private static void WriteCommand(Utf8JsonWriter writer, Scene scene, string? saved)
    {
        writer.WriteStartArray("command");
        foreach (string word in Command(scene, saved) ?? []) writer.WriteStringValue(word);
        writer.WriteEndArray();
    }

    /// <summary>The forecast that the trained network is held against: that of the centroid problem, which assumes least, where there is one.</summary>
    private static Forecast Best(ForecastSet set) => set.Centroids?.Forecast ?? set.Forecasts[0];

    private static void Write(Utf8JsonWriter writer, Forecast forecast, int most)
    {
        writer.WriteStartObject("forecast");
        writer.WriteString("source", forecast.Source);
        ChartJson.Number(writer, "objective", forecast.Objective);
        writer.WriteString("unmet", string.Join("; ", forecast.UnmetHypotheses));
        writer.WriteStartArray("layers");
        foreach (ForecastLayer layer in forecast.Layers)
        {
            writer.WriteStartObject();
            Numbers(writer, "features", layer.FeatureSingularValues.Take(most));
            Numbers(writer, "weights", (layer.WeightSingularValues ?? []).Take(most));
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void Numbers(Utf8JsonWriter writer, string name, IEnumerable<double> values)
    {
        writer.WriteStartArray(name);
        foreach (double value in values)
        {
            if (double.IsFinite(value)) writer.WriteNumberValue(value);
            else writer.WriteNullValue();
        }
        writer.WriteEndArray();
    }
}
