using System.Buffers;
using System.Text.Json;
using RankCollapse.Runs;

namespace RankCollapse.Sweeps.Plan;

/// <summary>Values of settings as a specification has them.</summary>
internal static class SettingValues
{
    /// <summary>What stands for the value of a setting that does not concern a trial.</summary>
    public static JsonElement None { get; } = JsonDocument.Parse("null").RootElement;

    /// <summary>A value as JSON.</summary>
    public static JsonElement Of(object? value)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer)) Setting.Write(writer, value);
        return JsonDocument.Parse(buffer.WrittenMemory).RootElement;
    }

    /// <summary>A number as a value, rounded where it must be whole.</summary>
    public static JsonElement Of(Setting setting, double number) =>
        setting.IsWhole ? JsonSerializer.SerializeToElement((long)Math.Round(number)) : JsonSerializer.SerializeToElement(number);
}
