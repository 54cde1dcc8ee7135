using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace RankCollapse.Networks;

/// <summary>Four doubles in a 256-bit vector.</summary>
internal readonly struct Doubles256 : IDoubles<Doubles256>
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    private readonly Vector256<double> _vector;

    [MethodImpl(Inline)]
    private Doubles256(Vector256<double> vector) => _vector = vector;

    public static int Count => 4;

    [MethodImpl(Inline)]
    public static Doubles256 operator +(Doubles256 a, Doubles256 b) => new(a._vector + b._vector);

    [MethodImpl(Inline)]
    public static Doubles256 operator -(Doubles256 a, Doubles256 b) => new(a._vector - b._vector);

    [MethodImpl(Inline)]
    public static Doubles256 operator -(Doubles256 a) => new(-a._vector);

    [MethodImpl(Inline)]
    public static Doubles256 operator *(Doubles256 a, Doubles256 b) => new(a._vector * b._vector);

    [MethodImpl(Inline)]
    public static Doubles256 operator /(Doubles256 a, Doubles256 b) => new(a._vector / b._vector);

    [MethodImpl(Inline)]
    public static Doubles256 All(double value) => new(Vector256.Create(value));

    [MethodImpl(Inline)]
    public static Doubles256 Load(ref double start, nuint index) => new(Vector256.LoadUnsafe(ref start, index));

    [MethodImpl(Inline)]
    public static Doubles256 MultiplyAdd(Doubles256 a, Doubles256 b, Doubles256 c) => new(Vector256.MultiplyAddEstimate(a._vector, b._vector, c._vector));

    [MethodImpl(Inline)]
    public static Doubles256 Sqrt(Doubles256 a) => new(Vector256.Sqrt(a._vector));

    [MethodImpl(Inline)]
    public static Doubles256 Abs(Doubles256 a) => new(Vector256.Abs(a._vector));

    [MethodImpl(Inline)]
    public static Doubles256 CopySign(Doubles256 magnitude, Doubles256 sign) => new(Vector256.CopySign(magnitude._vector, sign._vector));

    [MethodImpl(Inline)]
    public static Doubles256 Max(Doubles256 a, Doubles256 b) => new(Vector256.MaxNative(a._vector, b._vector));

    [MethodImpl(Inline)]
    public static Doubles256 Min(Doubles256 a, Doubles256 b) => new(Vector256.MinNative(a._vector, b._vector));

    [MethodImpl(Inline)]
    public static Doubles256 Less(Doubles256 a, Doubles256 b) => new(Vector256.LessThan(a._vector, b._vector));

    [MethodImpl(Inline)]
    public static Doubles256 Select(Doubles256 mask, Doubles256 a, Doubles256 b) => new(Vector256.ConditionalSelect(mask._vector, a._vector, b._vector));

    // The low bits of a double in [2⁵², 2⁵³) count ones, so that n sits there as an integer.
    [MethodImpl(Inline)]
    public static Doubles256 PowerOfTwo(Doubles256 shifted) =>
        new(Vector256.ShiftLeft(shifted._vector.AsInt64() + Vector256.Create(1023L), 52).AsDouble());

    [MethodImpl(Inline)]
    public static Doubles256 Mantissa(Doubles256 a, out Doubles256 shiftedExponent)
    {
        const long RootOfHalf = 0x3FE6A09E667F3BCD;
        Vector256<long> fromRoot = a._vector.AsInt64() - Vector256.Create(RootOfHalf);
        Vector256<long> exponent = Vector256.ShiftRightArithmetic(fromRoot, 52);
        shiftedExponent = new((exponent + Vector256.Create(0x4338000000000000)).AsDouble());
        return new(((fromRoot & Vector256.Create(0x000FFFFFFFFFFFFF)) + Vector256.Create(RootOfHalf)).AsDouble());
    }

    [MethodImpl(Inline)]
    public void Store(ref double start, nuint index) => _vector.StoreUnsafe(ref start, index);
}
