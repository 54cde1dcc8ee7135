namespace RankCollapse.Cli.Output;

/// <summary>How the command ends.</summary>
internal static class ExitCode
{
    /// <summary>What was asked is done.</summary>
    public const int Done = 0;

    /// <summary>The computation did not reach what was asked: not converged, stalled, no minimum, diverged, cancelled.</summary>
    public const int NotReached = 1;

    /// <summary>Nobody reads standard output any more: 128 and the number of SIGPIPE, as a shell says of programs that it ended.</summary>
    public const int PipeClosed = 141;

    /// <summary>The input cannot be used; nothing was done.</summary>
    public const int BadInput = 2;
}
