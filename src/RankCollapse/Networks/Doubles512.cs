using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace RankCollapse.Networks;

/// <summary>Eight doubles in a 512-bit vector.</summary>
internal readonly struct Doubles512 : IDoubles<Doubles512>
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    private readonly Vector512<double> _vector;

    [MethodImpl(Inline)]
    private Doubles512(Vector512<double> vector) => _vector = vector;

    public static int Count => 8;

    [MethodImpl(Inline)]
    public static Doubles512 operator +(Doubles512 a, Doubles512 b) => new(a._vector + b._vector);

    [MethodImpl(Inline)]
    public static Doubles512 operator -(Doubles512 a, Doubles512 b) => new(a._vector - b._vector);

    [MethodImpl(Inline)]
    public static Doubles512 operator -(Doubles512 a) => new(-a._vector);

    [MethodImpl(Inline)]
    public static Doubles512 operator *(Doubles512 a, Doubles512 b) => new(a._vector * b._vector);

    [MethodImpl(Inline)]
    public static Doubles512 operator /(Doubles512 a, Doubles512 b) => new(a._vector / b._vector);

    [MethodImpl(Inline)]
    public static Doubles512 All(double value) => new(Vector512.Create(value));

    [MethodImpl(Inline)]
    public static Doubles512 Load(ref double start, nuint index) => new(Vector512.LoadUnsafe(ref start, index));

    [MethodImpl(Inline)]
    public static Doubles512 MultiplyAdd(Doubles512 a, Doubles512 b, Doubles512 c) => new(Vector512.MultiplyAddEstimate(a._vector, b._vector, c._vector));

    [MethodImpl(Inline)]
    public static Doubles512 Sqrt(Doubles512 a) => new(Vector512.Sqrt(a._vector));

    [MethodImpl(Inline)]
    public static Doubles512 Abs(Doubles512 a) => new(Vector512.Abs(a._vector));

    [MethodImpl(Inline)]
    public static Doubles512 CopySign(Doubles512 magnitude, Doubles512 sign) => new(Vector512.CopySign(magnitude._vector, sign._vector));

    [MethodImpl(Inline)]
    public static Doubles512 Max(Doubles512 a, Doubles512 b) => new(Vector512.MaxNative(a._vector, b._vector));

    [MethodImpl(Inline)]
    public static Doubles512 Min(Doubles512 a, Doubles512 b) => new(Vector512.MinNative(a._vector, b._vector));

    [MethodImpl(Inline)]
    public static Doubles512 Less(Doubles512 a, Doubles512 b) => new(Vector512.LessThan(a._vector, b._vector));

    [MethodImpl(Inline)]
    public static Doubles512 Select(Doubles512 mask, Doubles512 a, Doubles512 b) => new(Vector512.ConditionalSelect(mask._vector, a._vector, b._vector));

    // The low bits of a double in [2⁵², 2⁵³) count ones, so that n sits there as an integer.
    [MethodImpl(Inline)]
    public static Doubles512 PowerOfTwo(Doubles512 shifted) =>
        new(Vector512.ShiftLeft(shifted._vector.AsInt64() + Vector512.Create(1023L), 52).AsDouble());

    [MethodImpl(Inline)]
    public static Doubles512 Mantissa(Doubles512 a, out Doubles512 shiftedExponent)
    {
        const long RootOfHalf = 0x3FE6A09E667F3BCD;
        Vector512<long> fromRoot = a._vector.AsInt64() - Vector512.Create(RootOfHalf);
        Vector512<long> exponent = Vector512.ShiftRightArithmetic(fromRoot, 52);
        shiftedExponent = new((exponent + Vector512.Create(0x4338000000000000)).AsDouble());
        return new(((fromRoot & Vector512.Create(0x000FFFFFFFFFFFFF)) + Vector512.Create(RootOfHalf)).AsDouble());
    }

    [MethodImpl(Inline)]
    public void Store(ref double start, nuint index) => _vector.StoreUnsafe(ref start, index);
}
