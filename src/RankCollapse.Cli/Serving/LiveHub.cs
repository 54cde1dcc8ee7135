using System.Collections.Concurrent;
using System.Diagnostics;
using RankCollapse.Sweeps.Live;
using RankCollapse.Sweeps.Results;

namespace RankCollapse.Cli.Serving;

/// <summary>The sweeps and runs of a folder, looked at again about every second while someone watches.</summary>
internal sealed class LiveHub : IDisposable
{
    private const string RunsId = "*";
    private const double SecondsBetweenLooks = 1;
    private const double SecondsBetweenSearches = 10;
    private const double SecondsOfInterest = 20;

    // However long a look takes, it takes at most a sixth of the time.
    private const double MostLooks = 5;

    private readonly ServedFolder _folder;
    private readonly ConcurrentDictionary<string, WatchedView> _views = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _end = new();
    private readonly Thread _looking;
    private long _searchedAt;
    private int _isDisposed;

    /// <summary>Begins to look, on a thread of its own: a look takes longer than an answer, and answers must not wait for one another.</summary>
    public LiveHub(ServedFolder folder)
    {
        _folder = folder;
        Search();
        _looking = new Thread(Look) { IsBackground = true, Name = "live view" };
        _looking.Start();
    }

    /// <summary>All views, by their identities.</summary>
    public IEnumerable<(string Id, LiveView View)> Views =>
        _views.OrderBy(pair => pair.Key == RunsId).ThenBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => (pair.Key, pair.Value.View));

    /// <summary>The view of an identity, or the first one, after its first look; null where there is none.</summary>
    public async Task<LiveView?> FindAsync(string? id)
    {
        WatchedView? found = id is null ? Views.Select(v => _views[v.Id]).FirstOrDefault() : _views.GetValueOrDefault(id);
        if (found is null) return null;
        found.AskedAt = Stopwatch.GetTimestamp();
        await found.FirstLook.Value;
        return found.View;
    }

    /// <summary>The identity of a view.</summary>
    public string IdOf(LiveView view) => _views.First(pair => pair.Value.View == view).Key;

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0) return;
        _end.Cancel();
        _looking.Join();
        _end.Dispose();
    }

    private void Search()
    {
        _searchedAt = Stopwatch.GetTimestamp();
        foreach (string sweep in ResultSearch.SweepsIn(_folder.Path))
        {
            string id = Path.GetRelativePath(_folder.Path, sweep).Replace('\\', '/');
            if (_folder.Holds(sweep)) _views.GetOrAdd(id, _ => new WatchedView(LiveView.Open(sweep, _folder.Holds)));
        }
        if (!_views.ContainsKey(RunsId) && ResultSearch.RunsIn(_folder.Path).Any())
            _views.TryAdd(RunsId, new WatchedView(LiveView.OfRuns(_folder.Path, _folder.Holds)));
    }

    private void Look()
    {
        double pause = SecondsBetweenLooks;
        while (!_end.Token.WaitHandle.WaitOne(TimeSpan.FromSeconds(pause)))
        {
            long began = Stopwatch.GetTimestamp();
            try
            {
                WatchedView[] watched = [.. _views.Values.Where(IsOfInterest)];
                if (watched.Length > 0 && Stopwatch.GetElapsedTime(_searchedAt).TotalSeconds > SecondsBetweenSearches) Search();
                foreach (WatchedView one in watched) one.Look(_end.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (InvalidInputException)
            {
                // A folder that cannot be read at the moment; the next look may succeed.
            }
            pause = Math.Max(SecondsBetweenLooks, MostLooks * Stopwatch.GetElapsedTime(began).TotalSeconds);
        }
    }

    private static bool IsOfInterest(WatchedView watched) => watched.AskedAt != 0 && Stopwatch.GetElapsedTime(watched.AskedAt).TotalSeconds < SecondsOfInterest;

    private sealed class WatchedView
    {
        private readonly Lock _lock = new();

        public WatchedView(LiveView view)
        {
            View = view;
            FirstLook = new(() =>
                Task.Factory.StartNew(() => Look(CancellationToken.None), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default));
        }

        public LiveView View { get; }

        public Lazy<Task> FirstLook { get; }

        public long AskedAt { get; set; }

        public void Look(CancellationToken cancellation)
        {
            lock (_lock) View.Refresh(cancellation);
        }
    }
}
