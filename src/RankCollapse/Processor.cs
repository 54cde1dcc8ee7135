using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using System.Text;

namespace RankCollapse;

/// <summary>The processor and its caches, as it or else Linux reports them; usual sizes where nobody does.</summary>
public static class Processor
{
    private const int DeterministicParameters = 4;
    private const int TopologyParameters = unchecked((int)0x8000001D);

    private static readonly long[] Sizes = Read();

    /// <summary>The processor's name, with family and model where it tells them, such as <c>AMD EPYC (family 25, model 17)</c>.</summary>
    public static string Name { get; } = ReadName();

    /// <summary>Bytes of the first-level data cache.</summary>
    public static long FirstLevelCache => Sizes[1] > 0 ? Sizes[1] : 32 << 10;

    /// <summary>Bytes of the second-level cache, of one core or of a few.</summary>
    public static long SecondLevelCache => Sizes[2] > 0 ? Sizes[2] : 512 << 10;

    /// <summary>Bytes of the third-level cache, of all cores or of a group.</summary>
    public static long ThirdLevelCache => Sizes[3] > 0 ? Sizes[3] : 8 << 20;

    /// <summary>Whether Intel made it.</summary>
    internal static bool IsIntel { get; } = X86Base.IsSupported && X86Base.CpuId(0, 0).Ebx == 0x756E6547; // "Genu", of "GenuineIntel"

    private static string ReadName()
    {
        const int Brand = unchecked((int)0x80000002);
        if (!X86Base.IsSupported) return RuntimeInformation.ProcessArchitecture.ToString();
        Span<int> words = stackalloc int[12];
        for (int i = 0; i < 3; i++) (words[4 * i], words[(4 * i) + 1], words[(4 * i) + 2], words[(4 * i) + 3]) = X86Base.CpuId(Brand + i, 0);
        string brand = Encoding.ASCII.GetString(MemoryMarshal.AsBytes(words)).TrimEnd('\0').Trim();
        int signature = X86Base.CpuId(1, 0).Eax, baseFamily = (signature >> 8) & 0xF;
        int family = baseFamily == 15 ? baseFamily + ((signature >> 20) & 0xFF) : baseFamily;
        int model = ((signature >> 4) & 0xF) + (baseFamily is 6 or 15 ? (signature >> 12) & 0xF0 : 0);
        return $"{brand} (family {family}, model {model})";
    }

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
