using System.Runtime.InteropServices;

namespace RankCollapse.LinearAlgebra;

/// <summary>A native LAPACK, called through its Fortran interface.</summary>
/// <remarks>
/// A row-major matrix is the column-major form of its transpose, so that LAPACK is asked about Aᵀ = V·diag(s)·Uᵀ and Aᵀ = L·Q,
/// and its answers are Vᵀ, U, Rᵀ and Q row by row without a copy. Integers are passed in 64-bit cells that are zero above their
/// lower half, which little-endian libraries of 32-bit and of 64-bit integers both read right.
/// </remarks>
internal sealed unsafe class NativeLapackProvider : IDecompositionProvider
{
    /// <summary>From this smaller side on dgesdd, which waits for memory in half of its work, is slower than the managed two-stage reduction.</summary>
    private const int TwoStageFrom = 768;

    private readonly nint _library;
    private readonly delegate* unmanaged[Cdecl]<byte*, long*, long*, double*, long*, double*, double*, long*, double*, long*, double*, long*, long*, long*,
        nuint, void> _gesdd;
    private readonly delegate* unmanaged[Cdecl]<byte*, byte*, long*, double*, long*, double*, double*, long*, long*, long*, long*, nuint, nuint, void> _syevd;
    private readonly delegate* unmanaged[Cdecl]<long*, long*, double*, long*, double*, double*, long*, long*, void> _gelqf;
    private readonly delegate* unmanaged[Cdecl]<long*, long*, long*, double*, long*, double*, double*, long*, long*, void> _orglq;
    private readonly delegate* unmanaged[Cdecl]<byte*, long*, double*, long*, long*, nuint, void> _potrf;

    private NativeLapackProvider(string name, nint library, nint gesdd, nint syevd, nint gelqf, nint orglq, nint potrf)
    {
        _gesdd = (delegate* unmanaged[Cdecl]<byte*, long*, long*, double*, long*, double*, double*, long*, double*, long*, double*, long*, long*, long*, nuint,
            void>)gesdd;
        _syevd = (delegate* unmanaged[Cdecl]<byte*, byte*, long*, double*, long*, double*, double*, long*, long*, long*, long*, nuint, nuint, void>)syevd;
        _gelqf = (delegate* unmanaged[Cdecl]<long*, long*, double*, long*, double*, double*, long*, long*, void>)gelqf;
        _orglq = (delegate* unmanaged[Cdecl]<long*, long*, long*, double*, long*, double*, double*, long*, long*, void>)orglq;
        _potrf = (delegate* unmanaged[Cdecl]<byte*, long*, double*, long*, long*, nuint, void>)potrf;
        Description = $"native LAPACK ({name}{Configuration(library)})";
        _library = library;
        UseOneThread();
    }

    /// <inheritdoc/>
    public string Description { get; }

    /// <summary>The names that are tried, best first.</summary>
    internal static IReadOnlyList<string> LibraryNames { get; } =
        OperatingSystem.IsWindows() ? ["libopenblas.dll", "openblas.dll", "mkl_rt.2.dll", "liblapack.dll"]
        : OperatingSystem.IsMacOS()
            ? ["libopenblas.0.dylib", "libopenblas.dylib", "/opt/homebrew/opt/openblas/lib/libopenblas.dylib",
            "/System/Library/Frameworks/Accelerate.framework/Accelerate"]
        : ["libopenblas.so.0", "liblapack.so.3", "libmkl_rt.so.2"];

    /// <summary>The first library of <see cref="LibraryNames"/> that works, or null.</summary>
    internal static NativeLapackProvider? Find() => LibraryNames.Select(Load).FirstOrDefault(provider => provider is not null);

