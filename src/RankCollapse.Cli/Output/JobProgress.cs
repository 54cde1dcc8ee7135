using System.Diagnostics;

namespace RankCollapse.Cli.Output;

/// <summary>
/// The progress of a long job: on a terminal one line that is written again and again and is gone at the end, otherwise a line now and then.
/// </summary>
internal sealed class JobProgress
{
    private const double SecondsPerFrame = 0.1;
    private const double SecondsPerLine = 2;
    private const double SecondsOfSilence = 30;
    private const string Erase = "\r\u001b[2K";

    private readonly CommandEnvironment _environment;
    private readonly Lock _lock = new();
    private long _shownAt = Stopwatch.GetTimestamp();
    private string _shown = "";

    private JobProgress(CommandEnvironment environment) => _environment = environment;

    /// <summary>Runs a job with its progress shown.</summary>
    public static T Show<T>(CommandEnvironment environment, Func<JobProgress, T> job)
    {
        var progress = new JobProgress(environment);
        try
        {
            return job(progress);
        }
        finally
        {
            progress.Clear();
        }
    }

    /// <summary>Shows a state, unless one was shown just before.</summary>
    /// <param name="state">The state.</param>
    /// <param name="isNews">Whether something has changed that a file should tell of; without, it gets a line after half a minute.</param>
    /// <param name="isLast">Whether no other state follows, so that it is shown in any case.</param>
    public void Update(ProgressState state, bool isNews = true, bool isLast = false)
    {
        lock (_lock)
        {
            double silent = Stopwatch.GetElapsedTime(_shownAt).TotalSeconds;
            if (_environment.ErrorIsTerminal)
            {
                if (silent < SecondsPerFrame && !isLast && _shown.Length > 0) return;
                _shown = ErrorText.Line(state.Fit(_environment.ErrorWidth - 1));
                Terminal.Write(Erase + _shown);
                Terminal.Flush();
            }
            else
            {
                if (silent < (isNews ? SecondsPerLine : SecondsOfSilence) && !isLast) return;
                if (state.Line == _shown) return;
                _shown = state.Line;
                _environment.Error.WriteLine(_shown);
            }
            _shownAt = Stopwatch.GetTimestamp();
        }
    }

    /// <summary>Writes a line that stays; above the progress on a terminal.</summary>
    public void Say(string line)
    {
        lock (_lock)
        {
            if (!_environment.ErrorIsTerminal)
            {
                _environment.Error.WriteLine(line);
                return;
            }
            Terminal.Write(Erase);
            _environment.Error.WriteLine(line);
            Terminal.Write(_shown);
            Terminal.Flush();
        }
    }

    /// <summary>Says what is odd.</summary>
    public void Warn(string message) => Say(WarningLine.Of(message));

    private TextWriter Terminal => _environment.ErrorTerminal;

    private void Clear()
    {
        if (!_environment.ErrorIsTerminal || _shown.Length == 0) return;
        Terminal.Write(Erase);
        Terminal.Flush();
    }
}
