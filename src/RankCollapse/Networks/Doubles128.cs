using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace RankCollapse.Networks;

/// <summary>Two doubles in a 128-bit vector.</summary>
internal readonly struct Doubles128 : IDoubles<Doubles128>
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    private readonly Vector128<double> _vector;

    [MethodImpl(Inline)]
    private Doubles128(Vector128<double> vector) => _vector = vector;

    public static int Count => 2;

    [MethodImpl(Inline)]
    public static Doubles128 operator +(Doubles128 a, Doubles128 b) => new(a._vector + b._vector);

    [MethodImpl(Inline)]
    public static Doubles128 operator -(Doubles128 a, Doubles128 b) => new(a._vector - b._vector);

    [MethodImpl(Inline)]
    public static Doubles128 operator -(Doubles128 a) => new(-a._vector);

    [MethodImpl(Inline)]
    public static Doubles128 operator *(Doubles128 a, Doubles128 b) => new(a._vector * b._vector);

    [MethodImpl(Inline)]
    public static Doubles128 operator /(Doubles128 a, Doubles128 b) => new(a._vector / b._vector);

    [MethodImpl(Inline)]
    public static Doubles128 All(double value) => new(Vector128.Create(value));

    [MethodImpl(Inline)]
    public static Doubles128 Load(ref double start, nuint index) => new(Vector128.LoadUnsafe(ref start, index));

    [MethodImpl(Inline)]
    public static Doubles128 MultiplyAdd(Doubles128 a, Doubles128 b, Doubles128 c) => new(Vector128.MultiplyAddEstimate(a._vector, b._vector, c._vector));

    [MethodImpl(Inline)]
    public static Doubles128 Sqrt(Doubles128 a) => new(Vector128.Sqrt(a._vector));

    [MethodImpl(Inline)]
    public static Doubles128 Abs(Doubles128 a) => new(Vector128.Abs(a._vector));

    [MethodImpl(Inline)]
    public static Doubles128 CopySign(Doubles128 magnitude, Doubles128 sign) => new(Vector128.CopySign(magnitude._vector, sign._vector));

    [MethodImpl(Inline)]
    public static Doubles128 Max(Doubles128 a, Doubles128 b) => new(Vector128.MaxNative(a._vector, b._vector));

    [MethodImpl(Inline)]
    public static Doubles128 Min(Doubles128 a, Doubles128 b) => new(Vector128.MinNative(a._vector, b._vector));

    [MethodImpl(Inline)]
    public static Doubles128 Less(Doubles128 a, Doubles128 b) => new(Vector128.LessThan(a._vector, b._vector));

    [MethodImpl(Inline)]
    public static Doubles128 Select(Doubles128 mask, Doubles128 a, Doubles128 b) => new(Vector128.ConditionalSelect(mask._vector, a._vector, b._vector));

    // The low bits of a double in [2⁵², 2⁵³) count ones, so that n sits there as an integer.
    [MethodImpl(Inline)]
    public static Doubles128 PowerOfTwo(Doubles128 shifted) =>
        new(Vector128.ShiftLeft(shifted._vector.AsInt64() + Vector128.Create(1023L), 52).AsDouble());

    [MethodImpl(Inline)]
    public static Doubles128 Mantissa(Doubles128 a, out Doubles128 shiftedExponent)
    {
        const long RootOfHalf = 0x3FE6A09E667F3BCD;
        Vector128<long> fromRoot = a._vector.AsInt64() - Vector128.Create(RootOfHalf);
        Vector128<long> exponent = Vector128.ShiftRightArithmetic(fromRoot, 52);
        shiftedExponent = new((exponent + Vector128.Create(0x4338000000000000)).AsDouble());
        return new(((fromRoot & Vector128.Create(0x000FFFFFFFFFFFFF)) + Vector128.Create(RootOfHalf)).AsDouble());
    }

    [MethodImpl(Inline)]
    public void Store(ref double start, nuint index) => _vector.StoreUnsafe(ref start, index);
}