    /// <summary>Loads a library by name or path; null when it is missing, lacks a routine, or miscalculates a small matrix.</summary>
    internal static NativeLapackProvider? Load(string name)
    {
        if (!BitConverter.IsLittleEndian || !Environment.Is64BitProcess) return null;
        if (!NativeLibrary.TryLoad(name, out nint library)) return null;
        if (NativeLibrary.TryGetExport(library, "dgesdd_", out nint gesdd)
            && NativeLibrary.TryGetExport(library, "dsyevd_", out nint syevd)
            && NativeLibrary.TryGetExport(library, "dgelqf_", out nint gelqf)
            && NativeLibrary.TryGetExport(library, "dorglq_", out nint orglq)
            && NativeLibrary.TryGetExport(library, "dpotrf_", out nint potrf))
        {
            var provider = new NativeLapackProvider(name, library, gesdd, syevd, gelqf, orglq, potrf);
            if (provider.IsRight()) return provider;
        }
        NativeLibrary.Free(library);
        return null;
    }

    /// <summary>One thread for each call, where the library lets it be said: more fight with the program's own, and change the last digits.</summary>
    private void UseOneThread()
    {
        foreach (string name in (string[])["openblas_set_num_threads", "MKL_Set_Num_Threads"])
        {
            if (NativeLibrary.TryGetExport(_library, name, out nint address)) ((delegate* unmanaged[Cdecl]<int, void>)address)(1);
        }
    }

    /// <inheritdoc/>
    public double[] SingularValues(Matrix a)
    {
        if (Math.Min(a.Rows, a.Columns) >= TwoStageFrom) return TwoStageSingularValues.Compute(a);
        double[] work = a.AsSpan().ToArray();
        var values = new double[Math.Min(a.Rows, a.Columns)];
        bool converged = Gesdd((byte)'N', work, a.Columns, a.Rows, values, [0], 1, [0], 1);
        return converged ? values : ManagedProvider.Instance.SingularValues(a);
    }

    /// <inheritdoc/>
    public (Matrix Left, double[] Values, Matrix RightTransposed) SingularValueDecomposition(Matrix a, bool full)
    {
        int count = Math.Min(a.Rows, a.Columns);
        double[] work = a.AsSpan().ToArray();
        var values = new double[count];
        int leftColumns = full ? a.Rows : count, rightRows = full ? a.Columns : count;
        var left = new double[a.Rows * leftColumns];
        var right = new double[rightRows * a.Columns];
        bool converged = Gesdd((byte)(full ? 'A' : 'S'), work, a.Columns, a.Rows, values, right, a.Columns, left, leftColumns);
        return converged
            ? (new Matrix(left, 0, a.Rows, leftColumns), values, new Matrix(right, 0, rightRows, a.Columns))
            : ManagedProvider.Instance.SingularValueDecomposition(a, full);
    }

    /// <inheritdoc/>
    public double[] SymmetricEigenvalues(Matrix a)
    {
        var values = new double[a.Rows];
        return Syevd((byte)'N', a.AsSpan().ToArray(), a.Rows, values) ? values : ManagedProvider.Instance.SymmetricEigenvalues(a);
    }

    /// <inheritdoc/>
    public (double[] Values, Matrix VectorRows) SymmetricEigendecomposition(Matrix a)
    {
        var values = new double[a.Rows];
        Matrix vectors = a.Copy();
        double[] storage = a.AsSpan().ToArray();
        if (!Syevd((byte)'V', storage, a.Rows, values)) return ManagedProvider.Instance.SymmetricEigendecomposition(a);
        storage.CopyTo(vectors.AsSpan());
        return (values, vectors);
    }

    /// <inheritdoc/>
    public (Matrix Q, Matrix R) ThinQr(Matrix a)
    {
        int count = Math.Min(a.Rows, a.Columns);
        long m = a.Columns, n = a.Rows, k = count, lda = Math.Max(1, m), info = 0, size = -1;
        double[] work = a.AsSpan().ToArray();
        var tau = new double[count];
        var r = new Matrix(count, a.Columns);
        var q = new double[a.Rows * count];
        double optimal;
        fixed (double* pa = work, pt = tau)
        {
            _gelqf(&m, &n, pa, &lda, pt, &optimal, &size, &info);
            double[] scratch = Scratch(optimal, out size);
            fixed (double* ps = scratch) _gelqf(&m, &n, pa, &lda, pt, ps, &size, &info);
        }
        RequireAccepted("dgelqf", info);
        for (int i = 0; i < count; i++) work.AsSpan((i * a.Columns) + i, a.Columns - i).CopyTo(r.Row(i)[i..]);
        for (int i = 0; i < a.Rows; i++) work.AsSpan(i * a.Columns, count).CopyTo(q.AsSpan(i * count));
        lda = count;
        size = -1;
        fixed (double* pq = q, pt = tau)
        {
            _orglq(&k, &n, &k, pq, &lda, pt, &optimal, &size, &info);
            double[] scratch = Scratch(optimal, out size);
            fixed (double* ps = scratch) _orglq(&k, &n, &k, pq, &lda, pt, ps, &size, &info);
        }
        RequireAccepted("dorglq", info);
        return (new Matrix(q, 0, a.Rows, count), r);
    }

