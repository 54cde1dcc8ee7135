using CsCheck;
using RankCollapse.Runs;

namespace RankCollapse.Tests.Runs;

public sealed class CheckpointFolderTests
{
    [Fact]
    public void NewestState_IsReadBackAndTwoAreKept()
    {
        using var folder = new TemporaryFolder();
        var checkpoints = new CheckpointFolder(folder.Root);
        Assert.Null(checkpoints.OpenNewest());
        for (byte i = 1; i <= 5; i++)
        {
            Write(checkpoints, $"epoch-{i}", [i, i, i]);
            Assert.Equal(($"epoch-{i}", Convert.ToHexString([i, i, i])), Newest(checkpoints));
        }
        Assert.Equal(2, Directory.GetFiles(folder.Root).Length);
    }

    [Fact]
    public void DamagedNewest_FallsBackToTheOneBefore()
    {
        using var folder = new TemporaryFolder();
        var checkpoints = new CheckpointFolder(folder.Root);
        Write(checkpoints, "old", [.. Enumerable.Range(0, 100).Select(i => (byte)i)]);
        Write(checkpoints, "new", [.. Enumerable.Range(0, 100).Select(i => (byte)(i + 1))]);
        string newest = Directory.GetFiles(folder.Root).Order().Last();
        byte[] good = File.ReadAllBytes(newest);
        for (int length = 0; length < good.Length; length++)
        {
            File.WriteAllBytes(newest, good[..length]);
            Assert.Equal("old", Newest(checkpoints).Name);
        }
        Gen.Select(Gen.Int[0, good.Length - 1], Gen.Byte[1, 255]).Sample(
            (position, difference) =>
            {
                byte[] bytes = [.. good];
                bytes[position] ^= difference;
                File.WriteAllBytes(newest, bytes);
                Assert.Equal("old", Newest(checkpoints).Name);
            },
            iter: 100,
            threads: 1);
    }

    [Fact]
    public void OnlyDamagedCheckpoints_AreRefused()
    {
        using var folder = new TemporaryFolder();
        var checkpoints = new CheckpointFolder(folder.Root);
        Write(checkpoints, "a", [1]);
        File.WriteAllBytes(Directory.GetFiles(folder.Root)[0], [1, 2, 3]);
        Assert.Throws<InvalidInputException>(checkpoints.OpenNewest);
    }

    [Fact]
    public void FailingWrite_KeepsTheEarlierState()
    {
        using var folder = new TemporaryFolder();
        var checkpoints = new CheckpointFolder(folder.Root);
        Write(checkpoints, "a", [1]);
        Assert.Throws<InvalidInputException>(() => checkpoints.Write("b", _ => throw new IOException("No space left on device")));
        Assert.Equal("a", Newest(checkpoints).Name);
    }

    [Fact]
    public void State_HasPositionsOfItsOwn()
    {
        using var folder = new TemporaryFolder();
        var checkpoints = new CheckpointFolder(folder.Root);
        checkpoints.Write("a", stream =>
        {
            Assert.Equal(0, stream.Position);
            stream.Write([1, 2, 3, 4]);
            stream.Position = 1;
            stream.WriteByte(9);
            Assert.Equal(4, stream.Length);
        });
        Assert.Equal("01090304", Newest(checkpoints).Content);
    }

    [Fact]
    public void FolderThatCannotBeMade_IsOneLine()
    {
        using var folder = new TemporaryFolder();
        var checkpoints = new CheckpointFolder(folder.Write("file", "x"));
        Assert.DoesNotContain('\n', Assert.Throws<InvalidInputException>(() => Write(checkpoints, "a", [1])).Message);
    }

    private static void Write(CheckpointFolder checkpoints, string name, byte[] state) => checkpoints.Write(name, stream => stream.Write(state));

    private static (string Name, string Content) Newest(CheckpointFolder checkpoints)
    {
        using Checkpoint checkpoint = checkpoints.OpenNewest()!;
        using var content = new MemoryStream();
        checkpoint.State.CopyTo(content);
        return (checkpoint.Name, Convert.ToHexString(content.ToArray()));
    }
}
