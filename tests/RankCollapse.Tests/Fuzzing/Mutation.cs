using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Google.Protobuf;
using RankCollapse.Models.Onnx;
using RankCollapse.Runs;
using RankCollapse.Tests.Formats;

namespace RankCollapse.Tests.Fuzzing;

/// <summary>
/// Changes good inputs where their structure has joints: values, members and names of JSON, shapes and types of arrays, nodes of graphs, words of SQL and
/// of command lines; lengths, offsets and bits of what is binary. What encloses the change, such as a length or a checksum, is made right again.
/// </summary>
internal static class Mutation
{
    /// <summary>One in so many changed texts has its bytes changed instead, so that it need not be a text of its language any more.</summary>
    private const int BytesInstead = 8;

    private static readonly byte[][] Values =
    [
        .. new[]
        {
            "null", "true", "false", "-1", "0", "1", "2", "3", "0.5", "1e400", "-1e400", "1e-400", "9223372036854775808", "2147483648",
            "99999999999999999999999999",
            "0.1", "\"\"", "\"\\u0000\"", "\"\\ud800\"", "\"\\udc00x\"", "\"../../x\"", "\"/dev/zero\"", "\"-rf\"", "\"a\\nb\"", "\"\\u001b[31m\"", "[]",
            "{}", "[[]]",
            "{\"a\":1}", "[null]", "NaN", "[1,2,3,4,5,6,7,8,9]", "{\"from\":1,\"to\":0,\"count\":3}", "{\"from\":0,\"to\":1e308,\"count\":1000000000}",
            "{\"from\":1,\"to\":100,\"count\":5,\"scale\":\"log\"}", "{\"from\":2,\"to\":5,\"step\":1}", "{\"above\":1e-2}", "[[[[[[[[[[[[]]]]]]]]]]]]",
            "\"é\"", "\"auto\"",
        }.Select(Encoding.UTF8.GetBytes),
        .. RunSettings.All.Select(setting => Encoding.UTF8.GetBytes($"{{\"{setting.JsonName}\":1}}")),
    ];

    /// <summary>Names and words that mean something somewhere.</summary>
    private static readonly byte[][] Names =
    [
        .. RunSettings.All.Select(setting => setting.JsonName)
            .Concat(["settings", "grid", "list", "random", "product", "union", "seeds", "exclude", "limits", "name", "local", "slurm", "in-process", "count",
                "seed",
                "residual", "feedforward", "relu", "tanh", "leaky-relu", "softplus", "gelu", "cross-entropy", "squared", "sum", "mean", "eq3", "adam", "sgd",
                "lbfgs",
                "gauss-newton", "cosine", "constant", "orthogonal", "xavier", "gaussian-mixture", "dtype", "shape", "data_offsets", "F64", "BF16", "I64",
                "run", "metrics"])
            .Select(word => Encoding.UTF8.GetBytes($"\"{word}\"")),
    ];

    private static readonly string[] SqlWords =
    [
        "SELECT", "FROM", "runs", "layers", "metrics", "results", "(", ")", ";", ",", "'", "\"", "$$", "$a$", "--", "/*", "*/", "*", "NULL",
        "'infinity'::timestamp", "lambda",
        "UNION ALL", "COPY", "TO", "'x'", "1", "0.1::DECIMAL(38,37)", "INTERVAL 1 DAY", "read_csv('/etc/passwd')", "?", "$1", "\\", "é", "\0", "::", "[", "]",
        "{", "}", ":",
        "PIVOT", "DESCRIBE", "SUMMARIZE", "1e400", "chr(27)", "range(5)", "WITH", "AS", "x", "::UNION(a INTEGER, b VARCHAR)", "'24:00'::time", "ATTACH",
        "SET", "=", "unnest(",
        "list(", "map(", "::BLOB", "::BIT", "'1'::UUID", "::HUGEINT", "nan'::double", "RECURSIVE", "ORDER BY", "GROUP BY ALL", "OVER ()", "EXCLUDE",
        "USING SAMPLE 1",
        "'\\xAA'::BLOB", "uuid()", "'290000-01-01'::timestamp", "struct_pack(a:=1)", "TIMESTAMPTZ '2000-01-01'", "::ENUM('a')", "columns(*)", "lateral",
        "VALUES (1)",
    ];

