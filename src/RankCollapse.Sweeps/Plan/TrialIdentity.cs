using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using RankCollapse.Runs;
using RankCollapse.Training;

namespace RankCollapse.Sweeps.Plan;

/// <summary>What makes two trials the same: every setting that the result depends on, the content of its data file, and the version of results.</summary>
public static class TrialIdentity
{
    /// <summary>The version of results, <see cref="TrainingRun.ResultVersion"/>.</summary>
    public const int ResultVersion = TrainingRun.ResultVersion;

    private const int IdBytes = 10;

    private static readonly SearchValues<char> Hexadecimal = SearchValues.Create("0123456789abcdef");

    /// <summary>The trial's identity: the first 80 bits of a SHA-256, in hexadecimal.</summary>
    /// <param name="configuration">Settings that <see cref="Resolve"/> gave.</param>
    /// <param name="dataHash">The hash of the content where <see cref="RunConfiguration.Data"/> is a file, so that its path does not count; null for a built-in set.</param>
    /// <remarks>Threads, the spacing of checkpoints and the program's version do not count: the result does not depend on them.</remarks>
    public static string Of(RunConfiguration configuration, string? dataHash = null)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        RunConfiguration plain = configuration with
        {
            Version = $"results-{ResultVersion}",
            Threads = null,
            CheckpointSeconds = 1,
            Data = dataHash is null ? configuration.Data : $"sha256:{dataHash}",
        };
        byte[] canonical = JsonSerializer.SerializeToUtf8Bytes(plain, CanonicalJson.Default.RunConfiguration);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(canonical, hash);
        return Convert.ToHexStringLower(hash[..IdBytes]);
    }

    /// <summary>The settings with the defaults filled in that depend on other settings, but not on the data or the machine; one thread unless more are asked for.</summary>
    public static RunConfiguration Resolve(RunConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        return configuration with
        {
            Version = null,
            LambdaFeatures = configuration.LambdaFeatures ?? configuration.Lambda,
            LearningRate = configuration.ToSolverSettings().EffectiveLearningRate,
            Threads = configuration.Threads ?? 1,
        };
    }

    /// <summary>Whether a text is an identity, and so safe as a file's name.</summary>
    public static bool IsId(ReadOnlySpan<char> text) => text.Length == 2 * IdBytes && !text.ContainsAnyExcept(Hexadecimal);
}

/// <summary>Settings as the bytes that are hashed: one line, without what is null, so that a later setting that is off does not change identities.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RunConfiguration))]
internal sealed partial class CanonicalJson : JsonSerializerContext;
