namespace RankCollapse.Models.Reading;

/// <summary>Finds the files that a model's file names beside it, and nothing outside its folder.</summary>
internal static class NeighbourFile
{
    /// <summary>The path of a file that lies in the model's folder or below it.</summary>
    /// <param name="model">The model's file.</param>
    /// <param name="location">What the model's file says: a relative path with slashes.</param>
    /// <exception cref="InvalidInputException">The location leads out of the folder, also through links, or the file is missing.</exception>
    public static string Resolve(string model, string location)
    {
        string shown = ErrorText.Printable(location);
        if (location.Length == 0 || location.Contains('\0') || location.Contains('\\') || location.Contains(':') || Path.IsPathRooted(location)
            || location.Split('/').Any(part => part is ".." or ""))
            throw new InvalidInputException(
                $"{model} keeps data in '{shown}', which is no relative path inside its folder; such files are refused, because they could read any file.");
        string folder = Path.GetDirectoryName(Path.GetFullPath(model))!;
        string path = Path.Combine(folder, location);
        if (!File.Exists(path))
            throw new InvalidInputException($"{model} keeps data in '{shown}', but there is no such file beside it; put it there.");

        // Download caches keep models as links to files elsewhere: links may lead to where the model itself really lies.
        string real = RealPath(path), realFolder = Path.GetDirectoryName(RealPath(model))!;
        if (!IsInside(real, RealPath(folder)) && !IsInside(real, realFolder))
            throw new InvalidInputException($"{model} keeps data in '{shown}', a link that leads out of its folder; put the file itself there.");
        return path;
    }

    private static bool IsInside(string path, string folder) =>
        path.StartsWith(folder.TrimEnd(Path.DirectorySeparatorChar) + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    /// <summary>The path with every link resolved, those of its folders too.</summary>
    private static string RealPath(string path)
    {
        const int MostLinks = 40;
        string full = Path.GetFullPath(path);
        string root = Path.GetPathRoot(full)!;
        var open = new Stack<string>(full[root.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries).Reverse());
        string resolved = root;
        int links = 0;
        while (open.TryPop(out string? part))
        {
            string next = Path.Combine(resolved, part);
            FileSystemInfo info = Directory.Exists(next) ? new DirectoryInfo(next) : new FileInfo(next);
            if (info.LinkTarget is not { } target)
            {
                resolved = next;
                continue;
            }
            if (++links > MostLinks) throw new InvalidInputException($"{path} is a link that leads to itself; put the file itself there.");
            string absolute = Path.GetFullPath(target, resolved);
            resolved = Path.GetPathRoot(absolute)!;
            foreach (string piece in absolute[resolved.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries).Reverse())
                open.Push(piece);
        }
        return resolved;
    }
}
