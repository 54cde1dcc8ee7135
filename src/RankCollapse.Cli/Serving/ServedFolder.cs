namespace RankCollapse.Cli.Serving;

/// <summary>The folder whose files a server may read: none outside it, and none through a link.</summary>
internal sealed class ServedFolder
{
    private readonly string _root;

    /// <summary>Serves a folder; the path to it may hold links, what is below it may not.</summary>
    /// <exception cref="InvalidInputException">There is no such folder.</exception>
    public ServedFolder(string path)
    {
        if (File.Exists(path)) throw new InvalidInputException($"{path} is a file, expected a folder of runs and sweeps; give the folder that holds it.");
        if (!Directory.Exists(path)) throw new InvalidInputException($"There is no folder {path}; give a folder of runs and sweeps.");
        Path = path;
        _root = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(path));
    }

    /// <summary>The folder, as it was given.</summary>
    public string Path { get; }

    /// <summary>Whether a path leads to something inside the folder without passing a link.</summary>
    public bool Holds(string path)
    {
        string full = System.IO.Path.GetFullPath(path);
        if (full == _root) return true;
        if (!full.StartsWith(_root + System.IO.Path.DirectorySeparatorChar, StringComparison.Ordinal)) return false;
        string at = _root;
        foreach (string part in full[(_root.Length + 1)..].Split(System.IO.Path.DirectorySeparatorChar))
        {
            at = System.IO.Path.Combine(at, part);
            FileSystemInfo found = Directory.Exists(at) ? new DirectoryInfo(at) : new FileInfo(at);
            if (!found.Exists || found.LinkTarget is not null || found.Attributes.HasFlag(FileAttributes.ReparsePoint)) return false;
        }
        return true;
    }
}
