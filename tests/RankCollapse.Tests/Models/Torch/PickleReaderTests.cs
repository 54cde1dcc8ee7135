using RankCollapse.Models.Torch;

namespace RankCollapse.Tests.Models.Torch;

public sealed class PickleReaderTests
{
    /// <summary>
    /// What Python's pickle.dumps gives for {'a': [1, 2.5, 'x', b'y', None, True, (1, 2), -300, 2**40, -(2**40)], 'b': {'c': {3}}, 4: frozenset([5])}.
    /// </summary>
    [Theory]
    [InlineData(
        "KGRwMApWYQpwMQoobHAyCkkxCmFGMi41CmFWeApwMwphY19jb2RlY3MKZW5jb2RlCnA0CihWeQpwNQpWbGF0aW4xCnA2CnRwNwpScDgKYU5hSTAxCmEoSTEKSTIKdHA5CmFJLTMwMAphTDEwOTk1"
        + "MTE2Mjc3NzZMCmFMLTEwOTk1MTE2Mjc3NzZMCmFzVmIKcDEwCihkcDExClZjCnAxMgpjX19idWlsdGluX18Kc2V0CnAxMwooKGxwMTQKSTMKYXRwMTUKUnAxNgpzc0k0CmNfX2J1aWx0aW5fXwpm"
        + "cm96ZW5zZXQKcDE3CigobHAxOApJNQphdHAxOQpScDIwCnMu")]
    [InlineData(
        "fXEAKFgBAAAAYXEBXXECKEsBR0AEAAAAAAAAWAEAAAB4cQNjX2NvZGVjcwplbmNvZGUKcQQoWAEAAAB5cQVYBgAAAGxhdGluMXEGdHEHUnEITkkwMQooSwFLAnRxCUrU/v//TDEwOTk1MTE2Mjc3"
        + "NzZMCkwtMTA5OTUxMTYyNzc3NkwKZVgBAAAAYnEKfXELWAEAAABjcQxjX19idWlsdGluX18Kc2V0CnENKF1xDksDYXRxD1JxEHNLBGNfX2J1aWx0aW5fXwpmcm96ZW5zZXQKcREoXXESSwVhdHET"
        + "UnEUdS4=")]
    [InlineData(
        "gAJ9cQAoWAEAAABhcQFdcQIoSwFHQAQAAAAAAABYAQAAAHhxA2NfY29kZWNzCmVuY29kZQpxBFgBAAAAeXEFWAYAAABsYXRpbjFxBoZxB1JxCE6ISwFLAoZxCUrU/v//igYAAAAAAAGKBgAAAAAA"
        + "/2VYAQAAAGJxCn1xC1gBAAAAY3EMY19fYnVpbHRpbl9fCnNldApxDV1xDksDYYVxD1JxEHNLBGNfX2J1aWx0aW5fXwpmcm96ZW5zZXQKcRFdcRJLBWGFcRNScRR1Lg==")]
    [InlineData(
        "gAN9cQAoWAEAAABhcQFdcQIoSwFHQAQAAAAAAABYAQAAAHhxA0MBeXEETohLAUsChnEFStT+//+KBgAAAAAAAYoGAAAAAAD/ZVgBAAAAYnEGfXEHWAEAAABjcQhjYnVpbHRpbnMKc2V0CnEJXXEK"
        + "SwNhhXELUnEMc0sEY2J1aWx0aW5zCmZyb3plbnNldApxDV1xDksFYYVxD1JxEHUu")]
    [InlineData(
        "gASVVQAAAAAAAAB9lCiMAWGUXZQoSwFHQAQAAAAAAACMAXiUQwF5lE6ISwFLAoaUStT+//+KBgAAAAAAAYoGAAAAAAD/ZYwBYpR9lIwBY5SPlChLA5BzSwQoSwWRlHUu")]
    [InlineData(
        "gAWVVQAAAAAAAAB9lCiMAWGUXZQoSwFHQAQAAAAAAACMAXiUQwF5lE6ISwFLAoaUStT+//+KBgAAAAAAAYoGAAAAAAD/ZYwBYpR9lIwBY5SPlChLA5BzSwQoSwWRlHUu")]
    public void EveryProtocol_GivesTheSameValues(string pickle)
    {
        var read = Assert.IsType<PickleDictionary>(Read(Convert.FromBase64String(pickle)));
        var list = Assert.IsType<List<object?>>(read.Find("a"));
        Assert.Equal([1L, 2.5, "x"], list[..3]);
        Assert.True(list[3] is byte[] and [(byte)'y'] or PlainValue, "bytes are bytes, or what _codecs.encode would make");
        Assert.Equal([null, true], list[4..6]);
        Assert.Equal(new object?[] { 1L, 2L }, Assert.IsType<object?[]>(list[6]));
        Assert.Equal([-300L, 1L << 40, -(1L << 40)], list[7..]);
        Assert.Equal([3L], Assert.IsType<List<object?>>(Assert.IsType<PickleDictionary>(read.Find("b")).Find("c")));
        Assert.Equal([5L], Assert.IsType<List<object?>>(read.Entries[2].Value));
    }

    [Fact]
    public void FunctionThatIsNotKnown_IsNotCalled_AndWhatItWouldHaveGotStays()
    {
        var made = Assert.IsType<PickleObject>(Read(TorchBytes.Pickle(TorchBytes.Call("os", "system", TorchBytes.Text("true")))));
        Assert.Equal("os.system", made.Type);
        Assert.Equal(["true"], made.Arguments);
    }

    [Theory]
    [InlineData(300_000, "]", "a")]
    [InlineData(300_000, "(", "t")]
    [InlineData(300_000, "", "\x85")]
    public void DeepNesting_IsRead(int depth, string down, string up)
    {
        byte[] pickle = [.. Many(down, depth), (byte)']', .. Many(up, depth - 1), (byte)'.'];
        Assert.NotNull(Read(pickle));
    }

    [Theory]
    [InlineData("8A", "cut off")]
    [InlineData("58FFFFFFFF61", "cut off")]
    [InlineData("8DFFFFFFFFFFFFFF7F61", "cut off")]
    [InlineData("8DFFFFFFFFFFFFFFFF61", "whole number")]
    [InlineData("2E", "not given")]
    [InlineData("742E", "a mark")]
    [InlineData("28302E", "not given")]
    [InlineData("68012E", "not given")]
    [InlineData("6778780A2E", "whole number")]
    [InlineData("7D285801000000617564", "without a value")]
    [InlineData("28513A2E", "not given")]
    [InlineData("4E512E", "no storage")]
    [InlineData("82012E", "0x82")]
    [InlineData("286F2E", "no class")]
    public void DamagedPickle_IsRefused(string hexadecimal, string found)
    {
        Exception error = Assert.ThrowsAny<SystemException>(() => Read(Convert.FromHexString(hexadecimal)));
        Assert.True(error is InvalidDataException or EndOfStreamException, error.ToString());
        Assert.Contains(found, error.Message, StringComparison.Ordinal);
    }

    private static IEnumerable<byte> Many(string operation, int count) =>
        operation.Length == 0 ? [] : Enumerable.Repeat((byte)operation[0], count);

    private static object? Read(byte[] pickle)
    {
        using var stream = new MemoryStream(pickle);
        return new PickleReader(stream, TorchObjects.Call, new TorchObjects().Persistent).Read();
    }
}
