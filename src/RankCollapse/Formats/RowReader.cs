namespace RankCollapse.Formats;

/// <summary>
/// Reads an array whose first axis counts samples, some samples at a time and in order, as doubles; what follows the first axis is one sample. Only what is
/// asked for is in memory, unless the array is stored with its first axis fastest.
/// </summary>
public sealed class RowReader : IDisposable
{
    private readonly string _label;
    private readonly Stream? _content;
    private readonly ElementType _type;
    private readonly bool _isBigEndian;
    private readonly Func<bool>? _isIntact;
    private readonly double[] _whole;
    private readonly Stream? _owned;
    private long _read;

    /// <summary>Reads from a stream that stands at the first number.</summary>
    /// <param name="label">What is read, for messages.</param>
    /// <param name="content">The numbers.</param>
    /// <param name="count">How many there are.</param>
    /// <param name="type">Their type.</param>
    /// <param name="isBigEndian">Whether the first byte of a number is the highest.</param>
    /// <param name="isIntact">Tells after the last number whether the content was what its checksum says; null where there is none.</param>
    /// <param name="owned">Is disposed of with the reader.</param>
    internal RowReader(string label, Stream content, long count, ElementType type, bool isBigEndian, Func<bool>? isIntact, Stream? owned)
    {
        (_label, _content, Count, _type, _isBigEndian, _isIntact, _owned, _whole) = (label, content, count, type, isBigEndian, isIntact, owned, []);
    }

    /// <summary>Hands out numbers that are in memory, samples after each other.</summary>
    public RowReader(string label, double[] whole)
    {
        ArgumentNullException.ThrowIfNull(whole);
        (_label, _whole, Count) = (label, whole, whole.Length);
    }

    /// <summary>How many numbers there are in all.</summary>
    public long Count { get; }

    /// <summary>Reads the next numbers.</summary>
    /// <param name="destination">Where to.</param>
    /// <param name="start">The place of the first one there.</param>
    /// <param name="count">How many.</param>
    /// <exception cref="InvalidInputException">The content is damaged, or there are not so many left.</exception>
    public void Read(double[] destination, int start, int count)
    {
        ArgumentNullException.ThrowIfNull(destination);
        if (count > Count - _read) throw new InvalidInputException($"{_label} has {Count} numbers, expected more; get the file again.");
        if (_content is null) _whole.AsSpan((int)_read, count).CopyTo(destination.AsSpan(start));
        else
        {
            InputFile.Guard(_label, () =>
            {
                ElementBytes.ReadDoubles(_content, _type, _isBigEndian, destination.AsSpan(start, count));
                return count;
            });
        }
        _read += count;
        if (_read == Count && _isIntact?.Invoke() == false)
            throw new InvalidInputException($"{_label} does not have the content that its checksum says; the file is damaged; get it again.");
    }

    /// <inheritdoc/>
    public void Dispose() => _owned?.Dispose();
}
