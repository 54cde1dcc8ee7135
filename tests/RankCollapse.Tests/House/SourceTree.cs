namespace RankCollapse.Tests.House;

/// <summary>The repository's own source files.</summary>
internal static class SourceTree
{
    /// <summary>The repository's folder.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The C# files below some folders of the repository, with slashes, without what is built.</summary>
    public static IEnumerable<string> Files(params IEnumerable<string> folders) =>
        from folder in folders
        from file in Directory.EnumerateFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories)
        let name = Path.GetRelativePath(Root, file).Replace('\\', '/')
        where !name.Contains("/obj/", StringComparison.Ordinal) && !name.Contains("/bin/", StringComparison.Ordinal)
        orderby name
        select name;

    /// <summary>The lines of a file.</summary>
    public static string[] Lines(string file) => File.ReadAllLines(Path.Combine(Root, file));

    /// <summary>The namespace that a file's folder stands for.</summary>
    public static string NamespaceOf(string file) => string.Join('.', file.Split('/')[1..^1]);

    private static string FindRoot()
    {
        string folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "RankCollapse.slnx"))) folder = Path.GetDirectoryName(folder)!;
        return folder;
    }
}
