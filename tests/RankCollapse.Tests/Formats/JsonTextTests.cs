using System.Text;
using System.Text.Json;
using CsCheck;
using RankCollapse.Formats;

namespace RankCollapse.Tests.Formats;

public sealed class JsonTextTests
{
    [Theory]
    [InlineData("""{ "a": 1, "a": 1 }""", "the name 'a' stands twice in one object.")]
    [InlineData("""{ "a": 1, "\u0061": 2 }""", "the name 'a' stands twice in one object.")]
    [InlineData("""[{}, [{ "deep": { "b": 1, "c": 2, "b": 3 } }]]""", "the name 'b' stands twice in one object.")]
    public void ANameThatStandsTwice_IsRefused(string json, string expected) =>
        Assert.Equal(expected, Assert.Throws<JsonException>(() => JsonText.Parse(Encoding.UTF8.GetBytes(json))).Message);

    [Theory]
    [InlineData("""{ "a": { "a": 1 }, "A": [{ "a": 1 }, { "a": 2 }] }""")]
    [InlineData("3")]
    [InlineData("{}")]
    public void OtherJson_IsReadAsItIs(string json)
    {
        using JsonDocument document = JsonText.Parse(Encoding.UTF8.GetBytes(json));
        Assert.Equal(json, document.RootElement.GetRawText());
    }

    [Fact]
    public void OneNameAmongMany_IsFound() => Gen.Select(Gen.Int[2, 200], Gen.Int[0, 199], Gen.Int[0, 199]).Sample((count, one, other) =>
    {
        (one, other) = (one % count, other % count);
        IEnumerable<int> numbers = Enumerable.Range(0, count).Select(i => i == one ? other : i);
        byte[] json = Encoding.UTF8.GetBytes($"{{{string.Join(',', numbers.Select(i => $"\"n{i}\":{i}"))}}}");
        if (one == other) JsonText.Parse(json).Dispose();
        else Assert.Throws<JsonException>(() => JsonText.Parse(json));
    }, iter: 100);

    [Fact]
    public void HalfACharacterInAName_IsNotRead() =>
        Assert.Throws<InvalidOperationException>(() => JsonText.Parse(Encoding.UTF8.GetBytes("""{ "a": 1, "\ud800": 2 }""")));
}
