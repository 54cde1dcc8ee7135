using RankCollapse.Formats;

namespace RankCollapse.Models.Torch;

/// <summary>What the names in PyTorch's pickles mean: the list of what is known, by which everything else stays an object that was not made.</summary>
internal sealed class TorchObjects
{
    /// <summary>Tensors that repeat numbers of their storage may have so many; more of them is a file that claims what it does not hold.</summary>
    private const long MostRepeated = 1 << 20;
    private const int MostDimensions = 64, MostWrappers = 16;
    private const string Bytes = "UntypedStorage";

    private static readonly Dictionary<string, ElementType> StorageTypes = new(StringComparer.Ordinal)
    {
        ["DoubleStorage"] = ElementType.F64,
        ["FloatStorage"] = ElementType.F32,
        ["HalfStorage"] = ElementType.F16,
        ["BFloat16Storage"] = ElementType.BF16,
        ["LongStorage"] = ElementType.I64,
        ["IntStorage"] = ElementType.I32,
        ["ShortStorage"] = ElementType.I16,
        ["CharStorage"] = ElementType.I8,
        ["ByteStorage"] = ElementType.U8,
        ["BoolStorage"] = ElementType.Bool,
        ["ComplexFloatStorage"] = ElementType.C64,
        [Bytes] = ElementType.U8,
        ["_UntypedStorage"] = ElementType.U8,
    };

    private static readonly Dictionary<string, ElementType> Types = new(StringComparer.Ordinal)
    {
        ["float64"] = ElementType.F64,
        ["float32"] = ElementType.F32,
        ["float16"] = ElementType.F16,
        ["bfloat16"] = ElementType.BF16,
        ["int64"] = ElementType.I64,
        ["int32"] = ElementType.I32,
        ["int16"] = ElementType.I16,
        ["int8"] = ElementType.I8,
        ["uint8"] = ElementType.U8,
        ["uint16"] = ElementType.U16,
        ["uint32"] = ElementType.U32,
        ["uint64"] = ElementType.U64,
        ["bool"] = ElementType.Bool,
        ["complex64"] = ElementType.C64,
        ["float8_e4m3fn"] = ElementType.F8_E4M3,
        ["float8_e5m2"] = ElementType.F8_E5M2,
        ["float8_e4m3fnuz"] = ElementType.F8_E4M3FNUZ,
        ["float8_e5m2fnuz"] = ElementType.F8_E5M2FNUZ,
        ["float8_e8m0fnu"] = ElementType.F8_E8M0,
    };

    /// <summary>Values of Python and numpy that models come with, and that hold no tensors.</summary>
    private static readonly HashSet<string> Plain = new(StringComparer.Ordinal)
    {
        "torch.device", "torch.Generator", "_codecs.encode", "builtins.complex", "__builtin__.complex", "builtins.slice", "builtins.range", "builtins.getattr",
        "builtins.bytes", "__builtin__.bytes", "builtins.bytearray", "__builtin__.bytearray", "numpy.dtype", "numpy.core.multiarray.scalar",
        "numpy._core.multiarray.scalar", "datetime.datetime", "datetime.date", "datetime.timedelta", "datetime.timezone", "pathlib.PosixPath",
        "pathlib.WindowsPath", "pathlib.PurePosixPath", "decimal.Decimal", "fractions.Fraction", "uuid.UUID",
    };

    private static readonly Dictionary<string, string> UnreadKinds = new(StringComparer.Ordinal)
    {
        ["_rebuild_qtensor"] = "it is a quantised tensor of PyTorch; save what its dequantize() gives",
        ["_rebuild_sparse_tensor"] = "it is a sparse tensor; save what its to_dense() gives",
        ["_rebuild_meta_tensor_no_storage"] = "it has a shape and no numbers (the device meta)",
    };

    /// <summary>Every storage that the pickle named, by its key.</summary>
    public Dictionary<string, TorchStorage> Storages { get; } = new(StringComparer.Ordinal);

    /// <summary>What a reference out of the pickle stands for: a storage, or a class with its source.</summary>
    /// <exception cref="InvalidDataException">It is neither.</exception>
    public object? Persistent(object? reference)
    {
        if (reference is object?[] and ["module", PickleGlobal type, ..]) return type;
        if (reference is not object?[] parts || parts is not ["storage", PickleGlobal storage, _, _, long count, ..] || count < 0)
            throw new InvalidDataException("its pickle refers to something that is no storage of PyTorch");
        string key = $"{parts[2]}";
        ElementType? known = StorageTypes.TryGetValue(storage.Name, out ElementType found) ? found : null;
        var whole = new TorchStorage(key, storage.Name, known, count, First: 0);
        if (Storages.TryGetValue(key, out TorchStorage? before) && (before.TypeName != whole.TypeName || before.Count != count))
            throw new InvalidDataException($"its pickle describes the storage {ErrorText.Printable(key)} in two ways");
        Storages[key] = whole;
        if (parts is not [.., object?[] view]) return whole;
        return view is [_, long first, long size] && first >= 0 && size >= 0 && first <= count - size
            ? whole with { First = first, Count = size } : throw new InvalidDataException("its pickle has a part of a storage that lies outside of it");
    }

