using System.CommandLine;
using System.Text;
using RankCollapse.Cli.Output;
using RankCollapse.Formats;
using RankCollapse.Sweeps.Results;

namespace RankCollapse.Cli.Parsing;

/// <summary>What verbs that ask for results share: folders, formats, and where answers go.</summary>
internal static class ResultOptions
{
    private const int MostProblemsShown = 5;
    private static readonly string[] Formats = ["table", "csv", "json", "parquet"];

    /// <summary>Folders of runs and sweeps.</summary>
    public static Argument<string[]> Folders() => new("FOLDER")
    {
        Description = "folders of runs and sweeps, or folders that hold them [runs]",
        Arity = ArgumentArity.ZeroOrMore,
    };

    /// <summary>The format that was asked for; null for a table in the terminal.</summary>
    /// <param name="name">Its name; null takes the file's ending.</param>
    /// <param name="path">The file; null for the terminal.</param>
    /// <param name="json">Whether JSON was asked for.</param>
    /// <exception cref="InvalidInputException">The name is unknown, or contradicts.</exception>
    public static ResultFormat? Format(string? name, string? path, bool json)
    {
        if (json && name is not (null or "json")) throw new InvalidInputException($"--json and --format {name} contradict each other; give one of them.");
        if (json) return ResultFormat.Json;
        if (path == StandardOutput.Name && name is null) throw new InvalidInputException("Standard output has no ending; give --format csv, json or parquet.");
        string wanted = name ?? (path is null ? "table" : Path.GetExtension(path).TrimStart('.').ToLowerInvariant());
        return wanted switch
        {
            "table" when path is null => null,
            "csv" => ResultFormat.Csv,
            "json" => ResultFormat.Json,
            "parquet" => ResultFormat.Parquet,
            "table" => throw new InvalidInputException("A table is for the terminal; files are csv, json or parquet."),
            _ when name is null => throw new InvalidInputException($"The ending of {path} is not csv, json or parquet; give --format."),
            _ => throw new InvalidInputException($"There is no format '{ErrorText.Printable(name)}'; {NearMatches.Advice(name, Formats)}"),
        };
    }

    /// <summary>Writes an answer to a file, whole or not at all, or to the output.</summary>
    public static void Write(CommandEnvironment environment, ResultDatabase database, ResultFormat format, string? path)
    {
        if (path is not null)
        {
            AtomicFile.Write(path, stream => database.Write(format, stream, environment.Cancellation));
            if (path != StandardOutput.Name) environment.Error.WriteLine($"written: {path}");
            return;
        }
        using var stream = new TextWriterStream(environment.DataOutput);
        AtomicFile.WriteWhole(stream, whole => database.Write(format, whole, environment.Cancellation));
        if (format == ResultFormat.Json) environment.Output.WriteLine();
    }

    /// <summary>Takes the files of runs that belong to no sweep as they are, where that was asked for.</summary>
    public static void Accept(ParseResult parsed, Option<bool> option, CommandEnvironment environment, IReadOnlyList<ResultSource> sources) =>
        parsed.Accept(option, environment, sources.Where(source => source is { Trial: null, Folder: not null }).Select(source => source.Folder!));

    /// <summary>Says what could not be read, the first few by name.</summary>
    public static void WriteProblems(CommandEnvironment environment, IReadOnlyList<string> problems)
    {
        foreach (string problem in problems.Take(MostProblemsShown)) environment.Error.WriteLine(WarningLine.Of(problem));
        int more = problems.Count - MostProblemsShown;
        if (more > 0) environment.Error.WriteLine($"warning: {more} more could not be read; they are in runs with the state {ResultSource.Damaged}.");
    }

    /// <summary>Bytes of UTF-8 as a text writer's text.</summary>
    private sealed class TextWriterStream(TextWriter output) : Stream
    {
        private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override void Flush() => output.Flush();

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            var text = new char[_decoder.GetCharCount(buffer, flush: false)];
            output.Write(text, 0, _decoder.GetChars(buffer, text, flush: false));
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
