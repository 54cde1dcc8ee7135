using System.Text.Json;

namespace RankCollapse.Formats;

/// <summary>Texts in JSON that somebody else wrote.</summary>
public static class JsonText
{
    /// <summary>
    /// Reads JSON in which no object has a name twice. The reader's own check of that draws its random numbers from OpenSSL, and ends the program where that is
    /// missing.
    /// </summary>
    /// <param name="json">JSON in UTF-8.</param>
    /// <param name="options">What is allowed in it.</param>
    /// <exception cref="JsonException">It is no JSON, or a name stands twice.</exception>
    /// <exception cref="InvalidOperationException">A name holds half a character, or bytes that are no UTF-8.</exception>
    public static JsonDocument Parse(ReadOnlyMemory<byte> json, JsonDocumentOptions options = default)
    {
        JsonDocument document = JsonDocument.Parse(json, options);
        try
        {
            RequireUnique(document.RootElement);
            return document;
        }
        catch
        {
            document.Dispose();
            throw;
        }
    }

    /// <summary>Requires that every name and every text can be read: no halves of characters, no bytes that are no UTF-8.</summary>
    /// <param name="element">The JSON.</param>
    /// <param name="place">What it is, for errors.</param>
    /// <exception cref="InvalidInputException">One cannot.</exception>
    public static void Require(JsonElement element, string place)
    {
        try
        {
            Walk(element);
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException)
        {
            throw Unreadable(place, e);
        }
    }

    /// <summary>What is said of a text that cannot be read.</summary>
    public static InvalidInputException Unreadable(string place, Exception error) =>
        new($"{place} is not valid JSON: a text in it holds half a character, or bytes that are no UTF-8; write it again.", error);

    private static void RequireUnique(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                HashSet<string>? names = element.GetPropertyCount() > 1 ? new(StringComparer.Ordinal) : null;
                foreach (JsonProperty property in element.EnumerateObject())
                {
                    if (names?.Add(property.Name) == false) throw new JsonException($"the name '{property.Name}' stands twice in one object.");
                    RequireUnique(property.Value);
                }
                break;
            case JsonValueKind.Array:
                foreach (JsonElement item in element.EnumerateArray()) RequireUnique(item);
                break;
        }
    }

    private static void Walk(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (JsonProperty property in element.EnumerateObject())
                {
                    _ = property.Name;
                    Walk(property.Value);
                }
                break;
            case JsonValueKind.Array:
                foreach (JsonElement item in element.EnumerateArray()) Walk(item);
                break;
            case JsonValueKind.String:
                _ = element.GetString();
                break;
        }
    }
}
