namespace RankCollapse;

/// <summary>The request to stop, known wherever something may take long: reading, measuring, running models.</summary>
/// <remarks>
/// A front end says once what stops its work (<see cref="Use"/>). What reads files asks at every block. What would lose something if the program ended at once
/// says so (<see cref="Saving"/>), and stops by itself; everything else may be ended by the front end when it does not stop in time.
/// </remarks>
public static class Cancellation
{
    private static readonly AsyncLocal<CancellationToken> Ambient = new();
    private static int _saving;

    /// <summary>What stops the work at hand; nothing, where no front end said so.</summary>
    public static CancellationToken Current => Ambient.Value;

    /// <summary>Whether something of this process would be lost if it ended now.</summary>
    public static bool IsSaving => Volatile.Read(ref _saving) > 0;

    /// <summary>What a front end does when work that nothing can end is long overdue; null where it is waited for.</summary>
    public static Action<InvalidInputException>? WhenOverdue { get; set; }

    /// <summary>Says what stops the work that this and later calls begin, until the result is disposed.</summary>
    public static IDisposable Use(CancellationToken token)
    {
        CancellationToken before = Ambient.Value;
        Ambient.Value = token;
        return new Scope(() => Ambient.Value = before);
    }

    /// <summary>Says that something is worth saving until the result is disposed: the work stops by itself, with all of it written.</summary>
    public static IDisposable Saving()
    {
        var scope = new SavingScope();
        scope.Begin();
        return scope;
    }

    /// <summary>Stops where that was asked for.</summary>
    /// <exception cref="OperationCanceledException">It was.</exception>
    public static void ThrowIfRequested() => Ambient.Value.ThrowIfCancellationRequested();

    /// <summary>A part of the work that stops by itself, and says when there is something to lose.</summary>
    internal sealed class SavingScope : IDisposable
    {
        // It asks its own token where it can stop; being stopped within a file would lose what it has.
        private readonly IDisposable _use = Use(CancellationToken.None);
        private bool _hasBegun;

        /// <summary>From here something would be lost.</summary>
        public void Begin()
        {
            if (_hasBegun) return;
            _hasBegun = true;
            Interlocked.Increment(ref _saving);
        }

        /// <summary>All is on the disk: the program may end.</summary>
        public void End()
        {
            if (!_hasBegun) return;
            _hasBegun = false;
            Interlocked.Decrement(ref _saving);
        }

        public void Dispose()
        {
            End();
            _use.Dispose();
        }
    }

    private sealed class Scope(Action end) : IDisposable
    {
        private Action? _end = end;

        public void Dispose() => Interlocked.Exchange(ref _end, null)?.Invoke();
    }
}
