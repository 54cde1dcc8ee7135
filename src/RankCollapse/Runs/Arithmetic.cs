using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using RankCollapse.LinearAlgebra.Vectors;

namespace RankCollapse.Runs;

/// <summary>
/// The arithmetic of results: equal settings give the same bits wherever it is the same. In files it is written <c>results-5-fused</c>.
/// </summary>
/// <param name="Version">The version of results, <see cref="TrainingRun.ResultVersion"/> of the program that computed them.</param>
/// <param name="IsFused">
/// Whether a·b + c is rounded once, as on every 64-bit processor with fused multiply-add (x86-64-v3, ARMv8); others compute as well, but not the same bits.
/// </param>
[JsonConverter(typeof(ArithmeticConverter))]
public sealed record Arithmetic(int Version, bool IsFused)
{
    /// <summary>The name in files.</summary>
    public const string JsonName = "arithmetic";

    private const string Prefix = "results-", Once = "-fused", Twice = "-unfused";

    /// <summary>That of this program on this processor.</summary>
    public static Arithmetic Current { get; } = new(TrainingRun.ResultVersion, Fused.IsSupported);

    /// <summary>What a person has to know about results from here; null where they are those of other machines.</summary>
    public static string? Notice => Current.IsFused
        ? null
        : $"This processor has no fused multiply-add: results are not bit for bit those of machines that have it, and are marked {Current}.";

    /// <summary>
    /// The one rule: what was begun in one arithmetic is not gone on with, joined or taken over in another, so that no result and no set of results is of two.
    /// </summary>
    /// <param name="stored">That of what is there; null where a file of an earlier version does not say.</param>
    /// <param name="what">What is there, such as "The run runs/first".</param>
    /// <exception cref="InvalidInputException">It is another one.</exception>
    public static void Require(Arithmetic? stored, string what)
    {
        if (stored == Current) return;
        string found = $"{what} has the arithmetic {stored?.ToString() ?? "of an earlier version"}, but here it is {Current}";
        throw new InvalidInputException(
            $"{found}, whose results differ in the last digits; begin anew in another folder (out), or go on with the program and on the kind of processor "
                + "that began it.")
        {
            Settings = ["out"],
        };
    }

    /// <summary>Reads what <see cref="ToString"/> writes.</summary>
    /// <exception cref="InvalidInputException">It is something else.</exception>
    public static Arithmetic Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string? mark = text.EndsWith(Twice, StringComparison.Ordinal) ? Twice : text.EndsWith(Once, StringComparison.Ordinal) ? Once : null;
        return mark is not null && text.Length > Prefix.Length + mark.Length && text.StartsWith(Prefix, StringComparison.Ordinal)
            && int.TryParse(text.AsSpan(Prefix.Length..^mark.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int version)
            ? new Arithmetic(version, mark == Once)
            : throw new InvalidInputException(
                $"The arithmetic is '{ErrorText.Printable(text)}', expected one such as {Current}; restore the file or begin anew.");
    }

    /// <summary>The same; null for null.</summary>
    internal static Arithmetic? ParseOrNull(string? text) => text is null ? null : Parse(text);

    /// <summary>The text in files, such as <c>results-5-fused</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{Version}{(IsFused ? Once : Twice)}");
}

/// <summary>Writes an arithmetic as its text.</summary>
public sealed class ArithmeticConverter : JsonConverter<Arithmetic>
{
    /// <inheritdoc/>
    public override Arithmetic Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => Arithmetic.Parse(reader.GetString() ?? "");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, Arithmetic value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStringValue(value?.ToString());
    }
}
