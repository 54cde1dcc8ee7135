using System.Runtime.InteropServices;
using RankCollapse.LinearAlgebra;

namespace RankCollapse.Benchmarks;

/// <summary>Our decompositions against those of OpenBLAS's LAPACK, one thread each, by processor time.</summary>
internal static unsafe partial class DecompositionBenchmark
{
    private const double Goal = 1.5;
    private const string Library = "libopenblas.so.0";

    public static Action Prepare(BenchmarkArguments arguments)
    {
        double seconds = arguments.Seconds("seconds", 2);
        string only = arguments.Text("only", "");
        return () => Run(seconds, only);
    }

    private static void Run(double seconds, string only)
    {
        openblas_set_num_threads(1);
        Console.WriteLine($"{RankCollapse.Processor.Name}; OpenBLAS core {Marshal.PtrToStringAnsi(openblas_get_corename())}; ours with "
            + $"{Product.VectorBits}-bit vectors");
        Console.WriteLine($"{"decomposition",-38}{"ours ms",10}{"LAPACK ms",11}{"ours/LAPACK",13}{"≤ " + Goal,8}");
        foreach (int n in (int[])[50, 200, 784, 2000])
        {
            Matrix a = RandomMatrix.Gaussian(n, n, new RandomStream(1, RandomPurpose.Sampling)), symmetric = Product.Gram(a);
            for (int i = 0; i < n; i++) symmetric[i, i] += 1;
            double[] copy = new double[n * n];
            Compare($"singular values {n}×{n}", () => SingularValueDecomposition.SingularValues(a), () => Svd(a, false, copy), seconds, only);
            Compare($"SVD with vectors {n}×{n}", () => SingularValueDecomposition.Thin(a), () => Svd(a, true, copy), seconds, only);
            Compare(
                $"symmetric eigenvalues {n}×{n}", () => SymmetricEigendecomposition.Eigenvalues(symmetric), () => Eigen(symmetric, false, copy), seconds, only);
            Compare(
                $"symmetric eigenvectors {n}×{n}", () => SymmetricEigendecomposition.Decompose(symmetric), () => Eigen(symmetric, true, copy), seconds, only);
            Compare($"QR {n}×{n}", () => QrDecomposition.Decompose(a), () => Qr(a, copy), seconds, only);
            Compare($"Cholesky {n}×{n}", () => CholeskyDecomposition.TryDecompose(symmetric, out _, out _), () => Cholesky(symmetric, copy), seconds, only);
        }
        foreach ((int rows, int columns) in ((int, int)[])[(30522, 384), (384, 1536), (384, 384), (512, 384)])
        {
            Matrix a = RandomMatrix.Gaussian(rows, columns, new RandomStream(1, RandomPurpose.Sampling));
            double[] copy = new double[a.Length];
            Compare(
                $"singular values {rows}×{columns}", () => SingularValueDecomposition.SingularValues(a), () => Svd(a.Transpose(), false, copy), seconds, only);
        }
    }

    private static void Compare(string name, Action ours, Action theirs, double seconds, string only)
    {
        if (!name.Contains(only, StringComparison.Ordinal)) return;
        double start = OwnClock.Now().Processor;
        while (OwnClock.Now().Processor < start + (0.2 * seconds)) _ = Processor(ours) + Processor(theirs);
        List<double> a = [], b = [], ratios = [];
        while (OwnClock.Now().Processor < start + (1.2 * seconds) || ratios.Count < 3)
        {
            a.Add(Processor(ours));
            b.Add(Processor(theirs));
            ratios.Add(a[^1] / b[^1]);
        }
        double ratio = Paired.Median(ratios);
        Console.WriteLine($"{name,-38}{Paired.Median(a) * 1e3,10:F2}{Paired.Median(b) * 1e3,11:F2}{ratio,13:F2}{(ratio <= Goal ? "met" : "MISSED"),8}");
    }

    /// <summary>Processor seconds, which other programs on the machine disturb less than those of the clock; short actions are repeated.</summary>
    private static double Processor(Action action)
    {
        double start = OwnClock.Now().Processor, end;
        int count = 0;
        do
        {
            action();
            count++;
            end = OwnClock.Now().Processor;
        }
        while (end - start < 0.005);
        return (end - start) / count;
    }

