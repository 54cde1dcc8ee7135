namespace RankCollapse.Formats;

/// <summary>Opens files of users and turns what goes wrong with them into one clear line: the one place where files are read.</summary>
public static class InputFile
{
    /// <summary>What the values of JSON take for each byte of their text, at worst.</summary>
    private const double MemoryOfJson = 20;

    /// <summary>Opens a file for reading. Every block that is read asks whether to stop.</summary>
    /// <exception cref="InvalidInputException">There is no such file, it is no regular one, or it may not be read.</exception>
    public static FileStream Open(string path) => Open(path, FileShare.Read);

    /// <summary>Opens a file for reading that others may write or delete meanwhile.</summary>
    /// <exception cref="InvalidInputException">As for <see cref="Open(string)"/>.</exception>
    public static FileStream OpenShared(string path) => Open(path, FileShare.ReadWrite | FileShare.Delete);

    /// <summary>Runs a reader of <paramref name="path"/>; the errors that damaged content raises become one line that names the file.</summary>
    /// <exception cref="InvalidInputException">The file is damaged or cannot be read.</exception>
    public static T Guard<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException or NotSupportedException or ArgumentException
            or OverflowException or FormatException)
        {
            throw new InvalidInputException($"{path} is damaged: {FileSteps.Said(e)}; get the file again.", e);
        }
    }

    /// <summary>Reads a whole file of JSON, whose values take more memory than its text.</summary>
    /// <exception cref="InvalidInputException">The file is larger than <paramref name="most"/> bytes, needs more memory or cannot be read.</exception>
    public static byte[] ReadJson(string path, long most)
    {
        using FileStream stream = Open(path);
        return ReadSmall(stream, path, most, MemoryOfJson);
    }

    /// <summary>Reads a whole small file.</summary>
    /// <exception cref="InvalidInputException">The file is larger than <paramref name="most"/> bytes or cannot be read.</exception>
    public static byte[] ReadSmall(string path, long most)
    {
        using FileStream stream = Open(path);
        return ReadSmall(stream, path, most);
    }

    /// <summary>Reads a whole small file that others may write or delete meanwhile; null where it is gone or cannot be read.</summary>
    /// <exception cref="InvalidInputException">The file is larger than <paramref name="most"/> bytes.</exception>
    public static byte[]? TryReadSmall(string path, long most)
    {
        if (FileKinds.Of(path) != FileKind.Regular) return null;
        try
        {
            using FileStream stream = OpenShared(path);
            return ReadSmall(stream, path, most);
        }
        catch (InvalidInputException e) when (e.InnerException is IOException or UnauthorizedAccessException || !File.Exists(path))
        {
            return null;
        }
    }

    /// <summary>Requires that a text can be the path of something.</summary>
    /// <exception cref="InvalidInputException">It is empty or holds NUL.</exception>
    public static void RequirePath(string path)
    {
        if (string.IsNullOrWhiteSpace(path)) throw new InvalidInputException("The name of a file or folder is empty; give one.");
        if (path.Contains('\0', StringComparison.Ordinal))
            throw new InvalidInputException($"The file name {ErrorText.Printable(path)} holds NUL; give another one.");
    }

    private static byte[] ReadSmall(FileStream stream, string path, long most, double memory = 1)
    {
        if (stream.Length > most)
            throw new InvalidInputException($"{path} has {stream.Length} bytes, expected at most {most}; is it the right file?");
        MemoryBudget.Require(memory * stream.Length, path, "is it the right file?");
        return Guard(path, () =>
        {
            var content = new byte[stream.Length];
            stream.ReadExactly(content);
            return content;
        });
    }

    private static AskingFile Open(string path, FileShare share)
    {
        RequirePath(path);
        FileKind kind = FileKinds.Of(path);
        switch (kind)
        {
            case FileKind.Folder:
                throw new InvalidInputException($"{path} is a folder, expected a file; name the file inside it.");
            case FileKind.Missing:
                throw new InvalidInputException($"There is no file {path}{NeighbourAdvice(path)}.");
            case FileKind.Pipe or FileKind.Device or FileKind.Disk or FileKind.Socket:
                throw new InvalidInputException(
                    $"{path} is {FileKinds.InWords(kind)}, expected a regular file, whose end is known; write what it gives into a file first.");
        }
        try
        {
            FilePoint.At(FileAction.Open, path);
            return new AskingFile(path, share);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidInputException($"Cannot read {path}: {FileSteps.Said(e)}; check its permissions.", e);
        }
    }

    private static string NeighbourAdvice(string path)
    {
        string? folder = Path.GetDirectoryName(Path.GetFullPath(path));
        if (folder is null || !Directory.Exists(folder)) return $": its folder {folder} does not exist";
        try
        {
            const int MostFiles = 10_000;
            IEnumerable<string> neighbours = Directory.EnumerateFiles(folder).Take(MostFiles).Select(file => Path.GetFileName(file));
            IReadOnlyList<string> near = NearMatches.Of(Path.GetFileName(path), neighbours);
            return near.Count == 0 ? "; check the path" : $"; near it are {string.Join(", ", near)}";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "; check the path";
        }
    }

    /// <summary>A file that asks at every block whether to stop.</summary>
    private sealed class AskingFile(string path, FileShare share) : FileStream(path, FileMode.Open, FileAccess.Read, share, bufferSize: 1 << 16)
    {
        public override int Read(Span<byte> buffer)
        {
            Ask();
            return base.Read(buffer);
        }

        public override int Read(byte[] buffer, int offset, int count)
        {
            Ask();
            return base.Read(buffer, offset, count);
        }

        private void Ask()
        {
            Cancellation.ThrowIfRequested();
            FilePoint.At(FileAction.Read, Name);
        }
    }
}
