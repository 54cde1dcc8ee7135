using System.Diagnostics;

namespace RankCollapse.Sweeps.Work;

/// <summary>Waits while nothing can be written, because a full disk is not the trial's fault: what was computed is kept until there is space.</summary>
internal sealed class Patience(double seconds, Action<string> warn, CancellationToken cancellation)
{
    private const double FirstPause = 0.1;
    private const double LongestPause = 5;

    /// <summary>Whether something waits at the moment.</summary>
    public bool IsWaiting { get; private set; }

    /// <summary>Does what writes, again and again until it succeeds.</summary>
    /// <exception cref="ComputationFailedException">It did not succeed for the time given.</exception>
    /// <exception cref="OperationCanceledException">It did not succeed before a request to stop.</exception>
    public T Until<T>(Func<T> write)
    {
        long started = Stopwatch.GetTimestamp();
        for (double pause = FirstPause; ; pause = Math.Min(2 * pause, LongestPause))
        {
            try
            {
                T result = write();
                IsWaiting = false;
                return result;
            }
            catch (Exception e) when (IsAboutStorage(e))
            {
                if (!IsWaiting) warn($"Nothing can be written: {e.Message.ReplaceLineEndings(" ").TrimEnd('.')}; waiting for space.");
                IsWaiting = true;
                if (Stopwatch.GetElapsedTime(started).TotalSeconds > seconds)
                    throw new ComputationFailedException($"Nothing could be written for {seconds:0} s: {e.Message.ReplaceLineEndings(" ").TrimEnd('.')}; "
                        + "free some space and resume the sweep.", e);
                cancellation.WaitHandle.WaitOne(TimeSpan.FromSeconds(pause));
                cancellation.ThrowIfCancellationRequested();
            }
        }
    }

    /// <summary>Does what writes, again and again until it succeeds.</summary>
    public void Until(Action write) => Until(() =>
    {
        write();
        return true;
    });

    /// <summary>Whether an error says that something could not be written or read.</summary>
    public static bool IsAboutStorage(Exception e) =>
        e is IOException or UnauthorizedAccessException || (e is InvalidInputException && e.InnerException is IOException or UnauthorizedAccessException);
}
