using System.Diagnostics;

namespace RankCollapse.Cli.Playing;

/// <summary>Keeps what is done beside training to a share of its time.</summary>
internal sealed class TimeShare(double share)
{
    private double _spent;
    private double _seconds;

    /// <summary>Whether there is time for more.</summary>
    /// <param name="seconds">Seconds of training so far.</param>
    /// <param name="times">How many times the share may be spent.</param>
    public bool Allows(double seconds, double times = 1)
    {
        _seconds = seconds;
        return _spent <= times * share * seconds;
    }

    /// <summary>Does something, and counts the time that it takes.</summary>
    public T Spend<T>(Func<T> work)
    {
        long began = Stopwatch.GetTimestamp();
        T result = work();
        _spent += Stopwatch.GetElapsedTime(began).TotalSeconds;
        return result;
    }

    /// <summary>Forgets what was done while training was held, which took nothing from it.</summary>
    public void Forgive() => _spent = Math.Min(_spent, share * _seconds);
}
