using RankCollapse.Sweeps.Plan;

namespace RankCollapse.Sweeps.Work;

/// <summary>Sees to it that trials are trained on the data that they were planned with, also where machines see other files under the same path.</summary>
internal sealed class DataGuard
{
    private readonly Dictionary<string, (DateTime Written, long Length, string Hash)> _seen = new(StringComparer.Ordinal);

    /// <summary>
    /// Requires that a data file holds what it held when the sweep was planned; a file that has not been written since the last look is not read again.
    /// </summary>
    /// <param name="plan">The plan.</param>
    /// <param name="data">The setting <c>data</c> of a trial.</param>
    /// <exception cref="InvalidInputException">It holds something else, or is gone.</exception>
    public void Require(SweepPlan plan, string data)
    {
        if (!plan.DataHashes.TryGetValue(data, out string? planned)) return;
        var file = new FileInfo(data);
        if (!_seen.TryGetValue(data, out (DateTime Written, long Length, string Hash) seen) || !file.Exists || seen.Written != file.LastWriteTimeUtc
            || seen.Length != file.Length)
            _seen[data] = seen = (file.Exists ? file.LastWriteTimeUtc : default, file.Exists ? file.Length : 0, DataHash.Of(data));
        if (seen.Hash != planned)
            throw new InvalidInputException($"{data} is not what it was when the sweep was planned; restore it, or run the sweep's specification again, "
                + "which plans trials of the new content.");
    }
}