    /// <inheritdoc/>
    public int Cholesky(Matrix a)
    {
        byte upper = (byte)'U';
        long n = a.Rows, info = 0;
        fixed (double* pa = a.AsSpan()) _potrf(&upper, &n, pa, &n, &info, 1);
        RequireAccepted("dpotrf", info);
        for (int i = 0; i < a.Rows; i++) a.Row(i)[(i + 1)..].Clear();
        return (int)info;
    }

    private static double[] Scratch(double optimal, out long size)
    {
        var scratch = new double[Math.Max(1, (int)optimal)];
        size = scratch.Length;
        return scratch;
    }

    private static void RequireAccepted(string routine, long info)
    {
        if ((int)info < 0) throw new InvalidOperationException($"LAPACK's {routine} refused its argument {-(int)info}.");
    }

    private static string Configuration(nint library)
    {
        if (!NativeLibrary.TryGetExport(library, "openblas_get_config", out nint address)) return "";
        var describe = (delegate* unmanaged[Cdecl]<byte*>)address;
        return $": {Marshal.PtrToStringUTF8((nint)describe())?.Trim()}";
    }

    private bool Gesdd(byte job, double[] a, long m, long n, double[] values, double[] u, long ldu, double[] vt, long ldvt)
    {
        long info = 0, size = -1, lda = m;
        var integers = new long[8 * Math.Min(m, n)];
        double optimal;
        fixed (double* pa = a, ps = values, pu = u, pv = vt)
        fixed (long* pi = integers)
        {
            _gesdd(&job, &m, &n, pa, &lda, ps, pu, &ldu, pv, &ldvt, &optimal, &size, pi, &info, 1);
            RequireAccepted("dgesdd", info);
            double[] scratch = Scratch(optimal, out size);
            fixed (double* pw = scratch) _gesdd(&job, &m, &n, pa, &lda, ps, pu, &ldu, pv, &ldvt, pw, &size, pi, &info, 1);
        }
        RequireAccepted("dgesdd", info);
        return info == 0;
    }

    private bool Syevd(byte job, double[] a, long n, double[] values)
    {
        byte upper = (byte)'U';
        long info = 0, size = -1, integerSize = -1, integerOptimal = 0;
        double optimal;
        fixed (double* pa = a, pw = values)
        {
            _syevd(&job, &upper, &n, pa, &n, pw, &optimal, &size, &integerOptimal, &integerSize, &info, 1, 1);
            RequireAccepted("dsyevd", info);
            double[] scratch = Scratch(optimal, out size);
            var integers = new long[Math.Max(1, integerOptimal)];
            integerSize = integers.Length;
            fixed (double* ps = scratch)
            fixed (long* pi = integers)
                _syevd(&job, &upper, &n, pa, &n, pw, ps, &size, pi, &integerSize, &info, 1, 1);
        }
        RequireAccepted("dsyevd", info);
        return info == 0;
    }

    /// <summary>Whether the library knows that [3 0; 4 5] has the singular values √45 and √5.</summary>
    private bool IsRight()
    {
        double[] values = SingularValues(Matrix.FromRows([3, 0], [4, 5]));
        return Math.Abs(values[0] - Math.Sqrt(45)) < 1e-12 && Math.Abs(values[1] - Math.Sqrt(5)) < 1e-12;
    }
}
