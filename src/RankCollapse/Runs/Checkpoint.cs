using RankCollapse.Formats;

namespace RankCollapse.Runs;

/// <summary>A resumable state of a run, opened for reading.</summary>
public sealed class Checkpoint : IDisposable
{
    private readonly FileStream _file;

    internal Checkpoint(string name, FileStream file, int header)
    {
        Name = name;
        _file = file;
        State = new PayloadStream(file, header) { Position = 0 };
    }

    /// <summary>The name that it was written with.</summary>
    public string Name { get; }

    /// <summary>What was written, positioned at its beginning, checked against its checksum.</summary>
    public Stream State { get; }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}
