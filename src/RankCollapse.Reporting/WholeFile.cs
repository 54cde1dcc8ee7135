namespace RankCollapse.Reporting;

/// <summary>Writes files whole or not at all: under a temporary name first, then renamed.</summary>
internal static class WholeFile
{
    /// <summary>Writes the bytes and returns the path; folders are created.</summary>
    /// <exception cref="InvalidInputException">The file cannot be written.</exception>
    public static string Write(string path, ReadOnlySpan<byte> bytes)
    {
        string? temporary = null;
        try
        {
            string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
            Directory.CreateDirectory(folder);
            temporary = Path.Combine(folder, $".{Path.GetFileName(path)}.{Guid.NewGuid():N}.tmp");
            using (FileStream stream = File.Create(temporary))
            {
                stream.Write(bytes);
                stream.Flush(flushToDisk: true);
            }
            File.Move(temporary, path, overwrite: true);
            return path;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            if (temporary is not null && File.Exists(temporary)) File.Delete(temporary);
            throw new InvalidInputException($"{path} cannot be written ({error.Message}); choose another place or free some space.", error);
        }
    }
}
