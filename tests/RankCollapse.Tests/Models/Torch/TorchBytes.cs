using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace RankCollapse.Tests.Models.Torch;

/// <summary>Small files of PyTorch, and the pieces of their pickles.</summary>
internal static class TorchBytes
{
    public static readonly byte[] Null = [(byte)'N'];

    public static byte[] Text(string text) => [(byte)'X', .. Bytes(Encoding.UTF8.GetByteCount(text)), .. Encoding.UTF8.GetBytes(text)];

    public static byte[] Number(long number)
    {
        var bytes = new byte[10];
        bytes[0] = 0x8A;
        bytes[1] = 8;
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(2), number);
        return bytes;
    }

    public static byte[] Tuple(params byte[][] parts) => [(byte)'(', .. parts.SelectMany(part => part), (byte)'t'];

    public static byte[] Dictionary(params (string Key, byte[] Value)[] entries) =>
        [(byte)'}', (byte)'(', .. entries.SelectMany(entry => (byte[])[.. Text(entry.Key), .. entry.Value]), (byte)'u'];

    public static byte[] Global(string module, string name) => [(byte)'c', .. Encoding.UTF8.GetBytes($"{module}\n{name}\n")];

    /// <summary>What a function gives.</summary>
    public static byte[] Call(string module, string name, params byte[][] arguments) => [.. Global(module, name), .. Tuple(arguments), (byte)'R'];

    public static byte[] Storage(string type, string key, long count) =>
        [.. Tuple(Text("storage"), Global("torch", type), Text(key), Text("cpu"), Number(count)), (byte)'Q'];

    public static byte[] Tensor(byte[] storage, long offset, long[] shape, long[] strides) =>
        Call("torch._utils", "_rebuild_tensor_v2", storage, Number(offset), Numbers(shape), Numbers(strides), [0x89], Null);

    /// <summary>A tensor of a type that storages have not.</summary>
    public static byte[] Tensor(byte[] storage, long[] shape, long[] strides, string type) =>
        Call("torch._utils", "_rebuild_tensor_v3", storage, Number(0), Numbers(shape), Numbers(strides), [0x89], Null, Global("torch", type));

    public static byte[] Pickle(byte[] value) => [0x80, 2, .. value, (byte)'.'];

    /// <summary>An archive as PyTorch has written them since version 1.6.</summary>
    public static byte[] Archive(byte[] value, params (string Name, byte[] Content)[] entries) =>
        Archive(CompressionLevel.NoCompression, [("m/data.pkl", Pickle(value)), .. entries.Select(entry => ($"m/{entry.Name}", entry.Content))]);

    public static byte[] Archive(CompressionLevel level, params (string Name, byte[] Content)[] entries)
    {
        using var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach ((string name, byte[] content) in entries)
            {
                using Stream entry = archive.CreateEntry(name, level).Open();
                entry.Write(content);
            }
        }
        return stream.ToArray();
    }

    /// <summary>Pickles with storages behind them, as before version 1.6.</summary>
    public static byte[] Legacy(byte[] value, params (string Key, long Count, byte[] Content)[] storages) =>
    [
        .. Pickle([0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19]), .. Pickle(Number(1001)),
        .. Pickle(Dictionary(("little_endian", [0x88]))),
        .. Pickle(value), .. Pickle([(byte)']', (byte)'(', .. storages.SelectMany(storage => Text(storage.Key)), (byte)'e']),
        .. storages.SelectMany(storage => (byte[])[.. BitConverter.GetBytes(storage.Count), .. storage.Content]),
    ];

    private static byte[] Numbers(long[] numbers) => Tuple([.. numbers.Select(Number)]);

    private static byte[] Bytes(int number) => BitConverter.GetBytes(number);
}
