using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace RankCollapse.Formats;

/// <summary>Tells regular files from what only looks like them.</summary>
/// <remarks>.NET does not say what kind of file a path is; the library that .NET itself asks does.</remarks>
internal static partial class FileKinds
{
    private const int KindMask = 0xF000, CanWrite = 2;

    /// <summary>The kind of what is at a path.</summary>
    /// <param name="path">The path, without NUL.</param>
    /// <param name="followsLinks">Whether a link counts as what it leads to; one that leads nowhere is missing then.</param>
    public static FileKind Of(string path, bool followsLinks = true)
    {
        if (OperatingSystem.IsWindows()) return OnWindows(path, followsLinks);
        int result = followsLinks ? Stat(path, out Status status) : LStat(path, out status);
        if (result != 0) return IsMissing(Marshal.GetLastPInvokeError()) ? FileKind.Missing : FileKind.Other;
        return (status.Mode & KindMask) switch
        {
            0x8000 => FileKind.Regular,
            0x4000 => FileKind.Folder,
            0xA000 => FileKind.Link,
            0x1000 => FileKind.Pipe,
            0x2000 => FileKind.Device,
            0x6000 => FileKind.Disk,
            0xC000 => FileKind.Socket,
            _ => FileKind.Other,
        };
    }

    /// <summary>The kind in words, with its article.</summary>
    public static string InWords(FileKind kind) => kind switch
    {
        FileKind.Missing => "nothing",
        FileKind.Regular => "a file",
        FileKind.Folder => "a folder",
        FileKind.Link => "a link",
        FileKind.Pipe => "a pipe",
        FileKind.Device => "a device",
        FileKind.Disk => "a disk",
        FileKind.Socket => "a socket",
        _ => "no file that can be looked at",
    };

    /// <summary>Whether files can be made in a folder, as far as can be told without making one.</summary>
    public static bool IsWritable(string folder) => OperatingSystem.IsWindows() || Access(folder, CanWrite) == 0;

    /// <summary>Whether a path still leads to the file that is open; where it does not, somebody has deleted or replaced it.</summary>
    public static bool IsSame(string path, SafeFileHandle open) => OperatingSystem.IsWindows()
        || (Stat(path, out Status named) == 0 && FStat(open, out Status held) == 0 && named.Device == held.Device && named.Number == held.Number);

    /// <summary>The first bytes of a file, whoever has locked it; none where it cannot be read. .NET's own opening asks for a lock.</summary>
    public static byte[] ReadLocked(string path, int most)
    {
        if (OperatingSystem.IsWindows()) return [];
        using var handle = new SafeFileHandle(Open(path, flags: 0, mode: 0), ownsHandle: true);
        if (handle.IsInvalid) return [];
        var content = new byte[most];
        try
        {
            return content[..RandomAccess.Read(handle, content, 0)];
        }
        catch (IOException)
        {
            return [];
        }
    }

    private static FileKind OnWindows(string path, bool followsLinks)
    {
        string full = Path.GetFullPath(path);
        if (full.StartsWith(@"\\.\pipe\", StringComparison.OrdinalIgnoreCase)) return FileKind.Pipe;
        if (full.StartsWith(@"\\.\", StringComparison.Ordinal)) return FileKind.Device;
        var file = new FileInfo(full);
        if (!followsLinks && file.LinkTarget is not null) return FileKind.Link;
        return Directory.Exists(full) ? FileKind.Folder : file.Exists ? FileKind.Regular : FileKind.Missing;
    }

    /// <summary>ENOENT and ENOTDIR, which are the same on all systems but in a browser.</summary>
    private static bool IsMissing(int error) => OperatingSystem.IsBrowser() ? error is 44 or 54 : error is 2 or 20;

    [LibraryImport("libSystem.Native", EntryPoint = "SystemNative_Stat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Stat(string path, out Status status);

    [LibraryImport("libSystem.Native", EntryPoint = "SystemNative_LStat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int LStat(string path, out Status status);

    [LibraryImport("libSystem.Native", EntryPoint = "SystemNative_FStat", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int FStat(SafeFileHandle file, out Status status);

    [LibraryImport("libSystem.Native", EntryPoint = "SystemNative_Open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint Open(string path, int flags, int mode);

    [LibraryImport("libSystem.Native", EntryPoint = "SystemNative_Access", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Access(string path, int mode);

    /// <summary>The beginning of what is told of a file, in room for all of it.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 512)]
    private struct Status
    {
        [FieldOffset(4)]
        public int Mode;

        [FieldOffset(88)]
        public long Device;

        [FieldOffset(104)]
        public long Number;
    }
}
