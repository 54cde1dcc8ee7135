using System.Collections.Concurrent;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace RankCollapse.Formats;

/// <summary>Writes files so that a reader sees the old content or the whole new one, never a part: the one place where files are written.</summary>
/// <remarks>
/// A regular file is replaced by renaming; a link stays, and what it leads to is written; pipes and devices that take characters are written through, and
/// <c>-</c> is standard output. Folders, disks and sockets are refused.
/// </remarks>
public static class AtomicFile
{
    private const string Ending = ".tmp";
    private const int CopyBuffer = 1 << 16;

    private static readonly ConcurrentDictionary<string, bool> Unfinished = new();

    /// <summary>Writes a file that a user named, whole or not at all.</summary>
    /// <param name="path">The file; its folder exists. A link is followed, a pipe or device written through, and <c>-</c> is standard output.</param>
    /// <param name="write">Writes the content to a seekable stream, which it leaves open.</param>
    /// <exception cref="InvalidInputException">
    /// The disk is full, the folder cannot be written or the path is no place for a file; the temporary file is removed, and the old file untouched.
    /// </exception>
    public static void Write(string path, Action<Stream> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        FileSteps.Guard(path, () =>
        {
            Require(path);
            if (IsWrittenThrough(path)) WriteThrough(path, write);
            else Replace(Target(path), write);
        });
    }

    /// <summary>Writes bytes as <see cref="Write(string, Action{Stream})"/> does.</summary>
    /// <param name="path">The file; its folder exists.</param>
    /// <param name="content">The whole content.</param>
    /// <exception cref="InvalidInputException">As for <see cref="Write(string, Action{Stream})"/>.</exception>
    public static void Write(string path, byte[] content)
    {
        ArgumentNullException.ThrowIfNull(content);
        Write(path, stream => stream.Write(content));
    }

    /// <summary>
    /// Writes a file of a run or a sweep, whose name the program chose: it leaves the folder through no link and waits for no pipe, whoever made the folder.
    /// </summary>
    /// <param name="path">The file; its folder exists.</param>
    /// <param name="write">As for <see cref="Write(string, Action{Stream})"/>.</param>
    /// <param name="announce">Called with the whole content before the file gets its name; null for nothing.</param>
    /// <exception cref="InvalidInputException">The disk is full, the folder cannot be written, or the name is taken by what is no regular file.</exception>
    public static void WriteInside(string path, Action<Stream> write, Action<Stream>? announce = null)
    {
        ArgumentNullException.ThrowIfNull(write);
        FileSteps.Guard(path, () =>
        {
            RequireName(path);
            FileKind kind = FileKinds.Of(path, followsLinks: false);
            if (kind is not (FileKind.Missing or FileKind.Regular))
                throw new InvalidInputException($"{path} is {FileKinds.InWords(kind)}, expected a file or nothing; remove it.");
            Replace(path, write, announce);
        });
    }

    /// <summary>Requires that a file whose name the program chose could be written, and that what is there leads nowhere else.</summary>
    /// <param name="path">The file, or a folder.</param>
    /// <exception cref="InvalidInputException">The name is taken by a link, a pipe, a device or a socket.</exception>
    public static void RequireInside(string path)
    {
        RequireName(path);
        FileKind kind = FileKinds.Of(path, followsLinks: false);
        if (kind is not (FileKind.Missing or FileKind.Regular or FileKind.Folder))
            throw new InvalidInputException($"{path} is {FileKinds.InWords(kind)}, expected a file or nothing; remove it.");
    }

    /// <summary>Writes bytes as <see cref="WriteInside(string, Action{Stream}, Action{Stream})"/> does.</summary>
    /// <param name="path">The file; its folder exists.</param>
    /// <param name="content">The whole content.</param>
    /// <exception cref="InvalidInputException">As for <see cref="WriteInside(string, Action{Stream}, Action{Stream})"/>.</exception>
    public static void WriteInside(string path, byte[] content)
    {
        ArgumentNullException.ThrowIfNull(content);
        WriteInside(path, stream => stream.Write(content));
    }

    /// <summary>
    /// Writes a file of a folder that gets its own name only when it is whole: at once and without waiting for the disk. What a power cut damages there is
    /// recognised by checksums.
    /// </summary>
    /// <param name="path">The file, which is not there.</param>
    /// <param name="write">Writes the content.</param>
    /// <exception cref="IOException">The disk is full, or the file is there.</exception>
    public static void WriteAside(string path, Action<Stream> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        FilePoint.At(FileAction.Create, path);
        using var stream = new OwnFile(path, path);
        write(stream);
    }

