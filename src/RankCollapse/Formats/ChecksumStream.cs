using System.Buffers.Binary;

namespace RankCollapse.Formats;

/// <summary>Reads a stream while taking its CRC-32 (IEEE 802.3), the checksum of zip archives.</summary>
internal sealed class ChecksumStream(Stream inner) : Stream
{
    private const int Slices = 8;
    private const int Values = 256;

    private static readonly uint[] Table = MakeTable();

    private uint _state = uint.MaxValue;

    /// <summary>The checksum of what was read so far.</summary>
    public uint Checksum => ~_state;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        int read = inner.Read(buffer);
        _state = Continue(_state, buffer[..read]);
        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <summary>Takes eight bytes at a time, each by the table for its distance from the last one.</summary>
    private static uint Continue(uint state, ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<uint> table = Table;
        for (; bytes.Length >= Slices; bytes = bytes[Slices..])
        {
            uint low = state ^ BinaryPrimitives.ReadUInt32LittleEndian(bytes), high = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
            state = table[(7 * Values) + (byte)low] ^ table[(6 * Values) + (byte)(low >> 8)] ^ table[(5 * Values) + (byte)(low >> 16)]
                ^ table[(4 * Values) + (int)(low >> 24)] ^ table[(3 * Values) + (byte)high] ^ table[(2 * Values) + (byte)(high >> 8)]
                ^ table[Values + (byte)(high >> 16)] ^ table[(int)(high >> 24)];
        }
        foreach (byte value in bytes) state = table[(byte)(state ^ value)] ^ (state >> 8);
        return state;
    }

    private static uint[] MakeTable()
    {
        const uint Polynomial = 0xEDB88320;
        var table = new uint[Slices * Values];
        for (uint i = 0; i < Values; i++)
        {
            uint value = i;
            for (int bit = 0; bit < 8; bit++) value = (value & 1) == 0 ? value >> 1 : (value >> 1) ^ Polynomial;
            table[i] = value;
        }
        for (int i = Values; i < table.Length; i++) table[i] = table[(byte)table[i - Values]] ^ (table[i - Values] >> 8);
        return table;
    }
}
