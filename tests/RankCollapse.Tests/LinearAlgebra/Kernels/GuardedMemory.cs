using System.Runtime.InteropServices;
using RankCollapse.LinearAlgebra;

namespace RankCollapse.Tests.LinearAlgebra.Kernels;

/// <summary>Entries that end where a page begins that cannot be read: one read past the last entry ends the test run with an access violation.</summary>
internal sealed unsafe partial class GuardedMemory : IDisposable
{
    private const int ReadWrite = 3;
    private const int PrivateAnonymous = 0x22;

    private readonly byte* _memory;
    private readonly nuint _length;

    public GuardedMemory(Matrix entries)
    {
        nuint page = (nuint)Environment.SystemPageSize, bytes = (nuint)entries.Length * sizeof(double);
        nuint usable = (bytes + page - 1) / page * page;
        _length = usable + page;
        _memory = (byte*)Map(0, _length, ReadWrite, PrivateAnonymous, -1, 0);
        Assert.NotEqual(-1, (nint)_memory);
        Assert.Equal(0, Protect((nint)(_memory + usable), page, 0));
        Start = (double*)(_memory + usable - bytes);
        entries.AsSpan().CopyTo(new Span<double>(Start, entries.Length));
    }

    /// <summary>The first entry; the last one lies right before the guard.</summary>
    public double* Start { get; }

    public void Dispose() => _ = Unmap((nint)_memory, _length);

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial nint Map(nint address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect")]
    private static partial int Protect(nint address, nuint length, int protection);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(nint address, nuint length);
}