    /// <summary>Creates a file that only one can create; false when it is there.</summary>
    /// <param name="path">The file.</param>
    /// <param name="content">Its content, a few bytes.</param>
    /// <exception cref="IOException">The disk is full.</exception>
    public static bool TryCreate(string path, ReadOnlySpan<byte> content)
    {
        FilePoint.At(FileAction.Create, path);
        using SafeFileHandle? handle = OpenNew();
        if (handle is null) return false;
        try
        {
            FilePoint.At(FileAction.Write, path);
            RandomAccess.Write(handle, content, 0);
            return true;
        }
        catch (IOException)
        {
            FileSteps.TryDelete(path);
            throw;
        }

        // EEXIST, or ERROR_FILE_EXISTS.
        static bool IsThere(IOException e) => (e.HResult & 0xFFFF) == (OperatingSystem.IsWindows() ? 80 : 17);

        SafeFileHandle? OpenNew()
        {
            try
            {
                return File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
            }
            catch (IOException e) when (IsThere(e) || (e is not FileNotFoundException && File.Exists(path)))
            {
                return null;
            }
        }
    }

    /// <summary>Creates a file of constant length that its owner overwrites in place, so that a full disk does not stop it.</summary>
    /// <param name="path">The file, which is not there.</param>
    /// <exception cref="IOException">The disk is full, or the file is there.</exception>
    public static FileStream CreateInPlace(string path)
    {
        FilePoint.At(FileAction.Create, path);
        return new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
    }

