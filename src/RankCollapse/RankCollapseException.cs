namespace RankCollapse;

/// <summary>The base of every error that RankCollapse raises on purpose; its message is one line for the user.</summary>
public abstract class RankCollapseException : Exception
{
    /// <summary>Creates the error.</summary>
    /// <param name="message">What was found, what was expected and what to do; line ends and what steers a terminal are taken out.</param>
    /// <param name="innerException">The cause, where there is one.</param>
    protected RankCollapseException(string message, Exception? innerException = null)
        : base(ErrorText.Line(message), innerException)
    {
    }

    /// <summary>The settings that the message names, as in <see cref="Advice.Settings"/>; a front end may spell them as its own options.</summary>
    public IReadOnlyList<string> Settings { get; init; } = [];
}

/// <summary>Input that cannot be used: a setting, a file, a shape. The command ends with exit code 2.</summary>
public sealed class InvalidInputException : RankCollapseException
{
    /// <summary>Creates the error.</summary>
    /// <param name="message">What was found, what was expected and what to do.</param>
    /// <param name="innerException">The cause, where there is one.</param>
    public InvalidInputException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}

/// <summary>Operands whose sizes do not fit together; the message names both.</summary>
public sealed class ShapeMismatchException : RankCollapseException
{
    /// <summary>Creates the error.</summary>
    /// <param name="message">Both sizes, and where they met.</param>
    public ShapeMismatchException(string message)
        : base(message)
    {
    }
}

/// <summary>A computation that did not reach what was asked. The command ends with exit code 1.</summary>
public sealed class ComputationFailedException : RankCollapseException
{
    /// <summary>Creates the error.</summary>
    /// <param name="message">What failed, where, and what may help.</param>
    /// <param name="innerException">The cause, where there is one.</param>
    public ComputationFailedException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}

/// <summary>Standard output that cannot be written. The command ends with exit code 1, or as if by SIGPIPE where its reader has gone.</summary>
public sealed class StandardOutputException : RankCollapseException
{
    /// <summary>Creates the error.</summary>
    /// <param name="message">What failed.</param>
    /// <param name="isClosed">Whether nobody reads any more.</param>
    public StandardOutputException(string message, bool isClosed)
        : base(message) => IsClosed = isClosed;

    /// <summary>Whether it is a pipe whose reader has gone, as with <c>| head</c>.</summary>
    public bool IsClosed { get; }
}
