namespace RankCollapse.Tests;

/// <summary>Files that are no regular ones, in folders of tests; a test is skipped where they cannot be made.</summary>
internal static class SpecialFile
{
    /// <summary>A pipe with a name.</summary>
    public static string Pipe(string path) => Made(path, SmallDisk.Execute("mkfifo", path));

    /// <summary>A device like <c>/dev/null</c> (minor number 3), <c>/dev/zero</c> (5) or <c>/dev/full</c> (7).</summary>
    public static string Device(string path, int minor) => Made(path, SmallDisk.Execute("mknod", "-m", "666", path, "c", "1", $"{minor}"));

    private static string Made(string path, bool isMade)
    {
        Assert.SkipUnless(isMade, "Special files cannot be made here.");
        return path;
    }
}