    /// <summary>The result of a function or class.</summary>
    /// <exception cref="InvalidDataException">A tensor lies outside its storage.</exception>
    public static object? Call(PickleGlobal function, object?[] arguments)
    {
        // A tensor of a class of its own is described by the function for a plain one.
        for (int i = 0; i < MostWrappers && function.Name is "_rebuild_from_type" or "_rebuild_from_type_v2"; i++)
        {
            if (arguments is not [PickleGlobal inner, _, object?[] given, ..]) break;
            (function, arguments) = (inner, given);
        }
        string name = function.ToString();
        return (function.Module, function.Name) switch
        {
            ("torch._utils", "_rebuild_tensor" or "_rebuild_tensor_v2") => Tensor(arguments, null),
            ("torch._utils", "_rebuild_tensor_v3") => Tensor(arguments, arguments.ElementAtOrDefault(6) as PickleGlobal),
            ("torch._utils", "_rebuild_parameter" or "_rebuild_parameter_with_state") when arguments.Length > 0 => arguments[0],
            ("torch._utils", var kind) when kind.StartsWith("_rebuild_", StringComparison.Ordinal) =>
                new UnreadTensor(UnreadKinds.GetValueOrDefault(kind, $"it is a tensor of a kind that is not read ({ErrorText.Printable(name)})")),
            ("torch.storage", "_load_from_bytes") => new UnreadTensor("its numbers lie inside the pickle; save it with torch.save"),
            ("collections", "OrderedDict" or "defaultdict" or "Counter") => Dictionary(arguments),
            ("builtins" or "__builtin__", "set" or "frozenset" or "list" or "tuple") or ("torch", "Size") or ("collections", "deque") =>
                arguments is [object?[] or List<object?>, ..] ? arguments[0] : new List<object?>(),
            ("copyreg" or "copy_reg", "_reconstructor" or "__newobj__") when arguments is [PickleGlobal type, ..] => new PickleObject($"{type}", []),
            ("numpy.core.multiarray" or "numpy._core.multiarray", "_reconstruct") =>
                new UnreadTensor("it is an array of numpy inside the pickle; save it as a tensor", IsOfModel: false),
            _ when Plain.Contains(name) => new PlainValue(),
            _ => new PickleObject(name, arguments),
        };
    }

    private static PickleDictionary Dictionary(object?[] arguments)
    {
        var made = new PickleDictionary();
        // Python 2 gives the pairs as an argument.
        if (arguments is [List<object?> pairs])
        {
            foreach (object? pair in pairs)
            {
                if (pair is List<object?> { Count: 2 } list) made.Entries.Add(new(list[0], list[1]));
                else if (pair is object?[] { Length: 2 } tuple) made.Entries.Add(new(tuple[0], tuple[1]));
            }
        }
        return made;
    }

    private static object Tensor(object?[] arguments, PickleGlobal? type)
    {
        if (arguments is not [TorchStorage storage, long offset, object?[] or List<object?>, object?[] or List<object?>, ..])
            return arguments is [UnreadTensor unread, ..] ? unread
                : throw new InvalidDataException("its pickle has a tensor that is not described as PyTorch does");
        long[]? shape = Numbers(arguments[2]), strides = Numbers(arguments[3]);
        if (shape is null || strides is null || shape.Length != strides.Length || shape.Length > MostDimensions)
            throw new InvalidDataException("its pickle has a tensor without a shape");
        ElementType? element = type is null ? storage.Type : Types.TryGetValue(type.Name, out ElementType found) ? found : null;
        if (element is not { } known || !ElementBytes.IsReadable(known))
        {
            string what = type?.Name ?? storage.TypeName;
            bool isComplex = what.Contains("omplex", StringComparison.Ordinal);
            return new UnreadTensor($"its numbers are of type {ErrorText.Printable(what)}, {(isComplex ? "complex" : "which is not read")}");
        }

        // Of a storage of bytes the place counts in numbers of the tensor.
        int size = ElementBytes.Size(known);
        long count = storage.TypeName.EndsWith(Bytes, StringComparison.Ordinal) ? storage.Count / size : storage.Count;
        Int128 numbers = 1, last = offset;
        for (int d = 0; d < shape.Length; d++)
        {
            if (shape[d] < 0 || strides[d] < 0) throw new InvalidDataException("its pickle has a tensor with a size or a step below 0");
            numbers = Int128.Min(numbers * shape[d], long.MaxValue);
            last = Int128.Min(last + ((Int128)(shape[d] - 1) * strides[d]), long.MaxValue);
        }
        if (offset < 0 || (numbers > 0 && last >= count))
            throw new InvalidDataException($"its pickle has a tensor that lies outside its storage of {count} numbers");
        if (numbers > Math.Max(count, MostRepeated)) return new UnreadTensor($"it repeats the {count} numbers of its storage; save its contiguous()");
        return new TorchTensor(storage, known, offset, shape, strides);
    }

    private static long[]? Numbers(object? values)
    {
        IReadOnlyList<object?> list = values as IReadOnlyList<object?> ?? [];
        return list.All(value => value is long) ? [.. list.Select(value => (long)value!)] : null;
    }
}
