using RankCollapse.Formats;
using RankCollapse.Networks;
using RankCollapse.Runs;

namespace RankCollapse.Cli.Commands;

/// <summary>The folder of a run for which none was named: <c>runs/mnist-N200-L5-tanh-sum-1e-05-adam-3f2a</c>, equal for equal settings.</summary>
internal static class RunName
{
    /// <summary>The path, relative to the current folder.</summary>
    /// <remarks>
    /// Its last part is a hash of all settings that change the way of the training; limits and threads are left out, so that a resumed run has the same name.
    /// </remarks>
    public static string For(RunConfiguration configuration)
    {
        byte[] way = configuration.ToJson(setting => setting.Effect == SettingEffect.Result && setting.Concerns(configuration));
        string hash = Sha256.Hex(way)[..4];
        string data = Path.GetFileName(configuration.Data);
        int end = data.IndexOf('.', StringComparison.Ordinal);
        string[] parts =
        [
            Safe(end > 0 ? data[..end] : data), $"N{configuration.Samples}",
                $"{(configuration.Architecture == Architecture.Residual ? "residual-" : "")}L{configuration.Depth}",
            Safe(configuration.Activation), EnumNames.Of(configuration.Convention), FormattableString.Invariant($"{configuration.Lambda:0e-0}"),
                configuration.Solver, hash,
        ];
        return Path.Combine("runs", string.Join('-', parts));
    }

    private static string Safe(string text)
    {
        const int Longest = 40;
        string kept = string.Concat(text.Where(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-'));
        return kept.Length == 0 ? "data" : kept[..Math.Min(Longest, kept.Length)];
    }
}
