using System.Diagnostics;
using System.Numerics;
using System.Runtime.InteropServices;
using RankCollapse.LinearAlgebra;
using RankCollapse.LinearAlgebra.Kernels;
using RankCollapse.Reporting.Fonts;
using RankCollapse.Runs;

namespace RankCollapse.Cli.Doctor;

/// <summary>What this machine offers, measured.</summary>
internal sealed record MachineReport
{
    /// <summary>The runtime, such as .NET 10.0.2.</summary>
    public required string Runtime { get; init; }

    /// <summary>The system and its processor architecture.</summary>
    public required string System { get; init; }

    /// <summary>Cores that this process may use.</summary>
    public required int Cores { get; init; }

    /// <summary>Bytes of memory that this process may use.</summary>
    public required long MemoryBytes { get; init; }

    /// <summary>The width of the vectors that products use.</summary>
    public required int VectorBits { get; init; }

    /// <summary>Why products use vectors of that width.</summary>
    public required string VectorChoice { get; init; }

    /// <summary>The processor's name.</summary>
    public required string Processor { get; init; }

    /// <summary>Multiply–adds of one core, in GFLOP/s (a multiply–add counts as two).</summary>
    public required double PeakOfOneCore { get; init; }

    /// <summary>Multiply–adds of all cores at once, in GFLOP/s.</summary>
    public required double PeakOfAllCores { get; init; }

    /// <summary>A 200×200 product on one core, in GFLOP/s.</summary>
    public required double Product200 { get; init; }

    /// <summary>A 2000×2000 product on one core, in GFLOP/s.</summary>
    public required double Product2000 { get; init; }

    /// <summary>A 2000×2000 product on all cores, in GFLOP/s.</summary>
    public required double Product2000OfAllCores { get; init; }

    /// <summary>Singular values of a 200×200 matrix, in milliseconds.</summary>
    public required double SingularValuesMilliseconds { get; init; }

    /// <summary>The font of figures, or null when it cannot be read.</summary>
    public required string? Font { get; init; }

    /// <summary>One line for everything that could be better.</summary>
    public required IReadOnlyList<string> Advice { get; init; }

    /// <summary>Measures; takes about two seconds.</summary>
    public static MachineReport Measure()
    {
        int cores = Environment.ProcessorCount;
        double peak = PeakMeasurement.FlopsPerSecond() / 1e9;
        double peakOfAll = PeakOfAll(cores) / 1e9;
        double small = ProductSpeed(200, 1, seconds: 0.2), large = ProductSpeed(2000, 1, seconds: 0.3), largeOfAll = ProductSpeed(2000, cores, seconds: 0.3);
        double svd = SingularValuesSeconds() * 1e3;
        string? font = FontName();
        return new MachineReport
        {
            Runtime = RuntimeInformation.FrameworkDescription,
            System = $"{RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}",
            Cores = cores,
            MemoryBytes = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes,
            VectorBits = Product.VectorBits,
            VectorChoice = Product.VectorChoice,
            Processor = RankCollapse.Processor.Name,
            PeakOfOneCore = peak,
            PeakOfAllCores = peakOfAll,
            Product200 = small,
            Product2000 = large,
            Product2000OfAllCores = largeOfAll,
            SingularValuesMilliseconds = svd,
            Font = font,
            Advice = [.. AdviceOn(font, small / peak)],
        };
    }

    private static IEnumerable<string> AdviceOn(string? font, double share)
    {
        if (Arithmetic.Notice is { } notice) yield return notice;
        if (Product.VectorBits < 256) yield return "Vectors have 128 bits: products run at a fraction of what wider processors do; nothing is wrong.";
        if (!Vector.IsHardwareAccelerated) yield return "Vector instructions are switched off; unset DOTNET_EnableHWIntrinsic and its kin.";
        if (share < 0.7) yield return "Products reach less than 70 % of the peak: other programs are using this machine, or its clock is not steady; repeat "
            + "when it is quiet.";
        if (font is null) yield return "The built-in font cannot be read: figures cannot be drawn; reinstall the program.";
    }

    private static double PeakOfAll(int cores)
    {
        if (cores == 1) return PeakMeasurement.FlopsPerSecond();
        var speeds = new double[cores];
        Thread[] threads = [.. Enumerable.Range(0, cores).Select(i => new Thread(() => speeds[i] = PeakMeasurement.FlopsPerSecond()))];
        foreach (Thread thread in threads) thread.Start();
        foreach (Thread thread in threads) thread.Join();
        return speeds.Sum();
    }

    private static double ProductSpeed(int size, int threads, double seconds)
    {
        var random = new RandomStream(1, RandomPurpose.Sampling);
        Matrix a = RandomMatrix.Gaussian(size, size, random), b = RandomMatrix.Gaussian(size, size, random), c = new(size, size);
        int before = Product.MaxThreads;
        Product.MaxThreads = threads;
        double best = Best(seconds, () => Product.Multiply(a, b, c));
        Product.MaxThreads = before;
        return 2.0 * size * size * size / best / 1e9;
    }

    private static double SingularValuesSeconds()
    {
        Matrix a = RandomMatrix.Gaussian(200, 200, new RandomStream(1, RandomPurpose.Sampling));
        return Best(0.3, () => SingularValueDecomposition.SingularValues(a));
    }

    /// <summary>The shortest of several repetitions, the first of which warms up.</summary>
    private static double Best(double seconds, Action action)
    {
        action();
        double best = double.PositiveInfinity;
        long end = Stopwatch.GetTimestamp() + (long)(seconds * Stopwatch.Frequency);
        do
        {
            long start = Stopwatch.GetTimestamp();
            action();
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
        while (Stopwatch.GetTimestamp() < end);
        return best;
    }

    private static string? FontName()
    {
        try
        {
            return $"{FigureFont.Regular.FamilyName} (built in)";
        }
        catch (Exception e) when (e is RankCollapseException or DllNotFoundException or TypeInitializationException)
        {
            return null;
        }
    }
}
