using System.Buffers.Binary;

namespace RankCollapse.Runs;

/// <summary>
/// Looks through a Parquet file before its reader does, which believes every number in it: descriptions must have the fields, and pages the sizes, of files
/// that <see cref="MetricsTable"/> writes, and everything must lie inside the file. Descriptions are in Thrift's compact protocol.
/// </summary>
internal sealed class MetricsShape
{
    private const int MostDepth = 16;
    private const string Columns = "4[].1[].3.";

    private readonly byte[] _content;
    private readonly HashSet<(string Path, int Type)> _fields = [];
    private readonly List<Dictionary<string, long>> _columns = [];
    private Dictionary<string, long> _numbers = [];
    private double _rows;

    /// <summary>Looks through a file.</summary>
    /// <exception cref="InvalidDataException">Something in it leads outside it.</exception>
    public MetricsShape(byte[] content)
    {
        const int EndBytes = 8;
        _content = content;
        if (content.Length < 12 || !content.AsSpan(content.Length - 4).SequenceEqual("PAR1"u8)) throw new InvalidDataException("it has no end");
        int length = BinaryPrimitives.ReadInt32LittleEndian(content.AsSpan(content.Length - EndBytes)), at = content.Length - EndBytes - length;
        if (length < 0 || at < 4) throw new InvalidDataException("its description is longer than the file");
        Struct(ref at, "", 0);
        foreach (Dictionary<string, long> column in _columns) Pages(column);
    }

    /// <summary>The bytes that its pages unpack to.</summary>
    public double UnpackedBytes { get; private set; }

    /// <summary>The rows of all groups.</summary>
    public double Rows => _rows;

    /// <summary>Requires that it has no other fields than some other files.</summary>
    /// <exception cref="InvalidDataException">It has.</exception>
    public void RequireFieldsOf(IReadOnlyList<MetricsShape> others)
    {
        foreach ((string path, int type) in _fields)
        {
            if (!others.Any(other => other._fields.Contains((path, type))))
                throw new InvalidDataException($"its description has a field {path} of type {type}");
        }
    }

    /// <summary>Looks through the pages of a column.</summary>
    private void Pages(Dictionary<string, long> column)
    {
        const int Dictionary = 2, Snappy = 1;
        static long Number(Dictionary<string, long> of, string path) => of.GetValueOrDefault(path);

        long values = Number(column, "5"), rows = Number(column, "rows"), first = Number(column, "11") > 0 ? Number(column, "11") : Number(column, "9");
        if (values != rows || first < 4 || first > _content.Length || Number(column, "4") is not (0 or Snappy))
            throw new InvalidDataException("a column has another number of values than rows, or lies outside the file");
        int at = (int)first;
        while (values > 0)
        {
            _numbers = [];
            Struct(ref at, "page.", 0);
            long unpacked = Number(_numbers, "page.2"), packed = Number(_numbers, "page.3");
            bool isDictionary = Number(_numbers, "page.1") == Dictionary;
            long held = Number(_numbers, isDictionary ? "page.7.1" : "page.5.1");
            if (packed < 0 || packed > _content.Length - at || unpacked < 0 || held < 0 || (isDictionary ? held > unpacked : held == 0 || held > values))
                throw new InvalidDataException("a page has no possible size");
            if (Number(column, "4") == Snappy)
            {
                int start = at;
                if (Varint(ref start) != (ulong)unpacked) throw new InvalidDataException("a page unpacks to another size than it says");
            }
            UnpackedBytes += unpacked;
            if (!isDictionary) values -= held;
            at += (int)packed;
        }
    }

    private void Struct(ref int at, string path, int depth)
    {
        if (depth > MostDepth) throw new InvalidDataException("its description is nested too deep");
        int field = 0;
        int columns = _columns.Count;
        while (Byte(ref at) is var head && head != 0)
        {
            field = head >> 4 == 0 ? (int)Zigzag(ref at) : field + (head >> 4);
            Value(ref at, $"{path}{field}", head & 15, depth, isElement: false);
        }
        // A group says after its columns how many rows it has.
        if (path != "4[].") return;
        long rows = _numbers.GetValueOrDefault("4[].3");
        if (rows < 0) throw new InvalidDataException("a group has fewer rows than none");
        _rows += rows;
        foreach (Dictionary<string, long> column in _columns.Skip(columns)) column["rows"] = rows;
    }

    private void Value(ref int at, string path, int type, int depth, bool isElement)
    {
        const int False = 2, Double = 7, Text = 8, List = 9, Set = 10, Structure = 12;
        _fields.Add((path, type == False ? 1 : type));
        switch (type)
        {
            case 1 or False:
                if (isElement) at++;
                break;
            case 3:
                at++;
                break;
            case 4 or 5 or 6:
                _numbers[path] = Zigzag(ref at);
                if (path.StartsWith(Columns, StringComparison.Ordinal)) _columns[^1][path[Columns.Length..]] = _numbers[path];
                break;
            case Double:
                at += sizeof(double);
                break;
            case Text:
                int length = Count(ref at);
                at += length;
                break;
            case List or Set:
                int head = Byte(ref at), count = head >> 4 == 15 ? Count(ref at) : head >> 4;
                if (count > _content.Length - at) throw new InvalidDataException("a list in its description is longer than the file");
                for (int i = 0; i < count; i++) Value(ref at, path + "[]", head & 15, depth + 1, isElement: true);
                break;
            case Structure:
                if (path == "4[].1[]") _columns.Add([]);
                Struct(ref at, path + ".", depth + 1);
                break;
            default:
                throw new InvalidDataException($"its description has a field of type {type}");
        }
        if (at > _content.Length) throw new InvalidDataException("its description does not end");
    }

    private int Byte(ref int at) => at < _content.Length ? _content[at++] : throw new InvalidDataException("its description does not end");

    private int Count(ref int at)
    {
        ulong count = Varint(ref at);
        return count <= (ulong)(_content.Length - at) ? (int)count : throw new InvalidDataException("a text in its description is longer than the file");
    }

    private long Zigzag(ref int at)
    {
        ulong number = Varint(ref at);
        return (long)(number >> 1) ^ -(long)(number & 1);
    }

    private ulong Varint(ref int at)
    {
        ulong number = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            int part = Byte(ref at);
            number |= (ulong)(part & 127) << shift;
            if (part < 128) return number;
        }
        throw new InvalidDataException("a number in its description does not end");
    }
}
