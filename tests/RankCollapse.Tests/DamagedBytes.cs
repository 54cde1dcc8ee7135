using CsCheck;

namespace RankCollapse.Tests;

/// <summary>Damages good files at random and checks that a reader refuses or reads them, but never fails otherwise or claims much memory.</summary>
internal static class DamagedBytes
{
    private const long MostAllocated = 64L << 20;

    /// <summary>Cuts the file off at random, and changes up to four random bytes.</summary>
    public static void AreRefusedOrRead(byte[] good, Action<byte[]> read, int iterations = 300)
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
                try
                {
                    read(bytes);
                }
                catch (InvalidInputException e)
                {
                    Assert.DoesNotContain('\n', e.Message);
                }
                long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
                Assert.True(allocated < MostAllocated, $"{allocated} bytes were allocated.");
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
