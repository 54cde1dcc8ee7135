using System.Text;

namespace RankCollapse.Cli.Output;

/// <summary>Text for a terminal in which nothing from outside steers it; see <see cref="ErrorText"/>.</summary>
internal sealed class PrintableWriter(TextWriter inner) : TextWriter
{
    /// <summary>The writer behind it, for what steers a terminal on purpose, such as live progress.</summary>
    public TextWriter Inner { get; } = inner;

    /// <inheritdoc/>
    public override Encoding Encoding => Inner.Encoding;

    /// <summary>The writer in front of another one, which may be such a one itself.</summary>
    public static PrintableWriter Of(TextWriter writer) => writer as PrintableWriter ?? new PrintableWriter(writer);

    /// <inheritdoc/>
    public override void Write(char value) => Inner.Write(value is '\n' or '\t' || !ErrorText.Steers(value) ? value : '?');

    /// <inheritdoc/>
    public override void Write(char[] buffer, int index, int count) => Inner.Write(ErrorText.Lines(new string(buffer, index, count)));

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<char> buffer) => Inner.Write(ErrorText.Lines(new string(buffer)));

    /// <inheritdoc/>
    public override void Write(string? value) => Inner.Write(value is null ? null : ErrorText.Lines(value));

    /// <inheritdoc/>
    public override void WriteLine(string? value) => Inner.WriteLine(value is null ? null : ErrorText.Lines(value));

    /// <inheritdoc/>
    public override Task WriteLineAsync(string? value) => Inner.WriteLineAsync(value is null ? null : ErrorText.Lines(value));

    /// <inheritdoc/>
    public override void Flush() => Inner.Flush();
}
