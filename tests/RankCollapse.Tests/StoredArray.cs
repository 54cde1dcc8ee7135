using System.Buffers.Binary;

namespace RankCollapse.Tests;

/// <summary>Where numbers stand in a file, one after the other, and as what.</summary>
/// <param name="Start">The first byte.</param>
/// <param name="Count">How many numbers.</param>
/// <param name="Size">How many bytes a number has.</param>
/// <param name="Decode">What the bytes of a number mean.</param>
internal sealed record StoredArray(int Start, int Count, int Size, Func<ReadOnlySpan<byte>, double> Decode)
{
    /// <summary>Every way to store a number, the most usual first.</summary>
    private static readonly (int Size, Func<ReadOnlySpan<byte>, double> Decode)[] Ways =
    [
        (8, BinaryPrimitives.ReadDoubleLittleEndian), (4, bytes => BinaryPrimitives.ReadSingleLittleEndian(bytes)), (1, bytes => bytes[0]),
            (1, bytes => (sbyte)bytes[0]),
        (1, bytes => bytes[0] == 0 ? 0 : 1),
        (8, bytes => BinaryPrimitives.ReadInt64LittleEndian(bytes)), (8, bytes => BinaryPrimitives.ReadUInt64LittleEndian(bytes)),
        (4, bytes => BinaryPrimitives.ReadInt32LittleEndian(bytes)), (4, bytes => BinaryPrimitives.ReadUInt32LittleEndian(bytes)),
        (2, bytes => BinaryPrimitives.ReadInt16LittleEndian(bytes)), (2, bytes => BinaryPrimitives.ReadUInt16LittleEndian(bytes)),
        (2, bytes => (double)BinaryPrimitives.ReadHalfLittleEndian(bytes)),
            (2, bytes => BitConverter.UInt32BitsToSingle((uint)BinaryPrimitives.ReadUInt16LittleEndian(bytes) << 16)),
        (8, BinaryPrimitives.ReadDoubleBigEndian), (4, bytes => BinaryPrimitives.ReadSingleBigEndian(bytes)),
        (8, bytes => BinaryPrimitives.ReadInt64BigEndian(bytes)), (8, bytes => BinaryPrimitives.ReadUInt64BigEndian(bytes)),
        (4, bytes => BinaryPrimitives.ReadInt32BigEndian(bytes)), (4, bytes => BinaryPrimitives.ReadUInt32BigEndian(bytes)),
        (2, bytes => BinaryPrimitives.ReadInt16BigEndian(bytes)), (2, bytes => BinaryPrimitives.ReadUInt16BigEndian(bytes)),
            (2, bytes => (double)BinaryPrimitives.ReadHalfBigEndian(bytes)),
    ];

    /// <summary>The first place where numbers stand in a file; null where they do not.</summary>
    public static StoredArray? Find(byte[] file, double[] values)
    {
        foreach ((int size, Func<ReadOnlySpan<byte>, double> decode) in Ways)
        {
            for (int start = 0; start + (size * values.Length) <= file.Length; start++)
            {
                var place = new StoredArray(start, values.Length, size, decode);
                if (values.Length == 0 || (place.At(file, 0).Equals(values[0]) && place.Read(file).SequenceEqual(values))) return place;
            }
        }
        return null;
    }

    /// <summary>Whether a byte of the file is one of the numbers'.</summary>
    public bool Holds(int position) => position >= Start && position < Start + (Size * Count);

    /// <summary>The numbers at this place of a file.</summary>
    public double[] Read(byte[] file) => [.. Enumerable.Range(0, Count).Select(i => At(file, i))];

    private double At(byte[] file, int i) => Decode(file.AsSpan(Start + (i * Size), Size));
}
