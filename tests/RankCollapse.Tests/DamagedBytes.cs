using CsCheck;

namespace RankCollapse.Tests;

/// <summary>Damages good files at random: a reader refuses them in one line or reads what it should, and never fails otherwise or claims much memory.</summary>
internal static class DamagedBytes
{
    private const long MostAllocated = 64L << 20;

    /// <summary>Only that nothing else happens; what is read is not compared.</summary>
    public static void AreRefusedOrRead(byte[] good, Action<byte[]> read, int iterations = 300) => Sample(good, read, _ => { }, iterations);

    /// <summary>For formats with checksums: what is read is what was written.</summary>
    /// <param name="good">A good file.</param>
    /// <param name="read">Reads a file, and gives what is in it as equal values for equal content.</param>
    /// <param name="iterations">How many files are damaged.</param>
    public static void AreRefusedOrReadAsWritten<T>(byte[] good, Func<byte[], IEnumerable<T>> read, int iterations = 300)
    {
        T[] written = [.. read(good)];
        T[] found = [];
        Sample(good, bytes => found = [.. read(bytes)], _ => Assert.Equal(written, found), iterations);
    }

    /// <summary>
    /// For formats that keep numbers as they are, without checksums: every array that is read stands in the file, and where only numbers were changed, at its
    /// place.
    /// </summary>
    /// <param name="good">A good file, whose arrays have different contents.</param>
    /// <param name="read">Reads all arrays of a file.</param>
    /// <param name="iterations">How many files are damaged.</param>
    public static void AreRefusedOrReadAsTheyStand(byte[] good, Func<byte[], IReadOnlyList<double[]>> read, int iterations = 300)
    {
        StoredArray[] places =
            [.. read(good).Select(values => StoredArray.Find(good, values) ?? throw new InvalidOperationException("A good array does not stand in its file."))];
        IReadOnlyList<double[]> found = [];
        Sample(good, bytes => found = read(bytes), bytes =>
        {
            bool isHeaderGood = bytes.Length == good.Length
                && Enumerable.Range(0, good.Length).All(i => bytes[i] == good[i] || places.Any(place => place.Holds(i)));
            if (isHeaderGood) Assert.Equal(places.Select(place => place.Read(bytes)), found);
            else Assert.All(found, values => Assert.NotNull(StoredArray.Find(bytes, values)));
        }, iterations);
    }

    private static void Sample(byte[] good, Action<byte[]> read, Action<byte[]> compare, int iterations)
    {
        Gen<byte[]> truncated = Gen.Int[0, good.Length - 1].Select(length => good[..length]);
        Gen<byte[]> changed = Gen.Select(Gen.Int[0, good.Length - 1], Gen.Byte).Array[1, 4].Select(changes => Change(good, changes));
        // Headers lie at the beginning (or, in zip and Parquet, at the end), and are hit more often this way.
        Gen<byte[]> early = Gen.Select(Gen.Int[0, Math.Min(good.Length, 128) - 1], Gen.Byte).Array[1, 4].Select(changes => Change(good, changes));
        Gen<byte[]> late = Gen.Select(Gen.Int[Math.Max(0, good.Length - 128), good.Length - 1], Gen.Byte).Array[1, 4].Select(changes => Change(good, changes));
        Gen.OneOf(truncated, changed, early, late).Sample(
            bytes =>
            {
                long before = GC.GetAllocatedBytesForCurrentThread();
                bool isRead = true;
                try
                {
                    read(bytes);
                }
                catch (InvalidInputException e)
                {
                    isRead = false;
                    Assert.DoesNotContain('\n', e.Message);
                }
                long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
                Assert.True(allocated < MostAllocated, $"{allocated} bytes were allocated.");
                if (isRead) compare(bytes);
            },
            iter: iterations,
            threads: 1,
            print: Convert.ToHexString);
    }

    private static byte[] Change(byte[] good, (int Position, byte Value)[] changes)
    {
        byte[] bytes = [.. good];
        foreach ((int position, byte value) in changes) bytes[position] = value;
        return bytes;
    }
}
