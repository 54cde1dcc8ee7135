using System.Globalization;
using System.Text;

namespace RankCollapse.Tests.Fuzzing;

/// <summary>Changes good inputs where their structure has joints: values, names and brackets of texts, lengths, offsets and bits of binary files.</summary>
internal static class Mutation
{
    private static readonly string[] Values =
    [
        "null", "true", "-1", "0", "1e400", "-1e400", "1e-400", "9223372036854775808", "2147483648", "99999999999999999999999999", "0.1", "\"\"", "\"\\u0000\"",
        "\"\\ud800\"", "\"\\udc00x\"", "\"../../x\"", "\"/dev/zero\"", "\"-rf\"", "\"a\\nb\"", "\"\\u001b[31m\"", "[]", "{}", "[[]]", "{\"a\":1}",
        "[null]", "NaN",
        "[1,2,3,4,5,6,7,8,9]", "{\"from\":1,\"to\":0,\"count\":3}", "{\"from\":0,\"to\":1e308,\"count\":1000000000}", "[[[[[[[[[[[[]]]]]]]]]]]]",
    ];

    private static readonly string[] Words =
    [
        "SELECT", "FROM", "runs", "layers", "metrics", "(", ")", ";", ",", "'", "\"", "$$", "$a$", "--", "/*", "*/", "*", "NULL",
        "'infinity'::timestamp", "lambda",
        "UNION ALL", "COPY", "TO", "'x'", "1", "0.1::DECIMAL(38,37)", "INTERVAL 1 DAY", "read_csv('/etc/passwd')", "?", "$1", "\\", "é", "\0", "::",
        "[", "]", "{", "}", ":",
        "PIVOT", "DESCRIBE", "1e400", "chr(27)", "range(5)", "WITH", "AS", "x", "::UNION(a INTEGER, b VARCHAR)", "'24:00'::time", "ATTACH", "SET", "=",
    ];

    /// <summary>A changed JSON text, valid or not.</summary>
    public static byte[] OfJson(byte[] good, Random random)
    {
        if (random.Next(5) == 0) return OfBytes(good, random);
        string text = Encoding.UTF8.GetString(good);
        for (int changes = random.Next(1, 4); changes > 0; changes--)
        {
            // A value stands behind a colon, a comma or a bracket, and ends before the next one.
            int start = text.IndexOfAny([':', ',', '['], random.Next(text.Length));
            if (start < 0) continue;
            int end = text.IndexOfAny([',', ']', '}', ':'], start + 1);
            if (end < 0) continue;
            text = random.Next(6) switch
            {
                0 => text.Remove(start + 1, end - start - 1),
                1 => text.Insert(end, $",{Values[random.Next(Values.Length)]}"),
                2 => text.Insert(end, text[start..end]),
                _ => string.Concat(text.AsSpan(0, start + 1), Values[random.Next(Values.Length)], text.AsSpan(end)),
            };
            if (text.Length is 0 or > 20_000) return good;
        }
        return Encoding.UTF8.GetBytes(text);
    }

    /// <summary>Changed SQL.</summary>
    public static byte[] OfSql(byte[] good, Random random)
    {
        List<string> words = [.. Encoding.UTF8.GetString(good).Split(' ')];
        for (int changes = random.Next(1, 6); changes > 0; changes--)
        {
            int at = random.Next(words.Count);
            if (random.Next(3) == 0) words.Insert(at, Words[random.Next(Words.Length)]);
            else if (random.Next(3) == 0 && words.Count > 2) words.RemoveAt(at);
            else words[at] = Words[random.Next(Words.Length)];
        }
        return Encoding.UTF8.GetBytes(string.Join(' ', words));
    }

    /// <summary>Changed bytes: bits, bytes, whole numbers of 2 to 8 bytes with telling values, cuts, repetitions.</summary>
    public static byte[] OfBytes(byte[] good, Random random)
    {
        List<byte> bytes = [.. good];
        for (int changes = random.Next(1, 5); changes > 0 && bytes.Count > 0; changes--)
        {
            int at = random.Next(3) == 0 ? random.Next(Math.Min(bytes.Count, 64)) : random.Next(bytes.Count);
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
}
