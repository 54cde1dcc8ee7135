namespace RankCollapse.Formats;

/// <summary>Writes files so that a reader sees the old content or the whole new one, never a part.</summary>
public static class AtomicFile
{
    /// <summary>
    /// Writes a file under a temporary name in the same folder, flushes it to the disk and renames it; a file of that name is replaced.
    /// </summary>
    /// <param name="path">The file; its folder exists.</param>
    /// <param name="write">Writes the content to a seekable stream, which it leaves open.</param>
    /// <exception cref="InvalidInputException">
    /// The disk is full or the folder cannot be written; the temporary file is removed, and the old file untouched.
    /// </exception>
    public static void Write(string path, Action<Stream> write)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(write);
        string temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, bufferSize: 1 << 16))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }
            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Remove(temporary);
            throw new InvalidInputException($"Cannot write {path}: {OneLine(e.Message, temporary, path)}; free some space or choose another folder.", e);
        }
        catch
        {
            Remove(temporary);
            throw;
        }
    }

    /// <summary>Writes bytes as <see cref="Write(string, Action{Stream})"/> does.</summary>
    /// <param name="path">The file; its folder exists.</param>
    /// <param name="content">The whole content.</param>
    /// <exception cref="InvalidInputException">The disk is full or the folder cannot be written.</exception>
    public static void Write(string path, byte[] content)
    {
        ArgumentNullException.ThrowIfNull(content);
        Write(path, stream => stream.Write(content));
    }

    private static string OneLine(string message, string temporary, string path) =>
        message.ReplaceLineEndings(" ").Replace(temporary, path).TrimEnd('.', ' ');

    private static void Remove(string temporary)
    {
        try
        {
            File.Delete(temporary);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The first error says what is wrong; a leftover temporary file does no harm.
        }
    }
}
