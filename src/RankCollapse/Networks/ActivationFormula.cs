using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using RankCollapse.LinearAlgebra.Kernels;
using RankCollapse.LinearAlgebra.Vectors;

namespace RankCollapse.Networks;

/// <summary>σ, σ' and σ'' of one vector; results that a caller ignores cost nothing after inlining.</summary>
internal interface IActivationFormula
{
    /// <summary>Evaluates every lane alike.</summary>
    void Evaluate<TDoubles>(TDoubles x, out TDoubles value, out TDoubles first, out TDoubles second)
        where TDoubles : struct, IDoubles<TDoubles>;
}

/// <summary>An activation that passes over its entries with the widest vectors of the machine.</summary>
/// <typeparam name="TFormula">The formula, a value type so that it is inlined.</typeparam>
/// <remarks>A remainder goes through the same vector code on a padded buffer: an entry's result does not depend on its place.</remarks>
internal abstract class VectorizedActivation<TFormula>(TFormula formula) : Activation
    where TFormula : struct, IActivationFormula
{
    private readonly TFormula _formula = formula;

    private enum Order
    {
        Value,
        First,
        Second,
    }

    private interface IOrder
    {
        static abstract Order Order { get; }
    }

    /// <inheritdoc/>
    public sealed override void Value(ReadOnlySpan<double> x, Span<double> value) =>
        Evaluate<UpToValue>(x, value, default, default);

    /// <inheritdoc/>
    public sealed override void ValueAndFirst(ReadOnlySpan<double> x, Span<double> value, Span<double> first) =>
        Evaluate<UpToFirst>(x, value, first, default);

    /// <inheritdoc/>
    public sealed override void ValueFirstAndSecond(ReadOnlySpan<double> x, Span<double> value, Span<double> first, Span<double> second) =>
        Evaluate<UpToSecond>(x, value, first, second);

    /// <summary>The same pass at a given vector width.</summary>
    internal void ValueFirstAndSecond<TDoubles>(ReadOnlySpan<double> x, Span<double> value, Span<double> first, Span<double> second)
        where TDoubles : struct, IDoubles<TDoubles> => Pass<TDoubles, UpToSecond>(x, value, first, second);

    private void Evaluate<TOrder>(ReadOnlySpan<double> x, Span<double> value, Span<double> first, Span<double> second)
        where TOrder : struct, IOrder
    {
        RequireRoom(x, value);
        if (TOrder.Order >= Order.First) RequireRoom(x, first);
        if (TOrder.Order >= Order.Second) RequireRoom(x, second);
        switch (VectorWidth.Bits)
        {
            case 512: Pass<Doubles512, TOrder>(x, value, first, second); break;
            case 256: Pass<Doubles256, TOrder>(x, value, first, second); break;
            default: Pass<Doubles128, TOrder>(x, value, first, second); break;
        }
    }

    private void Pass<TDoubles, TOrder>(ReadOnlySpan<double> x, Span<double> value, Span<double> first, Span<double> second)
        where TDoubles : struct, IDoubles<TDoubles>
        where TOrder : struct, IOrder
    {
        TFormula inlined = _formula;
        ref double from = ref MemoryMarshal.GetReference(x);
        ref double toValue = ref MemoryMarshal.GetReference(value);
        ref double toFirst = ref MemoryMarshal.GetReference(first);
        ref double toSecond = ref MemoryMarshal.GetReference(second);
        int i = 0;
        for (; i <= x.Length - TDoubles.Count; i += TDoubles.Count)
            Step<TDoubles, TOrder>(
                inlined, ref Unsafe.Add(ref from, i), ref Unsafe.Add(ref toValue, i), ref Unsafe.Add(ref toFirst, i), ref Unsafe.Add(ref toSecond, i));
        if (i < x.Length) Remainder<TDoubles, TOrder>(x[i..], value[i..], first.IsEmpty ? first : first[i..], second.IsEmpty ? second : second[i..]);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Remainder<TDoubles, TOrder>(ReadOnlySpan<double> x, Span<double> value, Span<double> first, Span<double> second)
        where TDoubles : struct, IDoubles<TDoubles>
        where TOrder : struct, IOrder
    {
        Span<double> buffer = stackalloc double[4 * 8];
        buffer.Clear();
        x.CopyTo(buffer);
        Step<TDoubles, TOrder>(_formula, ref buffer[0], ref buffer[8], ref buffer[16], ref buffer[24]);
        buffer.Slice(8, x.Length).CopyTo(value);
        if (TOrder.Order >= Order.First) buffer.Slice(16, x.Length).CopyTo(first);
        if (TOrder.Order >= Order.Second) buffer.Slice(24, x.Length).CopyTo(second);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Step<TDoubles, TOrder>(TFormula formula, ref double x, ref double value, ref double first, ref double second)
        where TDoubles : struct, IDoubles<TDoubles>
        where TOrder : struct, IOrder
    {
        formula.Evaluate(TDoubles.Load(ref x, 0), out TDoubles v, out TDoubles d, out TDoubles dd);
        v.Store(ref value, 0);
        if (TOrder.Order >= Order.First) d.Store(ref first, 0);
        if (TOrder.Order >= Order.Second) dd.Store(ref second, 0);
    }

    private readonly struct UpToValue : IOrder
    {
        public static Order Order => Order.Value;
    }

    private readonly struct UpToFirst : IOrder
    {
        public static Order Order => Order.First;
    }

    private readonly struct UpToSecond : IOrder
    {
        public static Order Order => Order.Second;
    }
}
