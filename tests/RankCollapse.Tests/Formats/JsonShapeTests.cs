using System.Text.Json.Nodes;
using RankCollapse.Formats;

namespace RankCollapse.Tests.Formats;

public sealed class JsonShapeTests
{
    private static readonly JsonShape<(string Name, double Size, int[] Parts)> Shape = new JsonShape<(string Name, double Size, int[] Parts)>()
        .Text("name", one => one.Name)
        .Number("size", one => one.Size)
        .Whole("count", one => one.Parts.Length)
        .Wholes("parts", one => one.Parts.Select(part => (long)part))
        .FlagOrNull("isLarge", one => one.Size > 1 ? true : null)
        .ObjectOrNull("first", one => one.Parts.Length > 0 ? $"{one.Parts[0]}" : null, new JsonShape<string>().Text("part", part => part));

    [Theory]
    [InlineData(2.5, 3)]
    [InlineData(double.NaN, 0)]
    [InlineData(double.PositiveInfinity, 1)]
    public void WhatIsWritten_KeepsToTheSchema(double size, int count) =>
        Assert.Empty(SchemaCheck.Problems(Shape.Schema(), Shape.Write(("a", size, [.. Enumerable.Range(0, count)]))));

    [Theory]
    [InlineData("""{ "name": 1, "size": null, "count": 0, "parts": [], "isLarge": null, "first": null }""")]
    [InlineData("""{ "name": "a", "size": null, "count": 0.5, "parts": [], "isLarge": null, "first": null }""")]
    [InlineData("""{ "name": "a", "size": null, "count": 0, "parts": ["b"], "isLarge": null, "first": null }""")]
    [InlineData("""{ "name": "a", "size": null, "count": 0, "parts": [], "isLarge": null, "first": {} }""")]
    [InlineData("""{ "name": "a", "size": null, "count": 0, "parts": [], "isLarge": null }""")]
    [InlineData("""{ "name": "a", "size": null, "count": 0, "parts": [], "isLarge": null, "first": null, "more": 1 }""")]
    public void WhatIsNot_DoesNot(string document) => Assert.NotEmpty(SchemaCheck.Problems(Shape.Schema(), JsonNode.Parse(document)));
}
