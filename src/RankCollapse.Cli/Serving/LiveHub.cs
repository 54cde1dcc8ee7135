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
    private readonly Task _looking;
    private long _searchedAt;

    /// <summary>Begins to look; the first look is done before this returns.</summary>
    public LiveHub(ServedFolder folder)
    {
        _folder = folder;
        Search();
        _looking = Task.Run(LookAsync);
    }

    /// <summary>All views, by their identities.</summary>
    public IEnumerable<(string Id, LiveView View)> Views => _views.OrderBy(pair => pair.Key == RunsId).ThenBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => (pair.Key, pair.Value.View));

    /// <summary>The view of an identity, or the first one; null where there is none.</summary>
    public LiveView? Find(string? id)
    {
        WatchedView? found = id is null ? Views.Select(v => _views[v.Id]).FirstOrDefault() : _views.GetValueOrDefault(id);
        if (found is null) return null;
        found.AskedAt = Stopwatch.GetTimestamp();
        if (found.View.Snapshot.Version == 0)
        {
            lock (found)
            {
                if (found.View.Snapshot.Version == 0) found.View.Refresh(_end.Token);
            }
        }
        return found.View;
    }

    /// <summary>The identity of a view.</summary>
    public string IdOf(LiveView view) => _views.First(pair => pair.Value.View == view).Key;

    public void Dispose()
    {
        _end.Cancel();
        _looking.Wait();
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
        if (!_views.ContainsKey(RunsId) && ResultSearch.RunsIn(_folder.Path).Any()) _views.TryAdd(RunsId, new WatchedView(LiveView.OfRuns(_folder.Path, _folder.Holds)));
    }

    private async Task LookAsync()
    {
        while (!_end.IsCancellationRequested)
        {
            long began = Stopwatch.GetTimestamp();
            try
            {
                if (Stopwatch.GetElapsedTime(_searchedAt).TotalSeconds > SecondsBetweenSearches && _views.Values.Any(IsOfInterest)) Search();
                foreach (WatchedView watched in _views.Values.Where(IsOfInterest))
                {
                    lock (watched) watched.View.Refresh(_end.Token);
                }
                double cost = Stopwatch.GetElapsedTime(began).TotalSeconds;
                await Task.Delay(TimeSpan.FromSeconds(Math.Max(SecondsBetweenLooks, MostLooks * cost)), _end.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (InvalidInputException)
            {
                // A folder that cannot be read at the moment; the next look may succeed.
                await Task.Delay(TimeSpan.FromSeconds(SecondsBetweenLooks)).WaitAsync(_end.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private static bool IsOfInterest(WatchedView watched) => watched.AskedAt != 0 && Stopwatch.GetElapsedTime(watched.AskedAt).TotalSeconds < SecondsOfInterest;

    private sealed class WatchedView(LiveView view)
    {
        public LiveView View { get; } = view;

        public long AskedAt { get; set; }
    }
}