    // A matrix stored row by row is the transpose stored column by column.
    private static void Svd(Matrix a, bool hasVectors, double[] copy)
    {
        a.AsSpan().CopyTo(copy);
        int m = a.Columns, n = a.Rows, k = Math.Min(m, n), info = 0, size = -1;
        byte job = (byte)(hasVectors ? 'S' : 'N');
        double[] values = new double[k], u = new double[hasVectors ? m * k : 1], vt = new double[hasVectors ? k * n : 1];
        int ldu = m, ldvt = hasVectors ? k : 1;
        double optimal;
        fixed (double* pa = copy, ps = values, pu = u, pv = vt)
        fixed (int* pi = new int[8 * k])
        {
            dgesdd_(&job, &m, &n, pa, &m, ps, pu, &ldu, pv, &ldvt, &optimal, &size, pi, &info);
            fixed (double* work = Work(optimal, out size)) dgesdd_(&job, &m, &n, pa, &m, ps, pu, &ldu, pv, &ldvt, work, &size, pi, &info);
        }
        Require(info);
    }

    private static void Eigen(Matrix a, bool hasVectors, double[] copy)
    {
        a.AsSpan().CopyTo(copy);
        byte job = (byte)(hasVectors ? 'V' : 'N'), triangle = (byte)'U';
        int n = a.Rows, info = 0, size = -1, integers = -1, integerOptimal;
        double optimal;
        fixed (double* pa = copy, pw = new double[n])
        {
            dsyevd_(&job, &triangle, &n, pa, &n, pw, &optimal, &size, &integerOptimal, &integers, &info);
            integers = integerOptimal;
            fixed (int* pi = new int[integers])
            fixed (double* work = Work(optimal, out size))
                dsyevd_(&job, &triangle, &n, pa, &n, pw, work, &size, pi, &integers, &info);
        }
        Require(info);
    }

    private static void Qr(Matrix a, double[] copy)
    {
        a.AsSpan().CopyTo(copy);
        int n = a.Rows, info = 0, size = -1;
        double optimal;
        fixed (double* pa = copy, tau = new double[n])
        {
            dgeqrf_(&n, &n, pa, &n, tau, &optimal, &size, &info);
            fixed (double* work = Work(optimal, out size)) dgeqrf_(&n, &n, pa, &n, tau, work, &size, &info);
            double[] triangle = new double[n * n];
            for (int i = 0; i < n; i++) copy.AsSpan(i * n, i + 1).CopyTo(triangle.AsSpan(i * n));
            fixed (double* work = Work(optimal, out size)) dorgqr_(&n, &n, &n, pa, &n, tau, work, &size, &info);
        }
        Require(info);
    }

    private static void Cholesky(Matrix a, double[] copy)
    {
        a.AsSpan().CopyTo(copy);
        byte triangle = (byte)'U';
        int n = a.Rows, info = 0;
        fixed (double* pa = copy) dpotrf_(&triangle, &n, pa, &n, &info);
        for (int i = 0; i < n; i++) copy.AsSpan((i * n) + i + 1, n - i - 1).Clear();
        Require(info);
    }

    private static double[] Work(double optimal, out int size) => new double[size = Math.Max(1, (int)optimal)];

    private static void Require(int info)
    {
        if (info != 0) throw new ComputationFailedException($"LAPACK returned {info}.");
    }

    [LibraryImport(Library)]
    private static partial void dgesdd_(
        byte* job, int* m, int* n, double* a, int* lda, double* s, double* u, int* ldu, double* vt, int* ldvt, double* work, int* size, int* integers,
        int* info);

    [LibraryImport(Library)]
    private static partial void dsyevd_(
        byte* job, byte* triangle, int* n, double* a, int* lda, double* w, double* work, int* size, int* integers, int* integerSize, int* info);

    [LibraryImport(Library)]
    private static partial void dgeqrf_(int* m, int* n, double* a, int* lda, double* tau, double* work, int* size, int* info);

    [LibraryImport(Library)]
    private static partial void dorgqr_(int* m, int* n, int* k, double* a, int* lda, double* tau, double* work, int* size, int* info);

    [LibraryImport(Library)]
    private static partial void dpotrf_(byte* triangle, int* n, double* a, int* lda, int* info);

    [LibraryImport(Library)]
    private static partial void openblas_set_num_threads(int count);

    [LibraryImport(Library)]
    private static partial IntPtr openblas_get_corename();
}
