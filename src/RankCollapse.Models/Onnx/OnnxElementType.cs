using RankCollapse.Formats;

namespace RankCollapse.Models.Onnx;

/// <summary>The types of ONNX's numbers by the names of the tensor readers.</summary>
internal static class OnnxElementType
{
    /// <summary>Whether two numbers share a byte, the first in the low half; they are read as whole numbers of a byte each.</summary>
    public static bool IsHalfByte(int dataType) => (TensorProto.Types.DataType)dataType is TensorProto.Types.DataType.Int4 or TensorProto.Types.DataType.Uint4;

    /// <summary>The type, or null for texts, complex numbers and fractions below a byte.</summary>
    public static ElementType? Of(int dataType) => (TensorProto.Types.DataType)dataType switch
    {
        TensorProto.Types.DataType.Float => ElementType.F32,
        TensorProto.Types.DataType.Double => ElementType.F64,
        TensorProto.Types.DataType.Float16 => ElementType.F16,
        TensorProto.Types.DataType.Bfloat16 => ElementType.BF16,
        TensorProto.Types.DataType.Float8E4M3Fn => ElementType.F8_E4M3,
        TensorProto.Types.DataType.Float8E4M3Fnuz => ElementType.F8_E4M3FNUZ,
        TensorProto.Types.DataType.Float8E5M2 => ElementType.F8_E5M2,
        TensorProto.Types.DataType.Float8E5M2Fnuz => ElementType.F8_E5M2FNUZ,
        TensorProto.Types.DataType.Float8E8M0 => ElementType.F8_E8M0,
        TensorProto.Types.DataType.Bool => ElementType.Bool,
        TensorProto.Types.DataType.Uint8 or TensorProto.Types.DataType.Uint4 => ElementType.U8,
        TensorProto.Types.DataType.Int8 or TensorProto.Types.DataType.Int4 => ElementType.I8,
        TensorProto.Types.DataType.Uint16 => ElementType.U16,
        TensorProto.Types.DataType.Int16 => ElementType.I16,
        TensorProto.Types.DataType.Uint32 => ElementType.U32,
        TensorProto.Types.DataType.Int32 => ElementType.I32,
        TensorProto.Types.DataType.Uint64 => ElementType.U64,
        TensorProto.Types.DataType.Int64 => ElementType.I64,
        _ => null,
    };

    /// <summary>The name of a type in ONNX's words.</summary>
    public static string Name(int dataType) =>
        Enum.IsDefined((TensorProto.Types.DataType)dataType) ? ((TensorProto.Types.DataType)dataType).ToString().ToUpperInvariant() : $"number {dataType}";

    /// <summary>The typed field that holds numbers of a type where there is no raw data.</summary>
    public static int TypedField(ElementType type) => type switch
    {
        ElementType.F32 => TensorProto.FloatDataFieldNumber,
        ElementType.F64 => TensorProto.DoubleDataFieldNumber,
        ElementType.I64 => TensorProto.Int64DataFieldNumber,
        ElementType.U32 or ElementType.U64 => TensorProto.Uint64DataFieldNumber,
        _ => TensorProto.Int32DataFieldNumber,
    };
}