    private static readonly string[] LineWords =
        ["", "-1", "0", "1", "3", "1e400", "nan", "99999999999", "a\u0000b", "\ud800", "\u001b[31m", "/dev/zero", "/dev/null", "-", "--", "---", "..", "auto",
            "é", "1,2,x", "--help", "@x", "[x]", "'"];

    private static readonly ConditionalWeakTable<byte[], List<JsonPart>> Parts = [];

    /// <summary>A value of a JSON text, with its name where it is a member.</summary>
    private readonly record struct JsonPart(int Start, int ValueStart, int End);

    /// <summary>A changed JSON text, in most cases valid.</summary>
    public static byte[] OfJson(byte[] good, Random random)
    {
        if (random.Next(BytesInstead) == 0) return OfBytes(good, random);
        List<JsonPart> parts = Parts.GetValue(good, PartsOf);
        JsonPart[] chosen = [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => parts[random.Next(parts.Count)]).OrderByDescending(part => part.Start)];
        List<byte> text = [.. good];
        int unchanged = good.Length;
        foreach (JsonPart part in chosen.Where(part => part.End <= unchanged || part.End == good.Length))
        {
            // The parts come from the last to the first, so that the places of those before a change stay as they are.
            if (part.End > unchanged) continue;
            Change(text, good, part, parts, random);
            unchanged = part.Start;
        }
        return [.. text];
    }

    private static void Change(List<byte> text, byte[] good, JsonPart part, List<JsonPart> parts, Random random)
    {
        int kind = random.Next(10);
        ReadOnlySpan<byte> whole = good.AsSpan(part.Start, part.End - part.Start), value = good.AsSpan(part.ValueStart, part.End - part.ValueStart);
        bool isInside = part.Start > 0;
        if (kind == 0 && isInside)
        {
            // A member or an element less, with the comma behind or before it.
            int end = part.End;
            while (end < good.Length && char.IsWhiteSpace((char)good[end])) end++;
            if (good[end] == ',') Replace(text, part.Start, end + 1, []);
            else Replace(text, part.Start, part.End, []);
        }
        else if (kind == 1 && isInside)
        {
            Replace(text, part.End, part.End, [(byte)',', .. whole]);
        }
        else if (kind == 2 && part.ValueStart > part.Start)
        {
            // A member of another name.
            Replace(text, part.Start, part.ValueStart, [.. Names[random.Next(Names.Length)], (byte)':']);
        }
        else if (kind == 3 && isInside)
        {
            JsonPart other = parts[random.Next(parts.Count)];
            Replace(text, part.Start, part.Start, [.. good.AsSpan(other.Start, other.End - other.Start), (byte)',']);
        }
        else if (kind <= 5)
        {
            JsonPart other = parts[random.Next(parts.Count)];
            Replace(text, part.ValueStart, part.End, good.AsSpan(other.ValueStart, other.End - other.ValueStart));
        }
        else if (kind == 6 && value[0] == '"')
        {
            Replace(text, part.ValueStart, part.End, Names[random.Next(Names.Length)]);
        }
        else if (kind == 7 && value[0] is (>= (byte)'0' and <= (byte)'9') or (byte)'-')
        {
            double number = double.Parse(value, CultureInfo.InvariantCulture);
            double changed = random.Next(5) switch { 0 => -number, 1 => number + 1, 2 => number / 3, 3 => number * 1e6, _ => Math.Round(number) - 1 };
            Replace(text, part.ValueStart, part.End, Encoding.ASCII.GetBytes(changed.ToString("R", CultureInfo.InvariantCulture)));
        }
        else
        {
            Replace(text, part.ValueStart, part.End, Values[random.Next(Values.Length)]);
        }
    }

    private static void Replace(List<byte> text, int start, int end, ReadOnlySpan<byte> by)
    {
        text.RemoveRange(start, end - start);
        text.InsertRange(start, by);
    }

    private static List<JsonPart> PartsOf(byte[] json)
    {
        var parts = new List<JsonPart>();
        var open = new Stack<(int Start, int ValueStart)>();
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip });
        int name = -1;
        while (reader.Read())
        {
            int at = (int)reader.TokenStartIndex;
            switch (reader.TokenType)
            {
                case JsonTokenType.PropertyName:
                    name = at;
                    continue;
                case JsonTokenType.StartObject or JsonTokenType.StartArray:
                    open.Push((name < 0 ? at : name, at));
                    break;
                case JsonTokenType.EndObject or JsonTokenType.EndArray:
                    (int start, int valueStart) = open.Pop();
                    parts.Add(new JsonPart(start, valueStart, (int)reader.BytesConsumed));
                    break;
                default:
                    parts.Add(new JsonPart(name < 0 ? at : name, at, (int)reader.BytesConsumed));
                    break;
            }
            name = -1;
        }
        return parts;
    }

    /// <summary>A changed result manifest whose own checksum is right.</summary>
    public static byte[] OfSealedJson(byte[] good, Random random)
    {
        const int Digits = 2 * SHA256.HashSizeInBytes;
        byte[] changed = OfJson(good, random);
        int place = changed.AsSpan().LastIndexOf("\"checksum\""u8);
        place = place < 0 ? -1 : place + changed.AsSpan(place + 10).IndexOf((byte)'"') + 11;
        if (place < 11 || place + Digits > changed.Length) return changed;
        changed.AsSpan(place, Digits).Fill((byte)'0');
        Encoding.ASCII.GetBytes(Convert.ToHexStringLower(SHA256.HashData(changed)), changed.AsSpan(place, Digits));
        return changed;
    }

    /// <summary>Changed SQL.</summary>
    public static byte[] OfSql(byte[] good, Random random) =>
        Encoding.UTF8.GetBytes(string.Join(' ', Reworded(Encoding.UTF8.GetString(good).Split(' '), () => SqlWords[random.Next(SqlWords.Length)], 0, random)));

    /// <summary>A changed command line, a word in each line; the verb stays.</summary>
    public static byte[] OfWords(byte[] good, string[] options, Random random)
    {
        string[] words = Encoding.UTF8.GetString(good).Split('\n');
        return Encoding.UTF8.GetBytes(string.Join('\n', Reworded(
            words, () => random.Next(2) == 0 ? options[random.Next(options.Length)] : LineWords[random.Next(LineWords.Length)], 1, random)));
    }

    private static List<string> Reworded(string[] good, Func<string> word, int first, Random random)
    {
        List<string> words = [.. good];
        for (int changes = random.Next(1, 4); changes > 0; changes--)
        {
            int at = random.Next(first, words.Count + 1);
            if (at == words.Count || random.Next(3) == 0) words.Insert(at, word());
            else if (random.Next(3) == 0 && words.Count > first + 1) words.RemoveAt(at);
            else words[at] = word();
        }
        return words;
    }

    /// <summary>Changed bytes: bits, bytes, whole numbers of 2 to 8 bytes with telling values, cuts, repetitions.</summary>
    public static byte[] OfBytes(byte[] good, Random random) => OfBytes(good, random, 0);

    /// <summary>Changed bytes, most of them behind a place.</summary>
    private static byte[] OfBytes(byte[] good, Random random, int from)
    {
        List<byte> bytes = [.. good];
        for (int changes = random.Next(1, 5); changes > 0 && bytes.Count > 0; changes--)
        {
            int least = Math.Min(from, bytes.Count - 1);
            int at = random.Next(3) == 0 ? random.Next(Math.Min(bytes.Count, 64)) : random.Next(least, bytes.Count);
            switch (random.Next(7))
            {
                case 0: bytes[at] ^= (byte)(1 << random.Next(8)); break;
                case 1: bytes[at] = (byte)random.Next(256); break;
                case 2: bytes.RemoveRange(at, Math.Min(random.Next(1, 16), bytes.Count - at)); break;
                case 3: bytes.InsertRange(at, bytes.GetRange(at, Math.Min(random.Next(1, 32), bytes.Count - at))); break;
                case 4: bytes.RemoveRange(at, bytes.Count - at); break;
                default:
                    long[] telling = [0, -1, 1, int.MaxValue, int.MinValue, long.MaxValue, long.MinValue, uint.MaxValue, bytes.Count, 1L << 40,
                        0x7FF0000000000000];
                    byte[] number = BitConverter.GetBytes(telling[random.Next(telling.Length)]);
                    int width = 1 << random.Next(1, 4);
                    for (int i = 0; i < width && at + i < bytes.Count; i++) bytes[at + i] = number[i];
                    break;
            }
        }
        return [.. bytes];
    }

    /// <summary>A changed text file of numbers.</summary>
    public static byte[] OfText(byte[] good, Random random)
    {
        string[] parts = ["\"", ",", "\n", "1e400", "nan", "-", "\0", "", "x", ";", "\r", "99999999999",
            random.NextDouble().ToString(CultureInfo.InvariantCulture)];
        string text = Encoding.UTF8.GetString(good);
        for (int changes = random.Next(1, 4); changes > 0; changes--) text = text.Insert(random.Next(text.Length + 1), parts[random.Next(parts.Length)]);
        return random.Next(4) == 0 ? OfBytes(good, random) : Encoding.UTF8.GetBytes(text);
    }

    /// <summary>A changed request of a browser.</summary>
    public static byte[] OfRequest(byte[] good, Random random)
    {
        string[] parts = ["..", "/", "%2f", "%00", "%ff", "\\", "?", "&", "=", "view=", "trial=", "name=", "metric=", "\r\n", " ", "HEAD", "POST", "://", "@",
            "phase", "own",
            "-1", "1e400", "99999999999", "secret.json", "%2e%2e%2fsecret.json", "Range: bytes=0-9\r\n", "Content-Length: 9\r\n",
            "Transfer-Encoding: chunked\r\n", "é", "\0"];
        string text = Encoding.UTF8.GetString(good);
        for (int changes = random.Next(1, 4); changes > 0; changes--)
        {
            int at = random.Next(text.Length), length = random.Next(3) == 0 ? random.Next(Math.Min(8, text.Length - at)) : 0;
            text = text.Remove(at, length).Insert(at, parts[random.Next(parts.Length)]);
        }
        return random.Next(BytesInstead) == 0 ? OfBytes(good, random) : Encoding.UTF8.GetBytes(text);
    }

    /// <summary>A safetensors file with a changed header whose length is right, or with changed bytes.</summary>
    public static byte[] OfSafetensors(byte[] good, Random random)
    {
        if (random.Next(3) == 0) return OfBytes(good, random);
        int length = (int)BinaryPrimitives.ReadInt64LittleEndian(good);
        byte[] header = Headers.GetValue(good, whole => whole[8..(8 + length)]);
        return SafetensorsBytes.Of(Encoding.Latin1.GetString(OfJson(header, random)), good[(8 + length)..]);
    }

    private static readonly ConditionalWeakTable<byte[], byte[]> Headers = [];

    /// <summary>A .npy file with a changed description of its array, of the right length, or with changed bytes.</summary>
    public static byte[] OfNpy(byte[] good, Random random)
    {
        const int HeaderStart = 10;
        if (random.Next(3) == 0) return OfBytes(good, random);
        int length = BinaryPrimitives.ReadUInt16LittleEndian(good.AsSpan(8));
        string header = Encoding.Latin1.GetString(good, HeaderStart, length);
        string[] joints = ["'", "(", ")", ",", "<f8", "|O", ">i4", "<c16", "<U5", "True", "False", "-1", "0", "1", "99999999999", "4294967296", "{", "}", ":",
            "shape", "\0", "\n"];
        for (int changes = random.Next(1, 4); changes > 0 && header.Length > 1; changes--)
        {
            string joint = joints[random.Next(joints.Length)], other = joints[random.Next(joints.Length)];
            int at = header.IndexOf(joint, StringComparison.Ordinal);
            header = at < 0 ? header.Insert(random.Next(header.Length), joint) : string.Concat(header.AsSpan(0, at), other, header.AsSpan(at + joint.Length));
        }
        byte[] changed = [.. good[..8], 0, 0, .. Encoding.Latin1.GetBytes(header), .. good[(HeaderStart + length)..]];
        BinaryPrimitives.WriteUInt16LittleEndian(changed.AsSpan(8), (ushort)header.Length);
        return changed;
    }

    /// <summary>An archive of changed arrays, or with changed bytes.</summary>
    public static byte[] OfNpz(byte[] good, Random random) => random.Next(3) == 0 ? OfBytes(good, random) : OfArchive(
        good, name => random.Next(8) == 0 ? "../x.npy" : random.Next(8) == 0 ? "labels.npy" : name,
        (_, content) => random.Next(2) == 0 ? OfNpy(content, random) : content);

    /// <summary>A file of PyTorch whose pickle is changed, or its bytes.</summary>
    public static byte[] OfTorch(byte[] good, Random random) => random.Next(3) == 0 ? OfBytes(good, random)
        : !good.AsSpan().StartsWith("PK"u8) ? OfPickle(good, random)
        : OfArchive(good, name => random.Next(16) == 0 ? $"{name}/data.pkl" : name,
            (name, content) => name.EndsWith(".pkl", StringComparison.Ordinal) ? OfPickle(content, random) : content);

    /// <summary>A pickle with other operations, numbers and names, or with changed bytes.</summary>
    private static byte[] OfPickle(byte[] good, Random random)
    {
        byte[][] operations =
        [
            .. "(t]}ueRQbN201.\x81\x85\x86\x93\x94".Select(operation => (byte[])[(byte)operation]), [(byte)'h', 1], [(byte)'h', 7], [(byte)'q', 1],
            [(byte)'K', 0], [(byte)'K', 200], [(byte)'J', 255, 255, 255, 127],
            [0x8A, 8, 0, 0, 0, 0, 0, 1, 0, 0], [0x8A, 8, 255, 255, 255, 255, 255, 255, 255, 127], [(byte)'X', 255, 255, 255, 127],
            [0x8D, 0, 0, 0, 0, 0, 1, 0, 0], [.. "cos\nsystem\n"u8], [.. "ctorch\nHalfStorage\n"u8], [.. "ctorch._utils\n_rebuild_tensor_v2\n"u8],
        ];
        List<byte> bytes = [.. good];
        for (int changes = random.Next(1, 4); changes > 0; changes--)
        {
            int at = random.Next(bytes.Count);
            byte[] operation = operations[random.Next(operations.Length)];
            bytes.RemoveRange(at, Math.Min(random.Next(3), bytes.Count - at));
            bytes.InsertRange(at, operation);
        }
        return random.Next(3) == 0 ? OfBytes([.. bytes], random) : [.. bytes];
    }

    /// <summary>An archive with other names and content.</summary>
    private static byte[] OfArchive(byte[] good, Func<string, string> rename, Func<string, byte[], byte[]> change)
    {
        using var archive = new ZipArchive(new MemoryStream(good));
        using var stream = new MemoryStream();
        using (var changed = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (ZipArchiveEntry entry in archive.Entries)
            {
                using var content = new MemoryStream();
                using (Stream from = entry.Open()) from.CopyTo(content);
                using Stream to = changed.CreateEntry(rename(entry.FullName), CompressionLevel.NoCompression).Open();
                to.Write(change(entry.FullName, content.ToArray()));
            }
        }
        return stream.ToArray();
    }

    /// <summary>A Parquet file whose description, at its end, is changed.</summary>
    public static byte[] OfParquet(byte[] good, Random random)
    {
        // The description's length and a mark are the last eight bytes, which stay at most times.
        int length = BinaryPrimitives.ReadInt32LittleEndian(good.AsSpan(good.Length - 8)), start = good.Length - 8 - length;
        if (random.Next(4) == 0) return OfBytes(good, random);
        byte[] changed = OfBytes(good[..^8], random, start);
        byte[] end = [0, 0, 0, 0, .. "PAR1"u8];
        BinaryPrimitives.WriteInt32LittleEndian(end, Math.Max(0, changed.Length - start));
        return [.. changed, .. end];
    }

    /// <summary>A table of metrics as <see cref="OfParquet"/> changes it, at most times with the checksum of what it has become.</summary>
    public static byte[] OfSealedParquet(byte[] good, Random random)
    {
        byte[] changed = OfParquet(good, random);
        return random.Next(8) == 0 ? changed : Sealed(changed);
    }

    /// <summary>A table of metrics with the checksum of what it holds.</summary>
    public static byte[] Sealed(byte[] table)
    {
        ReadOnlySpan<byte> mark = "rankcollapse-sha256:"u8;
        const int Digits = 2 * SHA256.HashSizeInBytes;
        int at = table.AsSpan().LastIndexOf(mark) + mark.Length;
        if (at < mark.Length || at + Digits > table.Length) return table;
        table.AsSpan(at, Digits).Fill((byte)'0');
        Encoding.ASCII.GetBytes(Convert.ToHexStringLower(SHA256.HashData(table)), table.AsSpan(at));
        return table;
    }

    /// <summary>A model whose graph is changed, or its bytes.</summary>
    public static byte[] OfOnnx(byte[] good, Random random)
    {
        if (random.Next(3) == 0) return OfBytes(good, random);
        ModelProto model = ModelProto.Parser.ParseFrom(good);
        for (int changes = random.Next(1, 4); changes > 0; changes--) Change(model, random);
        return model.ToByteArray();
    }

    private static void Change(ModelProto model, Random random)
    {
        long[] numbers = [0, 1, 2, 3, -1, -2, 7, 64, 4096, 1L << 20, 1L << 31, 1L << 40, 1L << 62, long.MaxValue, long.MinValue];
        long number = numbers[random.Next(numbers.Length)];
        string[] types =
        [
            "Loop", "If", "Scan", "Reshape", "Expand", "Tile", "ConstantOfShape", "Gather", "Conv", "MaxPool", "Resize", "Slice", "Pad", "Transpose",
            "Concat", "Cast", "Range", "Einsum",
            "Gemm", "MatMul", "Softmax", "NoSuchOperator", "",
        ];
        List<GraphProto> graphs = [model.Graph, .. model.Graph.Node.SelectMany(node => node.Attribute).Select(attribute => attribute.G).OfType<GraphProto>()];
        GraphProto graph = graphs[random.Next(graphs.Count)];
        NodeProto? node = graph.Node.Count == 0 ? null : graph.Node[random.Next(graph.Node.Count)];
        TensorProto? tensor = graph.Initializer.Count == 0 ? null : graph.Initializer[random.Next(graph.Initializer.Count)];
        string[] values = [.. graph.Node.SelectMany(one => one.Output), .. graph.Initializer.Select(one => one.Name), .. graph.Input.Select(one => one.Name),
            ""];
        string value = values[random.Next(values.Length)];
        switch (random.Next(13))
        {
            case 0 when tensor is { Dims.Count: > 0 }: tensor.Dims[random.Next(tensor.Dims.Count)] = number; break;
            case 1 when tensor is not null: tensor.Dims.Add(number); break;
            case 2 when tensor is not null: tensor.DataType = random.Next(25); break;
            case 3 when tensor is not null: tensor.RawData = ByteString.CopyFrom(OfBytes(tensor.RawData.ToByteArray(), random)); break;
            case 4 when tensor is not null: tensor.Name = value; break;
            case 5 when node is { Input.Count: > 0 }: node.Input[random.Next(node.Input.Count)] = value; break;
            case 6 when node is { Output.Count: > 0 }: node.Output[random.Next(node.Output.Count)] = value; break;
            case 7 when node is not null: node.OpType = types[random.Next(types.Length)]; break;
            case 8 when node is not null: graph.Node.Insert(random.Next(graph.Node.Count), node.Clone()); break;
            case 9 when node is { Attribute.Count: > 0 }:
                AttributeProto attribute = node.Attribute[random.Next(node.Attribute.Count)];
                if (attribute.Ints.Count > 0) attribute.Ints[random.Next(attribute.Ints.Count)] = number;
                else if (random.Next(2) == 0) attribute.I = number;
                else attribute.Type = (AttributeProto.Types.AttributeType)random.Next(16);
                break;
            case 10 when graph.Input.Count > 0 && graph.Input[0].Type?.TensorType is { } type:
                if (random.Next(2) == 0) type.ElemType = random.Next(25);
                else (type.Shape ??= new TensorShapeProto()).Dim.Add(new TensorShapeProto.Types.Dimension { DimValue = number });
                break;
            case 11 when tensor is not null:
                tensor.DataLocation = TensorProto.Types.DataLocation.External;
                tensor.ExternalData.Add(new StringStringEntryProto { Key = "location", Value = random.Next(2) == 0 ? "../../etc/passwd" : "b.onnx" });
                tensor.ExternalData.Add(new StringStringEntryProto { Key = random.Next(2) == 0 ? "offset" : "length", Value = $"{number}" });
                break;
            case 12: model.OpsetImport[0].Version = number; break;
            default: model.IrVersion = number; break;
        }
    }
}
