using System.Collections.Concurrent;

namespace RankCollapse.Formats;

/// <summary>A folder for temporary files, which goes with what uses it; what a process that was killed left goes with the next one that is made.</summary>
public sealed class WorkFolder : IDisposable
{
    private const string Prefix = "rankcollapse-";

    private static readonly ConcurrentDictionary<string, WorkFolder> Open = new();

    private readonly FolderClaim _claim;

    private WorkFolder(string path, FolderClaim claim)
    {
        Path = path;
        _claim = claim;
        Open[path] = this;
    }

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>Makes a folder below that of the system for temporary files.</summary>
    /// <param name="purpose">A word for its name.</param>
    /// <exception cref="InvalidInputException">It cannot be made.</exception>
    public static WorkFolder Make(string purpose)
    {
        string root = System.IO.Path.GetTempPath();
        try
        {
            RemoveLeftovers(root, purpose);
            FilePoint.At(FileAction.MakeFolder, root);
            string path = Directory.CreateTempSubdirectory($"{Prefix}{purpose}-").FullName;
            return new WorkFolder(path, FolderClaim.Take(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidInputException($"No temporary folder can be made in {root}: {FileSteps.InWords(e)}.", e);
        }
    }

    /// <summary>Removes all folders of this process, because it ends at once.</summary>
    public static void RemoveAll()
    {
        foreach (string path in Open.Keys) FileSteps.TryDeleteFolder(path);
    }

    /// <summary>Removes the folder.</summary>
    public void Dispose()
    {
        Open.TryRemove(Path, out _);
        FileSteps.TryDeleteFolder(Path);
        _claim.Dispose();
    }

    /// <summary>Folders that nobody claims any more; one that is being made just now has no claim yet, and is younger than a minute.</summary>
    private static void RemoveLeftovers(string root, string purpose)
    {
        foreach (string path in Directory.GetDirectories(root, $"{Prefix}{purpose}-*"))
        {
            try
            {
                bool isYoung = DateTime.UtcNow - Directory.GetLastWriteTimeUtc(path) < TimeSpan.FromMinutes(1);
                if (isYoung && !File.Exists(System.IO.Path.Combine(path, FolderClaim.FileName))) continue;
                using FolderClaim? claim = FolderClaim.TryTake(path);
                if (claim is not null) FileSteps.DeleteFolder(path);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidInputException)
            {
                // It belongs to somebody else.
            }
        }
    }
}
