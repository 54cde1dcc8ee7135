using RankCollapse.Sweeps.Storage;

namespace RankCollapse.Sweeps.Engines.Local;

/// <summary>How trials run on this machine.</summary>
public sealed record LocalEngineOptions
{
    /// <summary>The command that runs this program, such as <c>dotnet RankCollapse.Cli.dll</c>; arguments are added to it.</summary>
    public required IReadOnlyList<string> Command { get; init; }

    /// <summary>Worker processes; null takes as many as cores and memory allow.</summary>
    public int? Workers { get; init; }

    /// <summary>The seconds that workers wait for space on a full disk.</summary>
    public double PatienceSeconds { get; init; } = 600;

    /// <summary>Called now and then with the state of all trials.</summary>
    public Action<SweepStatus>? Progress { get; init; }

    /// <summary>Called with a sentence about what is odd.</summary>
    public Action<string>? Warning { get; init; }
}