    /// <summary>Adds lines to a file that others follow; what is lost of it does no harm.</summary>
    /// <param name="path">The file.</param>
    /// <param name="text">The lines.</param>
    /// <param name="begins">Whether what was there is dropped.</param>
    /// <exception cref="IOException">The disk is full.</exception>
    public static void Append(string path, string text, bool begins)
    {
        FilePoint.At(FileAction.Write, path);
        using var stream = new FileStream(path, begins ? FileMode.Create : FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        stream.Write(Encoding.UTF8.GetBytes(text));
    }

    /// <summary>Requires that a file could be written there, before anything is computed for it.</summary>
    /// <param name="path">The file, as a user named it.</param>
    /// <param name="makesFolder">Whether a folder that is missing will be made.</param>
    /// <exception cref="InvalidInputException">It is no place for a file.</exception>
    public static void Require(string path, bool makesFolder = true)
    {
        RequireName(path);
        if (path == StandardOutput.Name) return;
        FileKind kind = FileKinds.Of(path);
        if (kind is FileKind.Pipe or FileKind.Device) return;
        if (kind is not (FileKind.Missing or FileKind.Regular))
            throw new InvalidInputException($"{path} is {FileKinds.InWords(kind)}, expected a file, a pipe or a device to write to; choose another file.");
        if (Path.EndsInDirectorySeparator(path))
            throw new InvalidInputException($"{path} names a folder, expected a file to write; add a file's name.");
        string? folder = Path.GetDirectoryName(Path.GetFullPath(Target(path)));
        FileKind place = folder is null ? FileKind.Missing : FileKinds.Of(folder);
        while (makesFolder && folder is not null && place == FileKind.Missing && !File.Exists(folder))
        {
            folder = Path.GetDirectoryName(folder);
            place = folder is null ? FileKind.Missing : FileKinds.Of(folder);
        }
        if (place == FileKind.Missing) throw new InvalidInputException($"{path} cannot be written: there is no folder {folder}; make it first.");
        if (place != FileKind.Folder)
            throw new InvalidInputException($"{path} cannot be written: {folder} is {FileKinds.InWords(place)}, expected a folder; choose another file.");
        if (!FileKinds.IsWritable(folder!))
            throw new InvalidInputException($"{path} cannot be written: the folder {folder} may not be written; choose another one.");
    }

    /// <summary>Deletes what writers that were killed left in a folder; what is being written stays.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="name">The name of a file, with * for any characters.</param>
    public static void RemoveLeftovers(string folder, string name = "*")
    {
        if (!Directory.Exists(folder)) return;
        try
        {
            foreach (string file in Directory.GetFiles(folder, $"{name}.*{Ending}"))
            {
                string mark = Path.GetFileName(file)[..^Ending.Length].Split('.')[^1];
                if (Guid.TryParseExact(mark, "N", out _) && IsLeftOver(file)) FileSteps.TryDelete(file);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What is left over does no harm.
        }
    }

    /// <summary>Deletes what this process is writing, because it ends at once.</summary>
    public static void RemoveUnfinished()
    {
        foreach (string file in Unfinished.Keys) FileSteps.TryDelete(file);
    }

    private static void RequireName(string path)
    {
        if (string.IsNullOrWhiteSpace(path)) throw new InvalidInputException("The name of a file to write is empty; give one.");
        if (path.Contains('\0', StringComparison.Ordinal)) throw new InvalidInputException($"The file name {path} holds NUL; give another one.");
    }

    /// <summary>The descriptors of a process are written through also where they are regular files: somebody holds them open.</summary>
    private static bool IsWrittenThrough(string path) =>
        path == StandardOutput.Name || FileKinds.Of(path) is FileKind.Pipe or FileKind.Device || (!OperatingSystem.IsWindows() && Links(path).Any(IsOfKernel));

    private static bool IsOfKernel(string path) =>
        ((string[])["/proc/", "/dev/fd/", "/dev/std"]).Any(place => path.StartsWith(place, StringComparison.Ordinal));

    /// <summary>What a link leads to in the end, whether it is there or not; other paths as they are.</summary>
    private static string Target(string path) => FileKinds.Of(path, followsLinks: false) == FileKind.Link ? Links(path).Last() : path;

    /// <summary>The path, and where the links lead that it is the first of.</summary>
    private static IEnumerable<string> Links(string path)
    {
        const int MostLinks = 40;
        string at = Path.GetFullPath(path);
        yield return at;
        for (int i = 0; i < MostLinks && new FileInfo(at).LinkTarget is { } next; i++) yield return at = Path.GetFullPath(next, Path.GetDirectoryName(at)!);
    }

    private static void Replace(string path, Action<Stream> write, Action<Stream>? announce = null)
    {
        string temporary = $"{path}.{Guid.NewGuid():N}{Ending}";
        RemoveLeftovers(Path.GetDirectoryName(Path.GetFullPath(path))!, Path.GetFileName(path));
        try
        {
            FilePoint.At(FileAction.Create, path);
            Unfinished[temporary] = true;
            using (var stream = new OwnFile(temporary, path))
            {
                if (!OperatingSystem.IsWindows() && File.Exists(path)) File.SetUnixFileMode(stream.SafeFileHandle, File.GetUnixFileMode(path));
                write(stream);
                stream.Flush(flushToDisk: true);
                stream.Position = 0;
                announce?.Invoke(stream);
            }
            FileSteps.Rename(temporary, path, replace: true);
        }
        catch (Exception e)
        {
            FileSteps.TryDelete(temporary);
            // The system names the file by its temporary name.
            if (e is IOException) throw new IOException(e.Message.Replace(temporary, path, StringComparison.Ordinal), e.HResult);
            if (e is UnauthorizedAccessException) throw new UnauthorizedAccessException(e.Message.Replace(temporary, path, StringComparison.Ordinal), e);
            throw;
        }
        finally
        {
            Unfinished.TryRemove(temporary, out _);
        }
    }

    /// <summary>Writes to a stream once the content is whole, so that an error in between leaves nothing written.</summary>
    /// <param name="target">Where the content goes; it stays open.</param>
    /// <param name="write">Writes the content to a seekable stream.</param>
    /// <exception cref="IOException">The disk for temporary files is full.</exception>
    public static void WriteWhole(Stream target, Action<Stream> write) => WriteWhole(() => target, write);

    private static void WriteThrough(string path, Action<Stream> write)
    {
        Stream? target = null;
        try
        {
            WriteWhole(() => target = path == StandardOutput.Name
                ? StandardOutput.Open()
                : new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0), write);
        }
        finally
        {
            target?.Dispose();
        }
    }

    private static void WriteWhole(Func<Stream> open, Action<Stream> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        string temporary = Path.Combine(Path.GetTempPath(), $"rankcollapse-{Guid.NewGuid():N}{Ending}");
        using var content = new FileStream(temporary, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, CopyBuffer, FileOptions.DeleteOnClose);
        if (!OperatingSystem.IsWindows()) FileSteps.TryDelete(temporary);
        write(content);
        content.Flush();
        content.Position = 0;
        Stream target = open();
        if (target.CanSeek) target.Seek(0, SeekOrigin.End);
        content.CopyTo(target, CopyBuffer);
        target.Flush();
    }

    /// <summary>Whether nobody has a temporary file open.</summary>
    private static bool IsLeftOver(string file)
    {
        if (Unfinished.ContainsKey(file) || FileKinds.Of(file, followsLinks: false) != FileKind.Regular) return false;
        try
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>A temporary file that says what happens to it.</summary>
    private sealed class OwnFile(string temporary, string path) : FileStream(temporary, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, CopyBuffer)
    {
        public override void Write(ReadOnlySpan<byte> buffer)
        {
            FilePoint.At(FileAction.Write, path);
            base.Write(buffer);
        }

        public override void Write(byte[] buffer, int offset, int count)
        {
            FilePoint.At(FileAction.Write, path);
            base.Write(buffer, offset, count);
        }

        public override void WriteByte(byte value)
        {
            FilePoint.At(FileAction.Write, path);
            base.WriteByte(value);
        }

        public override void Flush(bool flushToDisk)
        {
            FilePoint.At(FileAction.Flush, path);
            base.Flush(flushToDisk);
        }
    }
}
