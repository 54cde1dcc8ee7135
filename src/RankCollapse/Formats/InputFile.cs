namespace RankCollapse.Formats;

/// <summary>Opens files of users and turns what goes wrong with them into one clear line.</summary>
public static class InputFile
{
    /// <summary>Opens a file for reading.</summary>
    /// <exception cref="InvalidInputException">There is no such file, it is a folder, or it may not be read.</exception>
    public static FileStream Open(string path)
    {
        if (Directory.Exists(path))
            throw new InvalidInputException($"{path} is a folder, expected a file; name the file inside it.");
        if (!File.Exists(path))
            throw new InvalidInputException($"There is no file {path}{NeighbourAdvice(path)}.");
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1 << 16);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidInputException($"Cannot read {path}: {e.Message.ReplaceLineEndings(" ").TrimEnd('.')}; check its permissions.", e);
        }
    }

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
            throw new InvalidInputException($"{path} is damaged: {e.Message.ReplaceLineEndings(" ").TrimEnd('.')}; get the file again.", e);
        }
    }

    /// <summary>Reads a whole small file.</summary>
    /// <exception cref="InvalidInputException">The file is larger than <paramref name="most"/> bytes or cannot be read.</exception>
    public static byte[] ReadSmall(string path, long most)
    {
        using FileStream stream = Open(path);
        if (stream.Length > most)
            throw new InvalidInputException($"{path} has {stream.Length} bytes, expected at most {most}; is it the right file?");
        return Guard(path, () =>
        {
            var content = new byte[stream.Length];
            stream.ReadExactly(content);
            return content;
        });
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
}
