using System.Collections;
using System.Data.Common;
using System.Globalization;
using System.Numerics;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace RankCollapse.Sweeps.Results;

/// <summary>An answer as JSON: an array with an object for each row. Numbers that are not finite, which JSON does not have, are null.</summary>
internal static class ResultJson
{
    private const int FlushedBytes = 1 << 20;

    /// <summary>Writes all rows and returns how many there were.</summary>
    public static long Write(DbDataReader reader, Stream output)
    {
        JsonEncodedText[] names = Names(reader);
        using var writer = new Utf8JsonWriter(output, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, Indented = true });
        long rows = 0;
        writer.WriteStartArray();
        for (; reader.Read(); rows++)
        {
            writer.WriteStartObject();
            for (int i = 0; i < names.Length; i++)
            {
                writer.WritePropertyName(names[i]);
                Value(writer, SqlValues.Read(reader, i));
            }
            writer.WriteEndObject();
            if (writer.BytesPending > FlushedBytes) writer.Flush();
        }
        writer.WriteEndArray();
        return rows;
    }

    // JSON's names are unique in an object; SQL's columns may not be.
    private static JsonEncodedText[] Names(DbDataReader reader)
    {
        var used = new HashSet<string>(StringComparer.Ordinal);
        var names = new JsonEncodedText[reader.FieldCount];
        for (int i = 0; i < names.Length; i++)
        {
            string name = reader.GetName(i), unique = name;
            for (int n = 2; !used.Add(unique); n++) unique = $"{name}_{n}";
            names[i] = JsonEncodedText.Encode(unique, JavaScriptEncoder.UnsafeRelaxedJsonEscaping);
        }
        return names;
    }

    private static void Value(Utf8JsonWriter writer, object? value)
    {
        switch (value)
        {
            case null: writer.WriteNullValue(); break;
            case bool truth: writer.WriteBooleanValue(truth); break;
            case string text: writer.WriteStringValue(text); break;
            case double number when double.IsFinite(number): writer.WriteNumberValue(number); break;
            case float number when float.IsFinite(number): writer.WriteNumberValue(number); break;
            case double or float: writer.WriteNullValue(); break;
            case decimal number: writer.WriteNumberValue(number); break;
            case sbyte or byte or short or ushort or int or uint or long: writer.WriteNumberValue(Convert.ToInt64(value, CultureInfo.InvariantCulture)); break;
            case ulong number: writer.WriteNumberValue(number); break;
            case BigInteger number: writer.WriteRawValue(number.ToString(CultureInfo.InvariantCulture)); break;
            case DateTime time: writer.WriteStringValue(time); break;
            case DateTimeOffset time: writer.WriteStringValue(time); break;
            case IDictionary map:
                writer.WriteStartObject();
                foreach (DictionaryEntry entry in map)
                {
                    writer.WritePropertyName(Convert.ToString(entry.Key, CultureInfo.InvariantCulture) ?? "");
                    Value(writer, entry.Value);
                }
                writer.WriteEndObject();
                break;
            case IEnumerable list:
                writer.WriteStartArray();
                foreach (object? item in list) Value(writer, item);
                writer.WriteEndArray();
                break;
            default:
                writer.WriteStringValue(
                value is IFormattable other ? other.ToString(value is DateOnly ? "yyyy-MM-dd" : null, CultureInfo.InvariantCulture) : value.ToString()); break;
        }
    }
}
