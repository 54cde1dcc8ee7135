namespace RankCollapse.Cli.Playing;

/// <summary>The frames of a training in bounded memory: where there are too many, every second one goes, so that those that stay are spread evenly.</summary>
internal sealed class FrameBook(int most)
{
    private readonly List<(int Number, byte[] Frame)> _frames = [];
    private int _spacing = 1;
    private int _next;

    /// <summary>The newest frame's number; −1 where there is none.</summary>
    public int Newest => _next - 1;

    /// <summary>The frames, with their numbers.</summary>
    public IReadOnlyList<(int Number, byte[] Frame)> All => _frames;

    /// <summary>The spacing of the frames that stay; the newest one may lie between.</summary>
    public int Spacing => _spacing;

    /// <summary>Adds a frame.</summary>
    public void Add(byte[] frame)
    {
        // The newest one is kept until the next one comes.
        if (_frames.Count > 0 && _frames[^1].Number % _spacing != 0) _frames.RemoveAt(_frames.Count - 1);
        _frames.Add((_next++, frame));
        if (_frames.Count <= most) return;
        _spacing *= 2;
        _frames.RemoveAll(one => one.Number % _spacing != 0 && one.Number != Newest);
    }

    /// <summary>The frames after a number.</summary>
    public IEnumerable<(int Number, byte[] Frame)> After(int number) => _frames.Where(one => one.Number > number);

    /// <summary>Forgets all frames.</summary>
    public void Clear()
    {
        _frames.Clear();
        (_spacing, _next) = (1, 0);
    }
}
