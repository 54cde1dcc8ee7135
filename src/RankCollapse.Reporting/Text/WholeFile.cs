using RankCollapse.Formats;

namespace RankCollapse.Reporting.Text;

/// <summary>Writes a file whole or not at all, into a folder that is created where it is missing.</summary>
internal static class WholeFile
{
    /// <summary>Writes the bytes and returns the path.</summary>
    /// <exception cref="InvalidInputException">The folder cannot be created or the file cannot be written.</exception>
    public static string Write(string path, byte[] content)
    {
        AtomicFile.Require(path);
        if (path == StandardOutput.Name)
        {
            AtomicFile.Write(path, content);
            return path;
        }
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        try
        {
            FileSteps.MakeFolder(folder);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InvalidInputException(
                $"Cannot write {path}: the folder {folder} cannot be created ({error.Message.TrimEnd('.')}); choose another folder.", error);
        }
        AtomicFile.Write(path, content);
        return path;
    }
}
