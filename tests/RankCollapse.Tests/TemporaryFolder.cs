namespace RankCollapse.Tests;

/// <summary>A folder that lives as long as a test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private const string MemoryDisk = "/dev/shm";

    private readonly DirectoryInfo _folder;

    /// <param name="inMemory">Lies in memory where the machine has such a place: for tests that write many thousand files.</param>
    public TemporaryFolder(bool inMemory = false) =>
        _folder = inMemory && Directory.Exists(MemoryDisk)
            ? Directory.CreateDirectory($"{MemoryDisk}/rankcollapse-{Guid.NewGuid():N}")
            : Directory.CreateTempSubdirectory("rankcollapse-");

    public string Root => _folder.FullName;

    public string File(string name) => Path.Combine(Root, name);

    public string Write(string name, byte[] content)
    {
        System.IO.File.WriteAllBytes(File(name), content);
        return File(name);
    }

    public string Write(string name, string content)
    {
        System.IO.File.WriteAllText(File(name), content);
        return File(name);
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
