using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using RankCollapse.LinearAlgebra;

namespace RankCollapse.Models.Running;

/// <summary>Doubles to the values of ONNX Runtime and back.</summary>
internal static class TensorValues
{
    /// <summary>Whether features can be read from tensors of a type.</summary>
    public static bool IsReadable(TensorElementType type) =>
        type is TensorElementType.Float or TensorElementType.Double or TensorElementType.Float16 or TensorElementType.BFloat16;

    /// <summary>A tensor of the type that a model wants.</summary>
    /// <exception cref="InvalidInputException">The type is not one of numbers, or a whole number is wanted where there is a fraction.</exception>
    public static OrtValue Create(string name, TensorElementType type, ReadOnlySpan<double> values, long[] shape) => type switch
    {
        TensorElementType.Float => Of(values, shape, value => (float)value),
        TensorElementType.Double => Of(values, shape, value => value),
        TensorElementType.Float16 => Of(values, shape, value => (Float16)(float)value),
        TensorElementType.BFloat16 => Of(values, shape, value => (BFloat16)(float)value),
        TensorElementType.Int64 => Of(values, shape, value => (long)Whole(name, value, long.MinValue, long.MaxValue)),
        TensorElementType.Int32 => Of(values, shape, value => (int)Whole(name, value, int.MinValue, int.MaxValue)),
        TensorElementType.Int16 => Of(values, shape, value => (short)Whole(name, value, short.MinValue, short.MaxValue)),
        TensorElementType.Int8 => Of(values, shape, value => (sbyte)Whole(name, value, sbyte.MinValue, sbyte.MaxValue)),
        TensorElementType.UInt8 => Of(values, shape, value => (byte)Whole(name, value, 0, byte.MaxValue)),
        TensorElementType.Bool => Of(values, shape, value => value != 0),
        _ => throw new InvalidInputException(
            $"The model's input {ErrorText.Printable(name)} is of type {type}, which data cannot be given for; expected numbers."),
    };

    /// <summary>Reads rows of numbers.</summary>
    /// <param name="value">A tensor of a readable type.</param>
    /// <param name="type">Its type.</param>
    /// <param name="destination">As many numbers from the start as fit; the tensor has at least as many.</param>
    public static void Read(OrtValue value, TensorElementType type, Matrix destination)
    {
        Span<double> target = destination.AsSpan();
        switch (type)
        {
            case TensorElementType.Float:
                System.Numerics.Tensors.TensorPrimitives.ConvertTruncating(value.GetTensorDataAsSpan<float>()[..target.Length], target);
                break;
            case TensorElementType.Double:
                value.GetTensorDataAsSpan<double>()[..target.Length].CopyTo(target);
                break;
            case TensorElementType.Float16:
                ReadOnlySpan<Float16> halves = value.GetTensorDataAsSpan<Float16>();
                for (int i = 0; i < target.Length; i++) target[i] = (float)halves[i];
                break;
            default:
                ReadOnlySpan<BFloat16> brains = value.GetTensorDataAsSpan<BFloat16>();
                for (int i = 0; i < target.Length; i++) target[i] = (float)brains[i];
                break;
        }
    }

    private static OrtValue Of<T>(ReadOnlySpan<double> values, long[] shape, Func<double, T> convert)
        where T : unmanaged
    {
        var converted = new T[values.Length];
        for (int i = 0; i < values.Length; i++) converted[i] = convert(values[i]);
        return OrtValue.CreateTensorValueFromMemory(converted, shape);
    }

    private static double Whole(string name, double value, double least, double most) =>
        Math.Floor(value) == value && value >= least && value <= most
            ? value
            : throw new InvalidInputException(
                $"The model's input {ErrorText.Printable(name)} takes whole numbers from {least} to {most}, but the data hold {value}; scale or convert them.");
}
