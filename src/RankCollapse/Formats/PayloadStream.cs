namespace RankCollapse.Formats;

/// <summary>A file's content after its header, as a stream whose positions count from there; the file stays its owner's.</summary>
internal sealed class PayloadStream(Stream file, int header) : Stream
{
    public override bool CanRead => file.CanRead;

    public override bool CanSeek => file.CanSeek;

    public override bool CanWrite => file.CanWrite;

    public override long Length => file.Length - header;

    public override long Position
    {
        get => file.Position - header;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            file.Position = value + header;
        }
    }

    public override int Read(byte[] buffer, int offset, int count) => file.Read(buffer, offset, count);

    public override int Read(Span<byte> buffer) => file.Read(buffer);

    public override void Write(byte[] buffer, int offset, int count) => file.Write(buffer, offset, count);

    public override void Write(ReadOnlySpan<byte> buffer) => file.Write(buffer);

    public override void Flush() => file.Flush();

    public override void SetLength(long value) => file.SetLength(value + header);

    public override long Seek(long offset, SeekOrigin origin)
    {
        Position = origin switch
        {
            SeekOrigin.Begin => offset,
            SeekOrigin.Current => Position + offset,
            _ => Length + offset,
        };
        return Position;
    }
}
