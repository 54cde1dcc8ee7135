using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace RankCollapse.Models.Torch;

/// <summary>
/// Reads a pickle of Python, protocols 0 to 5, as data: numbers, texts, lists, tuples and dictionaries, and names of what it asks to import and call, which two
/// functions given here interpret. Nothing is imported and nothing runs.
/// </summary>
/// <remarks>
/// Values are C#'s: null, <see cref="bool"/>, <see cref="long"/> (longer whole numbers are texts), <see cref="double"/>, <see cref="string"/>, byte arrays,
/// <c>object?[]</c> for tuples, <c>List&lt;object?&gt;</c> for lists and sets, and those of this folder. Texts and bytes beyond 64 kB are cut off.
/// </remarks>
/// <param name="stream">The stream, which is read up to the end of the pickle and no further, in small pieces.</param>
/// <param name="call">The result of a function or class applied to arguments.</param>
/// <param name="persistent">What a reference to something outside the pickle means.</param>
internal sealed class PickleReader(Stream stream, Func<PickleGlobal, object?[], object?> call, Func<object?, object?> persistent)
{
    private const int LongestKept = 1 << 16, MostValues = 20_000_000, BytesOfAValue = 100;
    private const long MostBytes = 100_000_000;

    private readonly List<object?> _stack = [];
    private readonly Stack<int> _marks = [];
    private readonly Dictionary<long, object?> _memo = [];
    private long _left = MostBytes;
    private int _values;

    /// <summary>Reads the next pickle in the stream.</summary>
    /// <exception cref="InvalidDataException">It breaks a rule of pickles, or is larger than any model's.</exception>
    /// <exception cref="EndOfStreamException">It is cut off.</exception>
    public object? Read()
    {
        _stack.Clear();
        _marks.Clear();
        _memo.Clear();
        while (true)
        {
            int operation = Byte();
            if (operation == '.') return Pop();
            Do(operation);
        }
    }

    private void Do(int operation)
    {
        switch (operation)
        {
            case 0x80: Byte(); break;
            case 0x95: Bytes(8); break;
            case 0x98: break;
            case '(': _marks.Push(_stack.Count); break;
            case '0': DropTop(); break;
            case '1': AboveMark(); break;
            case '2': Push(Top()); break;
            case 'N': Push(null); break;
            case 0x88 or 0x89: Push(operation == 0x88); break;
            case 'K': Push((long)Byte()); break;
            case 'M': Push((long)BinaryPrimitives.ReadUInt16LittleEndian(Bytes(2))); break;
            case 'J': Push((long)Int32()); break;
            case 'G': Push(BinaryPrimitives.ReadDoubleBigEndian(Bytes(8))); break;
            case 'I' or 'L': Push(WholeNumber(Line())); break;
            case 'F': Push(double.TryParse(Line(), CultureInfo.InvariantCulture, out double number) ? number : double.NaN); break;
            case 0x8a: Push(Whole(Byte())); break;
            case 0x8b: Push(Whole(Int32())); break;
            case 'S' or 'V': Push(Line().Trim('\'', '"')); break;
            case 'U' or 0x8c: Push(Encoding.UTF8.GetString(Kept(Byte()))); break;
            case 'T' or 'X': Push(Encoding.UTF8.GetString(Kept(UInt32()))); break;
            case 0x8d: Push(Encoding.UTF8.GetString(Kept(Int64()))); break;
            case 'C': Push(Kept(Byte())); break;
            case 'B': Push(Kept(UInt32())); break;
            case 0x8e or 0x96: Push(Kept(Int64())); break;
            case ')': Push(Array.Empty<object?>()); break;
            case 0x85: Push(new[] { Pop() }); break;
            case 0x86: PushTuple(2); break;
            case 0x87: PushTuple(3); break;
            case 't': Push(AboveMark()); break;
            case ']' or 0x8f: Push(new List<object?>()); break;
            case 'l' or 0x91: Push(new List<object?>(AboveMark())); break;
            case '}': Push(new PickleDictionary()); break;
            case 'd': Push(Filled(new PickleDictionary(), AboveMark())); break;
            case 'a': Append([Pop()]); break;
            case 'e' or 0x90: Append(AboveMark()); break;
            case 's':
                object? value = Pop();
                Set([Pop(), value]);
                break;
            case 'u': Set(AboveMark()); break;
            case 'p': Remember(WholeNumber(Line())); break;
            case 'q': Remember((long)Byte()); break;
            case 'r': Remember(UInt32()); break;
            case 0x94: Remember((long)_memo.Count); break;
            case 'g': Push(Remembered(WholeNumber(Line()))); break;
            case 'h': Push(Remembered((long)Byte())); break;
            case 'j': Push(Remembered(UInt32())); break;
            case 'c': Push(new PickleGlobal(Line(), Line())); break;
            case 0x93:
                string? name = Pop() as string;
                Push(new PickleGlobal(Pop() as string ?? "", name ?? ""));
                break;
            case 'Q': Push(persistent(Pop())); break;
            case 'R' or 0x81:
                object?[] arguments = Tuple(Pop());
                Push(Call(Pop(), arguments));
                break;
            case 0x92:
                DropTop();
                object?[] positional = Tuple(Pop());
                Push(Call(Pop(), positional));
                break;
            case 'i':
                var type = new PickleGlobal(Line(), Line());
                Push(call(type, AboveMark()));
                break;
            case 'o':
                object?[] parts = AboveMark();
                Push(parts.Length > 0 ? Call(parts[0], parts[1..]) : throw new InvalidDataException("its pickle makes an object of no class"));
                break;
            case 'b':
                object? state = Pop();
                if (Top() is PickleObject built) built.State ??= state;
                break;
            default: throw new InvalidDataException($"its pickle has the operation 0x{operation:X2}, which is not read");
        }
    }

