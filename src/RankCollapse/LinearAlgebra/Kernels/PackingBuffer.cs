using System.Runtime.InteropServices;

namespace RankCollapse.LinearAlgebra.Kernels;

/// <summary>The memory of one thread for packed panels, aligned to cache lines; it grows and is kept until the thread ends.</summary>
internal sealed unsafe class PackingBuffer
{
    private const int Alignment = 64;

    [ThreadStatic]
    private static PackingBuffer? _ofThread;

    private double* _memory;
    private nuint _capacity;

    private PackingBuffer()
    {
    }

#pragma warning disable MA0055 // The buffer lives as long as its thread; there is no other place to free it.
    ~PackingBuffer() => NativeMemory.AlignedFree(_memory);
#pragma warning restore MA0055

    /// <summary>The calling thread's buffer.</summary>
    public static PackingBuffer OfThread => _ofThread ??= new PackingBuffer();

    /// <summary>Memory for at least so many doubles; what was there before is lost when it grows.</summary>
    public double* Reserve(nuint length)
    {
        if (length > _capacity)
        {
            NativeMemory.AlignedFree(_memory);
            _memory = null;
            _capacity = 0;
            _memory = (double*)NativeMemory.AlignedAlloc(length * sizeof(double), Alignment);
            _capacity = length;
        }
        return _memory;
    }
}
