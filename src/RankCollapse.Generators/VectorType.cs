using System.Globalization;

namespace RankCollapse.Generators;

/// <summary>The vector of doubles of one width, which differs from those of other widths by its name alone.</summary>
internal static class VectorType
{
    private const string Template = """
        using System.Runtime.CompilerServices;
        using System.Runtime.Intrinsics;
        using System.Runtime.Intrinsics.Arm;
        using System.Runtime.Intrinsics.X86;

        namespace RankCollapse.LinearAlgebra.Vectors;

        /// <summary>COUNT doubles in a BITS-bit vector.</summary>
        internal readonly struct DoublesBITS : IDoubles<DoublesBITS>
        {
            private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

            private readonly VectorBITS<double> _vector;

            [MethodImpl(Inline)]
            private DoublesBITS(VectorBITS<double> vector) => _vector = vector;

            public static int Count => COUNT;

            [MethodImpl(Inline)]
            public static DoublesBITS operator +(DoublesBITS a, DoublesBITS b) => new(a._vector + b._vector);

            [MethodImpl(Inline)]
            public static DoublesBITS operator -(DoublesBITS a, DoublesBITS b) => new(a._vector - b._vector);

            [MethodImpl(Inline)]
            public static DoublesBITS operator -(DoublesBITS a) => new(-a._vector);

            [MethodImpl(Inline)]
            public static DoublesBITS operator *(DoublesBITS a, DoublesBITS b) => new(a._vector * b._vector);

            [MethodImpl(Inline)]
            public static DoublesBITS operator /(DoublesBITS a, DoublesBITS b) => new(a._vector / b._vector);

            [MethodImpl(Inline)]
            public static DoublesBITS All(double value) => new(VectorBITS.Create(value));

            [MethodImpl(Inline)]
            public static DoublesBITS Load(ref double start, nuint index) => new(VectorBITS.LoadUnsafe(ref start, index));

            [MethodImpl(Inline)]
            public static unsafe DoublesBITS Load(double* source) => new(VectorBITS.Load(source));

            [MethodImpl(Inline)]
            public static double Sum(DoublesBITS a) => VectorBITS.Sum(a._vector);

            // As Fused.IsSupported, but seen by the compiler before it inlines: the method for processors without would use up its budget in a tile.
            [MethodImpl(Inline)]
            public static DoublesBITS MultiplyAdd(DoublesBITS a, DoublesBITS b, DoublesBITS c) =>
                new(Fma.IsSupported || AdvSimd.Arm64.IsSupported
                    ? VectorBITS.FusedMultiplyAdd(a._vector, b._vector, c._vector) : (a._vector * b._vector) + c._vector);

            [MethodImpl(Inline)]
            public static DoublesBITS Sqrt(DoublesBITS a) => new(VectorBITS.Sqrt(a._vector));

            [MethodImpl(Inline)]
            public static DoublesBITS Abs(DoublesBITS a) => new(VectorBITS.Abs(a._vector));

            [MethodImpl(Inline)]
            public static DoublesBITS CopySign(DoublesBITS magnitude, DoublesBITS sign) => new(VectorBITS.CopySign(magnitude._vector, sign._vector));

            [MethodImpl(Inline)]
            public static DoublesBITS Max(DoublesBITS a, DoublesBITS b) => new(VectorBITS.MaxNative(a._vector, b._vector));

            [MethodImpl(Inline)]
            public static DoublesBITS Min(DoublesBITS a, DoublesBITS b) => new(VectorBITS.MinNative(a._vector, b._vector));

            [MethodImpl(Inline)]
            public static DoublesBITS Less(DoublesBITS a, DoublesBITS b) => new(VectorBITS.LessThan(a._vector, b._vector));

            [MethodImpl(Inline)]
            public static DoublesBITS Select(DoublesBITS mask, DoublesBITS a, DoublesBITS b) =>
                new(VectorBITS.ConditionalSelect(mask._vector, a._vector, b._vector));

            // The low bits of a double in [2⁵², 2⁵³) count ones, so that n sits there as an integer.
            [MethodImpl(Inline)]
            public static DoublesBITS PowerOfTwo(DoublesBITS shifted) =>
                new(VectorBITS.ShiftLeft(shifted._vector.AsInt64() + VectorBITS.Create(1023L), 52).AsDouble());

            [MethodImpl(Inline)]
            public static DoublesBITS Mantissa(DoublesBITS a, out DoublesBITS shiftedExponent)
            {
                const long RootOfHalf = 0x3FE6A09E667F3BCD;
                VectorBITS<long> fromRoot = a._vector.AsInt64() - VectorBITS.Create(RootOfHalf);
                VectorBITS<long> exponent = VectorBITS.ShiftRightArithmetic(fromRoot, 52);
                shiftedExponent = new((exponent + VectorBITS.Create(0x4338000000000000)).AsDouble());
                return new(((fromRoot & VectorBITS.Create(0x000FFFFFFFFFFFFF)) + VectorBITS.Create(RootOfHalf)).AsDouble());
            }

            [MethodImpl(Inline)]
            public void Store(ref double start, nuint index) => _vector.StoreUnsafe(ref start, index);

            [MethodImpl(Inline)]
            public unsafe void Store(double* destination) => _vector.Store(destination);
        }
        """;

    /// <summary>The type for vectors of so many bits.</summary>
    public static string Write(int bits) =>
        Template.Replace("BITS", bits.ToString(CultureInfo.InvariantCulture)).Replace("COUNT", (bits / 64).ToString(CultureInfo.InvariantCulture));

    /// <summary>The type of floats for vectors of so many bits: twice as many lanes, with 24 bits of precision and 8 of exponent.</summary>
    public static string WriteSingle(int bits) => SingleTwin.Of(Write(bits))
        .Replace($"Count => {bits / 64};", $"Count => {bits / 32};").Replace($"{bits / 64} floats", $"{bits / 32} floats")
        .Replace("const long", "const int").Replace("<long>", "<int>").Replace("AsInt64", "AsInt32").Replace("AsDouble", "AsSingle")
        .Replace("1023L", "127").Replace("52)", "23)").Replace("2⁵²", "2²³").Replace("2⁵³", "2²⁴")
        .Replace("0x3FE6A09E667F3BCD", "0x3F3504F3").Replace("0x4338000000000000", "0x4B400000").Replace("0x000FFFFFFFFFFFFF", "0x007FFFFF");
}
