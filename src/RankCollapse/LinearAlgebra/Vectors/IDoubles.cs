namespace RankCollapse.LinearAlgebra.Vectors;

/// <summary>
/// A vector of doubles of one fixed width, so that a kernel or an activation is written once and compiled for 512, 256 and 128 bits.
/// </summary>
/// <typeparam name="TSelf">The width.</typeparam>
/// <remarks>
/// The widths, <c>Doubles128</c>, <c>Doubles256</c> and <c>Doubles512</c>, are written by the generator of kernels. A mask is a vector whose lanes have all
/// bits set or none.
/// </remarks>
internal interface IDoubles<TSelf>
    where TSelf : struct, IDoubles<TSelf>
{
    /// <summary>The number of doubles.</summary>
    static abstract int Count { get; }

    static abstract TSelf operator +(TSelf a, TSelf b);

    static abstract TSelf operator -(TSelf a, TSelf b);

    static abstract TSelf operator -(TSelf a);

    static abstract TSelf operator *(TSelf a, TSelf b);

    static abstract TSelf operator /(TSelf a, TSelf b);

    /// <summary>The same value in every lane.</summary>
    static abstract TSelf All(double value);

    /// <summary>Reads from <paramref name="index"/> on.</summary>
    static abstract TSelf Load(ref double start, nuint index);

    /// <summary>Reads from an address, aligned or not.</summary>
    static abstract unsafe TSelf Load(double* source);

    /// <summary>The sum of the lanes: halves are added until one is left.</summary>
    static abstract double Sum(TSelf a);

    /// <summary>a·b + c, rounded once where the machine can.</summary>
    static abstract TSelf MultiplyAdd(TSelf a, TSelf b, TSelf c);

    /// <summary>√a.</summary>
    static abstract TSelf Sqrt(TSelf a);

    /// <summary>|a|.</summary>
    static abstract TSelf Abs(TSelf a);

    /// <summary>The absolute value of the first with the sign of the second.</summary>
    static abstract TSelf CopySign(TSelf magnitude, TSelf sign);

    /// <summary>The larger; NaN where <paramref name="b"/> is NaN.</summary>
    static abstract TSelf Max(TSelf a, TSelf b);

    /// <summary>The smaller; NaN where <paramref name="b"/> is NaN.</summary>
    static abstract TSelf Min(TSelf a, TSelf b);

    /// <summary>The mask of a &lt; b.</summary>
    static abstract TSelf Less(TSelf a, TSelf b);

    /// <summary><paramref name="a"/> where the mask is set, else <paramref name="b"/>.</summary>
    static abstract TSelf Select(TSelf mask, TSelf a, TSelf b);

    /// <summary>2^n for lanes that hold 1.5·2⁵² + n with a whole number −1022 ≤ n ≤ 1023.</summary>
    static abstract TSelf PowerOfTwo(TSelf shifted);

    /// <summary>Splits positive normal a = 2^k·m with √½ ≤ m &lt; √2; <paramref name="shiftedExponent"/> is 1.5·2⁵² + k.</summary>
    static abstract TSelf Mantissa(TSelf a, out TSelf shiftedExponent);

    /// <summary>Writes from <paramref name="index"/> on.</summary>
    void Store(ref double start, nuint index);

    /// <summary>Writes to an address, aligned or not.</summary>
    unsafe void Store(double* destination);
}
