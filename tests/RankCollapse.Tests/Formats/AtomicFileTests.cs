using RankCollapse.Formats;

namespace RankCollapse.Tests.Formats;

public sealed class AtomicFileTests
{
    [Fact]
    public void Write_ReplacesTheWholeFile()
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("a.txt", "a long old content");
        AtomicFile.Write(path, "new"u8.ToArray());
        Assert.Equal("new", File.ReadAllText(path));
        Assert.Single(Directory.GetFiles(folder.Root));
    }

    [Fact]
    public void FullDisk_LeavesTheOldFileAndNothingElse()
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("a.txt", "old");
        var error = Assert.Throws<InvalidInputException>(() => AtomicFile.Write(path, stream =>
        {
            stream.WriteByte(1);
            throw new IOException("No space left on device");
        }));
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        Assert.Contains("No space left", error.Message, StringComparison.Ordinal);
        Assert.Equal("old", File.ReadAllText(path));
        Assert.Single(Directory.GetFiles(folder.Root));
    }

    [Fact]
    public void FailingWriter_LeavesNoTemporaryFile()
    {
        using var folder = new TemporaryFolder();
        Assert.Throws<InvalidOperationException>(() => AtomicFile.Write(folder.File("a"), _ => throw new InvalidOperationException()));
        Assert.Empty(Directory.GetFiles(folder.Root));
    }

    [Fact]
    public void MissingFolder_IsOneLine()
    {
        using var folder = new TemporaryFolder();
        var error = Assert.Throws<InvalidInputException>(() => AtomicFile.Write(folder.File("none/a"), [1]));
        Assert.DoesNotContain("tmp'", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void Device_IsWrittenThroughAndStays()
    {
        using var folder = new TemporaryFolder();
        string device = SpecialFile.Device(folder.File("null"), 3);
        AtomicFile.Write(device, [1, 2, 3]);
        Assert.Equal(FileKind.Device, FileKinds.Of(device));
        Assert.Single(Directory.GetFileSystemEntries(folder.Root));
    }

    [Fact]
    public void FullDevice_IsOneLine()
    {
        using var folder = new TemporaryFolder();
        string device = SpecialFile.Device(folder.File("full"), 7);
        var error = Assert.Throws<InvalidInputException>(() => AtomicFile.Write(device, [1, 2, 3]));
        Assert.Contains("free some space", error.Message, StringComparison.Ordinal);
        Assert.Equal(FileKind.Device, FileKinds.Of(device));
    }

    [Fact]
    public async Task Pipe_IsWrittenThroughAndStays()
    {
        using var folder = new TemporaryFolder();
        string pipe = SpecialFile.Pipe(folder.File("pipe"));
        Task<byte[]> reader = Task.Run(() =>
        {
            using var content = new MemoryStream();
            using FileStream stream = File.OpenRead(pipe);
            stream.CopyTo(content);
            return content.ToArray();
        }, TestContext.Current.CancellationToken);
        AtomicFile.Write(pipe, [1, 2, 3]);
        Assert.Equal([1, 2, 3], await reader);
        Assert.Equal(FileKind.Pipe, FileKinds.Of(pipe));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Link_StaysAndItsTargetIsWritten(bool exists)
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.File("sub"));
        if (exists) folder.Write("sub/target", "old");
        File.CreateSymbolicLink(folder.File("middle"), "sub/target");
        File.CreateSymbolicLink(folder.File("link"), "middle");
        AtomicFile.Write(folder.File("link"), "new"u8.ToArray());
        Assert.Equal("new", File.ReadAllText(folder.File("sub/target")));
        Assert.Equal(FileKind.Link, FileKinds.Of(folder.File("link"), followsLinks: false));
        Assert.Equal(FileKind.Link, FileKinds.Of(folder.File("middle"), followsLinks: false));
    }

    [Fact]
    public void LinkToADevice_IsWrittenThrough()
    {
        using var folder = new TemporaryFolder();
        string device = SpecialFile.Device(folder.File("null"), 3);
        File.CreateSymbolicLink(folder.File("link"), "null");
        AtomicFile.Write(folder.File("link"), [1]);
        Assert.Equal(FileKind.Device, FileKinds.Of(device));
        Assert.Equal(FileKind.Link, FileKinds.Of(folder.File("link"), followsLinks: false));
    }

    [Fact]
    public void LinkInACircleFolderAndSocket_AreRefusedBeforeTheWork()
    {
        using var folder = new TemporaryFolder();
        File.CreateSymbolicLink(folder.File("circle"), "circle");
        using var socket = new System.Net.Sockets.Socket(
            System.Net.Sockets.AddressFamily.Unix, System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Unspecified);
        socket.Bind(new System.Net.Sockets.UnixDomainSocketEndPoint(folder.File("socket")));
        foreach (string path in (string[])[folder.File("circle"), folder.Root, folder.File("socket"), folder.File("a/"), "", " ", "a\0b"])
        {
            Assert.Throws<InvalidInputException>(() => AtomicFile.Require(path));
            Assert.Throws<InvalidInputException>(() => AtomicFile.Write(path, _ => Assert.Fail("Nothing is computed for it.")));
        }
    }

    [Fact]
    public void PermissionsOfTheOldFile_AreKept()
    {
        if (OperatingSystem.IsWindows()) return;
        using var folder = new TemporaryFolder();
        string path = folder.Write("a", "old");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        AtomicFile.Write(path, [1]);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
    }

    [Fact]
    public void WriteInside_FollowsNoLinkAndWaitsForNoPipe()
    {
        using var folder = new TemporaryFolder();
        string outside = folder.Write("outside", "mine");
        File.CreateSymbolicLink(folder.File("link"), "outside");
        SpecialFile.Pipe(folder.File("pipe"));
        Assert.Throws<InvalidInputException>(() => AtomicFile.WriteInside(folder.File("link"), [1]));
        Assert.Throws<InvalidInputException>(() => AtomicFile.WriteInside(folder.File("pipe"), [1]));
        Assert.Equal("mine", File.ReadAllText(outside));
    }

    [Fact]
    public void WhatAKilledWriterLeft_IsRemoved()
    {
        using var folder = new TemporaryFolder();
        string left = folder.Write($"a.{Guid.NewGuid():N}.tmp", "half"), other = folder.Write("a.mine.tmp", "kept");
        string open = folder.File($"a.{Guid.NewGuid():N}.tmp");
        using (new FileStream(open, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None))
        {
            AtomicFile.Write(folder.File("a"), [1]);
            Assert.False(File.Exists(left));
            Assert.True(File.Exists(other));
            Assert.True(File.Exists(open));
        }
    }

    [Fact]
    public void WhatIsAFolder_IsNotSaidToLackSpace()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.File("a"));
        var error = Assert.Throws<InvalidInputException>(() => AtomicFile.Write(folder.File("a"), [1]));
        Assert.DoesNotContain("space", error.Message, StringComparison.Ordinal);
    }
}
