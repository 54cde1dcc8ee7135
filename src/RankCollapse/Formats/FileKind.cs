namespace RankCollapse.Formats;

/// <summary>What a path leads to.</summary>
internal enum FileKind
{
    /// <summary>Nothing.</summary>
    Missing,

    /// <summary>A file with content of its own.</summary>
    Regular,

    /// <summary>A folder.</summary>
    Folder,

    /// <summary>A link, where links are not followed.</summary>
    Link,

    /// <summary>A pipe with a name.</summary>
    Pipe,

    /// <summary>A device that takes characters, such as a terminal or <c>/dev/null</c>.</summary>
    Device,

    /// <summary>A device of blocks, such as a disk.</summary>
    Disk,

    /// <summary>A socket.</summary>
    Socket,

    /// <summary>Something else, or something that may not be looked at.</summary>
    Other,
}