    private object? Call(object? function, object?[] arguments) =>
        function is PickleGlobal global ? call(global, arguments) : new PickleObject("something that was made", arguments);

    private void Push(object? value)
    {
        if (++_values > MostValues) throw new InvalidDataException($"its pickle has more than {MostValues} values");
        if (_values % LongestKept == 0) MemoryBudget.Require((double)BytesOfAValue * _values, "The pickle of the file", "is it the right file?");
        _stack.Add(value);
    }

    private object? Top() => _stack.Count > 0 ? _stack[^1] : throw new InvalidDataException("its pickle takes values that were not given");

    private object? Pop()
    {
        object? value = Top();
        _stack.RemoveAt(_stack.Count - 1);
        return value;
    }

    private void DropTop() => Pop();

    private object?[] AboveMark()
    {
        if (!_marks.TryPop(out int mark) || mark > _stack.Count) throw new InvalidDataException("its pickle takes values up to a mark that is not there");
        object?[] values = CollectionsMarshal.AsSpan(_stack)[mark..].ToArray();
        _stack.RemoveRange(mark, _stack.Count - mark);
        return values;
    }

    private void PushTuple(int count)
    {
        var values = new object?[count];
        for (int i = count - 1; i >= 0; i--) values[i] = Pop();
        Push(values);
    }

    private static object?[] Tuple(object? value) => value as object?[] ?? [value];

    private void Append(object?[] values)
    {
        switch (Top())
        {
            case List<object?> list: list.AddRange(values); break;
            case PickleObject made: made.Elements.AddRange(values); break;
            default: break;
        }
    }

    private void Set(object?[] pairs)
    {
        switch (Top())
        {
            case PickleDictionary dictionary: Filled(dictionary, pairs); break;
            case PickleObject made: Filled(made.Entries, pairs); break;
            default: break;
        }
    }

    private static PickleDictionary Filled(PickleDictionary dictionary, object?[] pairs)
    {
        if (pairs.Length % 2 != 0) throw new InvalidDataException("its pickle has a dictionary with a key without a value");
        for (int i = 0; i < pairs.Length; i += 2) dictionary.Entries.Add(new(pairs[i], pairs[i + 1]));
        return dictionary;
    }

    private void Remember(object index)
    {
        _values++;
        _memo[index as long? ?? throw BadNumber(index)] = Top();
    }

    private object? Remembered(object index) => _memo.TryGetValue(index as long? ?? throw BadNumber(index), out object? value)
        ? value : throw new InvalidDataException("its pickle repeats a value that was not given");

    private static InvalidDataException BadNumber(object number) => new($"its pickle has {ErrorText.Printable($"{number}")} in place of a whole number");

    /// <summary>A whole number of so many bytes; one of more than eight is a text.</summary>
    private object Whole(int length)
    {
        if (length < 0) throw BadNumber(length);
        byte[] bytes = Kept(length);
        if (length > 8) return Convert.ToHexString(bytes);
        Span<byte> number = stackalloc byte[8];
        number.Fill((byte)(length > 0 && bytes[^1] >= 0x80 ? 0xFF : 0));
        bytes.CopyTo(number);
        return BinaryPrimitives.ReadInt64LittleEndian(number);
    }

    private static object WholeNumber(string text) => text is "00" or "01" ? text == "01"
        : long.TryParse(text.TrimEnd('L'), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) ? number : text;

    private int Byte()
    {
        if (--_left < 0) throw new InvalidDataException($"its pickle has more than {MostBytes} bytes besides texts");
        int value = stream.ReadByte();
        return value >= 0 ? value : throw new EndOfStreamException("its pickle is cut off");
    }

    private byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        for (int i = 0; i < count; i++) bytes[i] = (byte)Byte();
        return bytes;
    }

    private int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Bytes(4));

    private long UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Bytes(4));

    private long Int64() => BinaryPrimitives.ReadInt64LittleEndian(Bytes(8));

    private string Line()
    {
        var line = new StringBuilder();
        for (int c; (c = Byte()) != '\n';)
        {
            if (line.Length < LongestKept) line.Append((char)c);
        }
        return line.ToString();
    }

    /// <summary>The first of so many bytes; all of them are passed.</summary>
    private byte[] Kept(long length)
    {
        if (length < 0) throw BadNumber(length);
        var kept = new byte[Math.Min(length, LongestKept)];
        if (stream.ReadAtLeast(kept, kept.Length, throwOnEndOfStream: false) < kept.Length) throw new EndOfStreamException("its pickle is cut off");
        _left -= kept.Length;
        if (length == kept.Length) return kept;
        var rest = new byte[LongestKept];
        for (long left = length - kept.Length; left > 0;)
        {
            int read = stream.Read(rest, 0, (int)Math.Min(left, rest.Length));
            if (read == 0) throw new EndOfStreamException("its pickle is cut off");
            left -= read;
        }
        return kept;
    }
}
