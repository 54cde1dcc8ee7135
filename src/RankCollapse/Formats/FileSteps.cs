namespace RankCollapse.Formats;

/// <summary>What is done to files and folders besides reading and writing them: the one place where they are made, renamed and deleted.</summary>
public static class FileSteps
{
    /// <summary>Makes a folder with those that it lies in; one that is there is left as it is.</summary>
    /// <exception cref="IOException">It cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be made.</exception>
    public static void MakeFolder(string path)
    {
        if (Directory.Exists(path)) return;
        FilePoint.At(FileAction.MakeFolder, path);
        Directory.CreateDirectory(path);
    }

    /// <summary>Deletes a file; one that is not there is no error.</summary>
    /// <exception cref="IOException">It cannot be deleted.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be deleted.</exception>
    public static void Delete(string path)
    {
        FilePoint.At(FileAction.Delete, path);
        File.Delete(path);
    }

    /// <summary>Deletes a file that does no harm where it stays.</summary>
    public static void TryDelete(string path)
    {
        try
        {
            Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It does no harm.
        }
    }

    /// <summary>Deletes a folder with all that is in it, without following links; one that is not there is no error.</summary>
    /// <exception cref="IOException">It cannot be deleted.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be deleted.</exception>
    public static void DeleteFolder(string path)
    {
        if (!Directory.Exists(path)) return;
        FilePoint.At(FileAction.Delete, path);
        Directory.Delete(path, recursive: true);
    }

    /// <summary>Deletes a folder that does no harm where it stays.</summary>
    public static void TryDeleteFolder(string path)
    {
        try
        {
            DeleteFolder(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It does no harm.
        }
    }

    /// <summary>Gives a file another name.</summary>
    /// <exception cref="IOException">The new name is taken, unless it may be replaced, or the file is gone.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be renamed.</exception>
    public static void Rename(string path, string newPath, bool replace = false)
    {
        FilePoint.At(FileAction.Rename, newPath);
        File.Move(path, newPath, replace);
    }

    /// <summary>Gives a folder another name.</summary>
    /// <exception cref="IOException">The new name is taken, or the folder is gone.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be renamed.</exception>
    public static void RenameFolder(string path, string newPath)
    {
        FilePoint.At(FileAction.Rename, newPath);
        Directory.Move(path, newPath);
    }

    /// <summary>Does what writes to a file or a folder; what the system says against it becomes one line.</summary>
    /// <param name="path">The file or folder that the line names.</param>
    /// <param name="write">Writes.</param>
    /// <exception cref="InvalidInputException">The disk is full, or what is to be written may not be.</exception>
    public static T Guard<T>(string path, Func<T> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        try
        {
            return write();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidInputException($"Cannot write {path}: {InWords(e)}.", e);
        }
    }

    /// <summary>Does what writes, as <see cref="Guard{T}(string, Func{T})"/> does.</summary>
    /// <param name="path">As there.</param>
    /// <param name="write">Writes.</param>
    /// <exception cref="InvalidInputException">As there.</exception>
    public static void Guard(string path, Action write)
    {
        ArgumentNullException.ThrowIfNull(write);
        Guard(path, () =>
        {
            write();
            return 0;
        });
    }

    /// <summary>What the system said, in one line, and what to do about it.</summary>
    public static string InWords(Exception error)
    {
        ArgumentNullException.ThrowIfNull(error);
        // The numbers of errors on Unix, and the last 16 bits of those on Windows.
        const int NoSpace = 28, QuotaOnLinux = 122, QuotaOnMac = 69, NoSpaceOnWindows = 112, HandleFullOnWindows = 39;
        int code = error.HResult & 0xFFFF;
        bool isFull = OperatingSystem.IsWindows() ? code is NoSpaceOnWindows or HandleFullOnWindows
            : error is IOException && code is NoSpace or QuotaOnLinux or QuotaOnMac || error.Message.StartsWith("No space left", StringComparison.Ordinal);
        string advice = isFull ? "free some space or choose another folder"
            : error is UnauthorizedAccessException ? "choose a folder that may be written"
            : "choose another place";
        return $"{Said(error)}; {advice}";
    }

    /// <summary>What the system said, in one line.</summary>
    public static string Said(Exception error)
    {
        ArgumentNullException.ThrowIfNull(error);
        return ErrorText.Line(error.Message.ReplaceLineEndings(" ")).TrimEnd('.', ' ');
    }
}
