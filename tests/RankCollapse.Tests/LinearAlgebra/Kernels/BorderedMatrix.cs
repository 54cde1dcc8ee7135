using RankCollapse.LinearAlgebra;

namespace RankCollapse.Tests.LinearAlgebra.Kernels;

/// <summary>A matrix inside a larger array filled with NaN: reading beyond it poisons results, writing beyond it is seen.</summary>
internal sealed class BorderedMatrix
{
    /// <summary>A NaN of our own, which no computation makes.</summary>
    private const long Sentinel = 0x7FF8_0000_0BAD_CAFE;

    private readonly double[] _storage;
    private readonly int _before;

    /// <summary>Copies entries into a bordered place.</summary>
    /// <param name="entries">The entries.</param>
    /// <param name="before">Border entries before them; odd numbers make every row unaligned.</param>
    /// <param name="after">Border entries after them; 0 puts the last entry at the array's very end.</param>
    public BorderedMatrix(Matrix entries, int before = 37, int after = 41)
    {
        _before = before;
        _storage = new double[before + entries.Length + after];
        Array.Fill(_storage, BitConverter.Int64BitsToDouble(Sentinel));
        Matrix = new Matrix(_storage, before, entries.Rows, entries.Columns);
        entries.CopyTo(Matrix);
    }

    public Matrix Matrix { get; }

    public void AssertBorderIsUntouched()
    {
        for (int i = 0; i < _storage.Length; i++)
        {
            bool isInside = i >= _before && i < _before + Matrix.Length;
            if (!isInside) Assert.Equal(Sentinel, BitConverter.DoubleToInt64Bits(_storage[i]));
        }
    }

    public void AssertUnchanged(Matrix original)
    {
        Assert.True(original.AsSpan().SequenceEqual(Matrix.AsSpan()), "The factor was changed.");
        AssertBorderIsUntouched();
    }
}
