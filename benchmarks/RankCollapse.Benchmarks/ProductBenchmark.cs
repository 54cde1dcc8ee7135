using System.Runtime.InteropServices;
using RankCollapse.LinearAlgebra;
using RankCollapse.LinearAlgebra.Kernels;

namespace RankCollapse.Benchmarks;

/// <summary>Our products against OpenBLAS's dgemm, one thread each, and against the measured peak of a core; then two threads against one.</summary>
internal static unsafe partial class ProductBenchmark
{
    private const int RowMajor = 101, NoTranspose = 111, Transpose = 112;

    public static Action Prepare(BenchmarkArguments arguments)
    {
        double seconds = arguments.Seconds("seconds", 1.5);
        Clock clock = arguments.Clock();
        return () => Run(seconds, clock);
    }

    private static void Run(double seconds, Clock clock)
    {
        openblas_set_num_threads(1);
        double peak = PeakMeasurement.FlopsPerSecond(1);
        Console.WriteLine($"{Processor.Name}; {Product.VectorBits}-bit vectors: {Product.VectorChoice}");
        Console.WriteLine($"measured FMA peak of a core: {peak / 1e9:F1} GFLOP/s; OpenBLAS {Version()}, core "
            + $"{Marshal.PtrToStringAnsi(openblas_get_corename())} "
            + $"({(Environment.GetEnvironmentVariable("OPENBLAS_CORETYPE") is { Length: > 0 } ? "as told" : "its own choice")})");
        Console.WriteLine($"{"product",-34}{"ours GF/s",10}{"of peak",9}{"OpenBLAS",10}{"of peak",9}{"ours/OpenBLAS",15}  verdict");
        (string Form, int M, int N, int K)[] cases =
        [
            ("A·B", 200, 200, 200), ("Aᵀ·B", 200, 200, 200), ("A·Bᵀ", 200, 200, 200),
            ("A·B", 784, 200, 200), ("A·B", 200, 200, 784), ("A·Bᵀ", 200, 784, 200),
            ("A·B", 10, 200, 200), ("A·B", 1000, 2000, 1000), ("A·B", 2000, 2000, 2000), ("Aᵀ·B", 2000, 2000, 2000), ("A·Bᵀ", 2000, 2000, 2000),
        ];
        foreach ((string form, int m, int n, int k) in cases) Compare(form, m, n, k, seconds, clock);

        Matrix a = Random(2000, 2000, 1), b = Random(2000, 2000, 2), c = new(2000, 2000);
        PairedTimes threads = Paired.Time(
            () => { Product.MaxThreads = 1; Product.Multiply(a, b, c); },
            () => { Product.MaxThreads = 2; Product.Multiply(a, b, c); },
            4 * seconds);
        Product.MaxThreads = 1;
        Console.WriteLine($"2000×2000·2000×2000: one thread {threads.MedianA * 1e3:F1} ms, two threads {threads.MedianB * 1e3:F1} ms, ratio "
            + $"{threads.MedianRatio:F2}");
    }

    private static void Compare(string form, int m, int n, int k, double seconds, Clock clock)
    {
        bool ta = form == "Aᵀ·B", tb = form == "A·Bᵀ";
        Matrix a = ta ? Random(k, m, 1) : Random(m, k, 1);
        Matrix b = tb ? Random(n, k, 2) : Random(k, n, 2);
        var ours = new Matrix(m, n);
        var theirs = new Matrix(m, n);
        double flops = 2.0 * m * n * k;
        int repeats = Math.Max(1, (int)(2e8 / flops));
        PairedTimes times = Paired.Time(
            () =>
            {
                if (ta) Product.MultiplyTransposedLeft(a, b, ours);
                else if (tb) Product.MultiplyTransposedRight(a, b, ours);
                else Product.Multiply(a, b, ours);
            },
            () =>
            {
                fixed (double* pa = a.AsSpan(), pb = b.AsSpan(), pc = theirs.AsSpan())
                    cblas_dgemm(RowMajor, ta ? Transpose : NoTranspose, tb ? Transpose : NoTranspose, m, n, k, 1, pa, a.Columns, pb, b.Columns, 0, pc, n);
            },
            seconds,
            repeats,
            clock);
        double difference = 0;
        for (int i = 0; i < ours.Length; i++) difference = Math.Max(difference, Math.Abs(ours.AsSpan()[i] - theirs.AsSpan()[i]));
        if (difference > 1e-10) throw new ComputationFailedException($"{form}: ours and OpenBLAS differ by {difference}.");
        double share = flops / times.MedianA / times.MedianPeak, shareOfTheirs = flops / times.MedianB / times.MedianPeak, ratio = 1 / times.MedianRatio;
        string verdict = Goal.AtLeast(ratio, Goal.ProductRatio);
        if (Goal.ProductShare is { } goal && (m, n, k) == (200, 200, 200)) verdict += $", of peak {Goal.AtLeast(share, goal)}";
        Console.WriteLine($"{$"{form}  {m}×{k} by {k}×{n}",-34}{flops / times.MedianA / 1e9,10:F1}{share,9:F3}{flops / times.MedianB / 1e9,10:F1}"
            + $"{shareOfTheirs,9:F3}{ratio,15:F3}  {verdict}");
    }

    private static string Version() => Marshal.PtrToStringAnsi(openblas_get_config())?.Split(' ').ElementAtOrDefault(1) ?? "of unknown version";

    private static Matrix Random(int rows, int columns, int seed)
    {
        var stream = new RandomStream(seed, RandomPurpose.Sampling);
        return Matrix.FromEntries(rows, columns, (_, _) => stream.NextGaussian());
    }

    [LibraryImport("libopenblas.so.0")]
    private static partial void cblas_dgemm(
        int layout, int transA, int transB, int m, int n, int k, double alpha, double* a, int lda, double* b, int ldb, double beta, double* c, int ldc);

    [LibraryImport("libopenblas.so.0")]
    private static partial void openblas_set_num_threads(int count);

    [LibraryImport("libopenblas.so.0")]
    private static partial IntPtr openblas_get_corename();

    [LibraryImport("libopenblas.so.0")]
    private static partial IntPtr openblas_get_config();
}
