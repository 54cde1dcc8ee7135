using System.Globalization;
using System.Runtime.Intrinsics.X86;

namespace RankCollapse.LinearAlgebra.Kernels;

/// <summary>The sizes of the caches in bytes, as the processor or else Linux reports them; usual ones where nobody does.</summary>
internal static class ProcessorCaches
{
    private const int DeterministicParameters = 4;
    private const int TopologyParameters = unchecked((int)0x8000001D);

    private static readonly long[] Sizes = Read();

    /// <summary>Data of the first level: 32 KiB at least everywhere.</summary>
    public static long First => Sizes[1] > 0 ? Sizes[1] : 32 << 10;

    /// <summary>The second level, of one core or of a few.</summary>
    public static long Second => Sizes[2] > 0 ? Sizes[2] : 512 << 10;

    /// <summary>The third level, of all cores or of a group.</summary>
    public static long Third => Sizes[3] > 0 ? Sizes[3] : 8 << 20;

    private static long[] Read()
    {
        var sizes = new long[4];
        if (X86Base.IsSupported)
        {
            // Intel answers in the first leaf, AMD in the second, in the same form; the other's leaf is empty.
            ReadLeaf(DeterministicParameters, sizes);
            if (sizes[2] == 0 && unchecked((uint)X86Base.CpuId(unchecked((int)0x80000000), 0).Eax) >= unchecked((uint)TopologyParameters))
                ReadLeaf(TopologyParameters, sizes);
        }
        if (sizes[2] == 0) ReadFiles(sizes);
        return sizes;
    }

    private static void ReadLeaf(int leaf, long[] sizes)
    {
        if (leaf > 0 && X86Base.CpuId(0, 0).Eax < leaf) return;
        for (int i = 0; i < 16; i++)
        {
            (int a, int b, int c, int _) = X86Base.CpuId(leaf, i);
            int type = a & 0x1F, level = (a >> 5) & 7;
            if (type == 0) return;
            const int Instructions = 2;
            if (type == Instructions || level > 3) continue;
            long ways = ((uint)b >> 22) + 1, partitions = ((b >> 12) & 0x3FF) + 1, line = (b & 0xFFF) + 1, sets = (uint)c + 1L;
            sizes[level] = ways * partitions * line * sets;
        }
    }

    private static void ReadFiles(long[] sizes)
    {
        try
        {
            foreach (string folder in Directory.EnumerateDirectories("/sys/devices/system/cpu/cpu0/cache", "index*"))
            {
                if (File.ReadAllText(Path.Combine(folder, "type")).StartsWith("Instruction", StringComparison.Ordinal)) continue;
                int level = int.Parse(File.ReadAllText(Path.Combine(folder, "level")), CultureInfo.InvariantCulture);
                string size = File.ReadAllText(Path.Combine(folder, "size")).Trim();
                if (level <= 3 && size.EndsWith('K')) sizes[level] = long.Parse(size[..^1], CultureInfo.InvariantCulture) << 10;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            // Usual sizes serve.
        }
    }
}
