using System.Text.Json;

namespace RankCollapse.Formats;

/// <summary>Texts in JSON that somebody else wrote.</summary>
public static class JsonText
{
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
