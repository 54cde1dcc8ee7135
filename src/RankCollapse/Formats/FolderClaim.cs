using System.Globalization;
using System.Text;

namespace RankCollapse.Formats;

/// <summary>
/// The claim of one process on a folder: a file that the system locks for it, and unlocks when it ends, however it ends. The one place where folders are
/// claimed.
/// </summary>
public sealed class FolderClaim : IDisposable
{
    /// <summary>The name of the file; it is there while the folder is claimed, and after a process that was killed.</summary>
    public const string FileName = ".claim";

    private readonly FileStream _file;

    private FolderClaim(FileStream file) => _file = file;

    /// <summary>Claims a folder, which exists.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="InvalidInputException">Another process has claimed it, which the message names, or it cannot be written.</exception>
    public static FolderClaim Take(string folder) => TryTake(folder)
        ?? throw new InvalidInputException($"The folder {folder} is in use by another process{OwnerOf(folder)}; wait until that has ended, or choose another "
            + "folder (out).")
        { Settings = ["out"] };

    /// <summary>Claims a folder; null where another process has it.</summary>
    /// <param name="folder">The folder, which exists.</param>
    /// <exception cref="InvalidInputException">It cannot be written.</exception>
    public static FolderClaim? TryTake(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        string path = Path.Combine(folder, FileName);
        FileKind kind = FileKinds.Of(path, followsLinks: false);
        if (kind is not (FileKind.Missing or FileKind.Regular))
            throw new InvalidInputException($"{path} is {FileKinds.InWords(kind)}, expected a file or nothing; remove it.");
        byte[] mark = Encoding.UTF8.GetBytes($"{Environment.ProcessId.ToString(CultureInfo.InvariantCulture)} {Environment.MachineName} \n");
        try
        {
            while (true)
            {
                FilePoint.At(FileAction.Create, path);
                var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
                try
                {
                    file.SetLength(0);
                    file.Write(mark);
                    // Between opening and locking the file may have been deleted by its former owner: then this one locks nothing.
                    if (FileKinds.IsSame(path, file.SafeFileHandle)) return new FolderClaim(file);
                }
                catch
                {
                    FileSteps.TryDelete(path);
                    file.Dispose();
                    throw;
                }
                file.Dispose();
            }
        }
        catch (IOException e) when (IsLocked(e))
        {
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidInputException($"Cannot write to the folder {folder}: {FileSteps.InWords(e)} (out).", e) { Settings = ["out"] };
        }
    }

    /// <summary>Gives the folder back.</summary>
    public void Dispose()
    {
        // The lock is held while the file is deleted, so that nobody else's file is.
        try
        {
            if (!OperatingSystem.IsWindows()) FileSteps.TryDelete(_file.Name);
        }
        finally
        {
            _file.Dispose();
        }
        if (OperatingSystem.IsWindows()) FileSteps.TryDelete(_file.Name);
    }

    /// <summary>EWOULDBLOCK, on Linux and elsewhere, and ERROR_SHARING_VIOLATION.</summary>
    private static bool IsLocked(IOException error) =>
        (error.HResult & 0xFFFF) is var code && (OperatingSystem.IsWindows() ? code is 32 or 33 : code is 11 or 35) && error is not FileNotFoundException;

    /// <summary>Who says in its claim that it has the folder.</summary>
    private static string OwnerOf(string folder)
    {
        const int MostBytes = 4096;
        string[] words = Encoding.UTF8.GetString(FileKinds.ReadLocked(Path.Combine(folder, FileName), MostBytes)).Split(' ');
        return words.Length == 3 ? $" ({ErrorText.Printable(words[0])} on {ErrorText.Printable(words[1])})" : "";
    }
}
