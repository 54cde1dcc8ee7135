namespace RankCollapse.Formats;

/// <summary>What is about to happen to a file or a folder.</summary>
internal enum FileAction
{
    /// <summary>A file is opened to be read.</summary>
    Open,

    /// <summary>A block is read.</summary>
    Read,

    /// <summary>A file is made.</summary>
    Create,

    /// <summary>A block is written.</summary>
    Write,

    /// <summary>What was written goes to the disk.</summary>
    Flush,

    /// <summary>A file or folder takes another name.</summary>
    Rename,

    /// <summary>A file or folder is deleted.</summary>
    Delete,

    /// <summary>A folder is made.</summary>
    MakeFolder,
}

/// <summary>Every point at which something happens to a file; a test can let any of them fail, or end the world there.</summary>
internal static class FilePoint
{
    private static readonly AsyncLocal<Action<FileAction, string>?> Observer = new();

    /// <summary>Called before every action of this and later calls; what it throws happens in place of the action.</summary>
    public static Action<FileAction, string>? Watch
    {
        get => Observer.Value;
        set => Observer.Value = value;
    }

    /// <summary>Says what is about to happen.</summary>
    public static void At(FileAction action, string path) => Observer.Value?.Invoke(action, path);
}
