using RankCollapse.Sweeps.Results;

namespace RankCollapse.Sweeps.Live;

/// <summary>A trial or a run as a live view shows it.</summary>
public sealed class LiveTrial
{
    private static readonly int StatusColumn = ResultColumn.Summary.ToList().FindIndex(c => c.Name == "status");

    private readonly ResultRow? _row;

    internal LiveTrial(string id, string? folder, IReadOnlyList<object?> settings, string state, string? reason, ResultRow? row)
    {
        Id = id;
        Folder = folder;
        Settings = settings;
        State = state;
        Reason = reason;
        _row = row;
    }

    /// <summary>The trial's identity; for a run of its own its path below the view's folder.</summary>
    public string Id { get; }

    /// <summary>The folder of its results; null while there are none.</summary>
    public string? Folder { get; }

    /// <summary>The values of the view's <see cref="LiveSnapshot.Names"/>: long, double, bool, string or null.</summary>
    public IReadOnlyList<object?> Settings { get; }

    /// <summary><c>pending</c>, <c>leased</c>, <c>done</c>, <c>failed</c>, <c>cancelled</c>, <c>unfinished</c> or <c>damaged</c>.</summary>
    public string State { get; }

    /// <summary>Why it failed, or did not converge; null where it did not.</summary>
    public string? Reason { get; }

    /// <summary>Whether it has results.</summary>
    public bool IsDone => State == ResultSource.Done;

    /// <summary>A number of its final state; NaN where there is none.</summary>
    public double Value(LiveMetric metric)
    {
        ArgumentNullException.ThrowIfNull(metric);
        return _row is null ? double.NaN : metric.Of(_row.Summary, _row.Layers);
    }

    /// <summary>How many layers its results have; 0 where there are none.</summary>
    public int Depth => _row?.Layers.Count ?? 0;

    /// <summary>How training ended, as in <c>summary.json</c>; null while it has not.</summary>
    public string? Status => _row?.Summary[StatusColumn] as string;
}
