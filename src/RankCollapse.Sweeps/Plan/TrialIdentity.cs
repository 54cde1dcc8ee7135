using System.Buffers;
using System.Text.Json;
using RankCollapse.Formats;
using RankCollapse.Runs;

namespace RankCollapse.Sweeps.Plan;

/// <summary>What makes two trials the same: every setting that has an effect on the result, the content of its data file, and the arithmetic.</summary>
public static class TrialIdentity
{
    private const int IdBytes = 10;

    private static readonly SearchValues<char> Hexadecimal = SearchValues.Create("0123456789abcdef");

    /// <summary>The trial's identity: the first 80 bits of a SHA-256, in hexadecimal.</summary>
    /// <param name="configuration">Settings that <see cref="Resolve"/> gave.</param>
    /// <param name="dataHash">
    /// The hash of the content where <see cref="RunConfiguration.Data"/> is a file, so that its path does not count; null for a built-in set.
    /// </param>
    /// <remarks>
    /// What concerns the machine alone and the program's version do not count: the result does not depend on them.
    /// A setting that has no effect with the others counts as its default, and one that came later is left out at its default,
    /// so that identities stay what they were.
    /// </remarks>
    public static string Of(RunConfiguration configuration, string? dataHash = null) => Of(configuration, dataHash, Arithmetic.Current);

    /// <summary>The identity where results are of some arithmetic.</summary>
    internal static string Of(RunConfiguration configuration, string? dataHash, Arithmetic arithmetic)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        RunConfiguration counted = configuration with { Data = dataHash is null ? configuration.Data : $"sha256:{dataHash}" };
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("version", arithmetic.IsFused ? $"results-{arithmetic.Version}" : arithmetic.ToString());
            foreach (Setting setting in RunSettings.All.Where(setting => setting.Effect != SettingEffect.Machine))
            {
                object? value = setting.Concerns(counted) ? setting.Get(counted) : setting.DefaultFor(counted);
                if (value is null || (setting.IsLater && Setting.AreEqual(value, setting.Default))) continue;
                writer.WritePropertyName(setting.JsonName);
                Setting.Write(writer, value);
            }
            // It never counted, but was a part of what the first version hashed.
            writer.WriteNumber("checkpointSeconds", 1);
            writer.WriteEndObject();
        }
        return Sha256.Hex(buffer.WrittenSpan)[..(2 * IdBytes)];
    }

    /// <summary>
    /// The settings with the defaults filled in that depend on other settings, but not on the data or the machine, and those without effect
    /// at their defaults; one thread unless more are asked for.
    /// </summary>
    public static RunConfiguration Resolve(RunConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        return configuration.Resolve() with
        {
            Version = null,
            Arithmetic = null,
            Threads = configuration.Threads ?? 1,
        };
    }

    /// <summary>Whether a text is an identity, and so safe as a file's name.</summary>
    public static bool IsId(ReadOnlySpan<char> text) => text.Length == 2 * IdBytes && !text.ContainsAnyExcept(Hexadecimal);
}
