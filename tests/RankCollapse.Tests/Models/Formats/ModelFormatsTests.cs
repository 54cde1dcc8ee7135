using System.Diagnostics;
using System.IO.Compression;
using RankCollapse.Formats;
using RankCollapse.Models.Formats;
using RankCollapse.Models.Onnx;
using RankCollapse.Models.Reading;
using RankCollapse.Tests.Models.Torch;
using Xunit.Sdk;

namespace RankCollapse.Tests.Models.Formats;

/// <summary>Feeds 100,000 damaged models of every format to the readers; a seed makes each failure repeatable.</summary>
public sealed class ModelFormatsTests
{
    private const int FilesPerKind = 10_000;
    private const long MostAllocated = 64L << 20;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    public static TheoryData<string> Kinds => ["safetensors", "index", "npz", "deflated", "npy", "raw", "typed", "external", "torch", "legacy"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void DamagedModel_IsRefusedOrReadAsItStands(string kind)
    {
        using var folder = new TemporaryFolder(inMemory: true);
        (string name, byte[] good) = Make(kind, folder);
        string path = folder.File(name);
        File.WriteAllBytes(path, good);
        double[][] written = ReadAll(path);
        int read = 0;
        for (int seed = 0; seed < FilesPerKind; seed++)
        {
            File.WriteAllBytes(path, Damage(good, new Random(seed)));
            long before = GC.GetAllocatedBytesForCurrentThread(), start = Stopwatch.GetTimestamp();
            double[][] arrays = [];
            try
            {
                arrays = ReadAll(path);
                read++;
            }
            catch (InvalidInputException e)
            {
                Assert.DoesNotContain('\n', e.Message);
            }
            catch (Exception e) when (e is not XunitException)
            {
                Assert.Fail($"{kind}, seed {seed}: {e}");
            }
            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(allocated < MostAllocated, $"{kind}, seed {seed}: {allocated} bytes were allocated.");
            Assert.True(Stopwatch.GetElapsedTime(start) < Longest, $"{kind}, seed {seed}: it took {Stopwatch.GetElapsedTime(start)}.");
            Assert.All(arrays, values =>
                Assert.True(Path.GetExtension(name) switch
                {
                    ".npz" => written.Any(values.SequenceEqual),
                    // Tensors of PyTorch may take their numbers in any order.
                    ".pt" => Array.TrueForAll(values, value => Stands(folder, [value])),
                    _ => Stands(folder, values),
                },
                $"{kind}, seed {seed}: {string.Join(' ', values)} was not written."));
        }

        // Changes that do no harm are among them; otherwise only the first check of a reader would be tried.
        Assert.InRange(read, FilesPerKind / 1000, FilesPerKind);
    }

    /// <summary>The tensors whose numbers stand in files as they are.</summary>
    private static double[][] ReadAll(string path)
    {
        using ModelTensors model = ModelFormats.Open(path, out ModelFormat format);
        format.FindLayers(model);
        return [.. model.Tensors.Select(tensor => (tensor.Type, Values: model.ReadDoubles(tensor.Name)))
            .Where(tensor => tensor.Type is ElementType.F32 or ElementType.F64).Select(tensor => tensor.Values)];
    }

    /// <summary>Whether numbers stand in a file as they were read; archives have checksums instead.</summary>
    private static bool Stands(TemporaryFolder folder, double[] values) =>
        Directory.EnumerateFiles(folder.Root).Any(file => StoredArray.Find(File.ReadAllBytes(file), values) is not null);

    private static (string Name, byte[] Bytes) Make(string kind, TemporaryFolder folder)
    {
        float[] numbers = ModelBytes.Numbers(24);
        double[] doubles = Array.ConvertAll(numbers, number => (double)number);
        switch (kind)
        {
            case "safetensors":
                return ("m.safetensors",
                    ModelBytes.Safetensors(("fc.weight", [4, 6], numbers), ("conv.weight", [2, 3, 2, 2], numbers), ("fc.bias", [4], numbers[..4])));
            case "index":
                folder.Write("a.safetensors", ModelBytes.Safetensors(("fc.weight", [4, 6], numbers)));
                folder.Write("b.safetensors", ModelBytes.Safetensors(("out.weight", [6, 4], numbers)));
                return ("m.safetensors.index.json",
                    System.Text.Encoding.UTF8.GetBytes(
                    """{"metadata":{"total_size":192},"weight_map":{"fc.weight":"a.safetensors","out.weight":"b.safetensors"}}"""));
            case "npz":
                return ("m.npz", ModelBytes.Npz(CompressionLevel.NoCompression, ("w", [4, 6], doubles), ("b", [4], doubles[..4])));
            case "deflated":
                return ("m.npz", ModelBytes.Npz(CompressionLevel.Optimal, ("w", [4, 6], doubles), ("zeros", [20, 50], new double[1000])));
            case "npy":
                using (var stream = new MemoryStream())
                {
                    NpyFormat.Write(stream, new NpyArray([4, 6], doubles));
                    return ("m.npy", stream.ToArray());
                }
            case "torch" or "legacy":
                byte[] value = TorchBytes.Dictionary(
                    ("w", TorchBytes.Tensor(TorchBytes.Storage("FloatStorage", "0", 24), 0, [4, 6], [6, 1])),
                    ("v", TorchBytes.Tensor(TorchBytes.Storage("FloatStorage", "0", 24), 6, [2, 3], [3, 1])));
                return ("m.pt", kind == "torch" ? TorchBytes.Archive(value, ("data/0", ModelBytes.Bytes(numbers)))
                    : TorchBytes.Legacy(value, ("0", 24, ModelBytes.Bytes(numbers))));
            case "typed":
                var typed = new TensorProto { Name = "w", Dims = { 4, 6 }, DataType = (int)TensorProto.Types.DataType.Float, FloatData = { numbers } };
                var whole = new TensorProto { Name = "i", Dims = { 3 }, DataType = (int)TensorProto.Types.DataType.Int64, Int64Data = { 1, -1, 1L << 60 } };
                return ("m.onnx", ModelBytes.Onnx(new GraphProto { Initializer = { typed, whole }, Node = { ModelBytes.Node("Gemm", ["x", "w"], "y") } }));
            case "external":
                folder.Write("w.bin", ModelBytes.Bytes(numbers));
                var external = new TensorProto
                {
                    Name = "w",
                    Dims = { 4, 6 },
                    DataType = (int)TensorProto.Types.DataType.Float,
                    DataLocation = TensorProto.Types.DataLocation.External
                };
                external.ExternalData.Add(new StringStringEntryProto { Key = "location", Value = "w.bin" });
                external.ExternalData.Add(new StringStringEntryProto { Key = "offset", Value = "0" });
                external.ExternalData.Add(new StringStringEntryProto { Key = "length", Value = "96" });
                return ("m.onnx", ModelBytes.Onnx(new GraphProto { Initializer = { external }, Node = { ModelBytes.Node("MatMul", ["x", "w"], "y") } }));
            default:
                var inner = new GraphProto
                {
                    Initializer = { ModelBytes.Raw("v", [2, 2], numbers[..4]) },
                    Node = { ModelBytes.Node("MatMul", ["z", "v"], "t") }
                };
                var branch = new AttributeProto { Name = "body", Type = AttributeProto.Types.AttributeType.Graph, G = inner };
                return ("m.onnx", ModelBytes.Onnx(new GraphProto
                {
                    Initializer = { ModelBytes.Raw("w", [2, 3, 2, 2], numbers), ModelBytes.Raw("t", [4, 6], numbers) },
                    Node = { ModelBytes.Node("Conv", ["x", "w"], "y", ModelBytes.Whole("group", 1)), ModelBytes.Node("Gather", ["t", "i"], "e"),
                        ModelBytes.Node("Loop", ["y"], "o", branch) },
                }));
        }
    }

    /// <summary>One to three of: other bytes, numbers at the ends of their ranges, parts cut out, doubled or moved, the end cut off.</summary>
    private static byte[] Damage(byte[] good, Random random)
    {
        byte[] bytes = [.. good];
        for (int change = random.Next(1, 4); change > 0 && bytes.Length > 0; change--)
        {
            // Headers at the beginning or, in archives, at the end are hit as often as all the rest.
            int at = random.Next(3) switch
            {
                0 => random.Next(Math.Min(bytes.Length, 96)),
                1 => bytes.Length - 1 - random.Next(Math.Min(bytes.Length, 96)),
                _ => random.Next(bytes.Length),
            };
            int length = Math.Min(random.Next(1, 24), bytes.Length - at);
            switch (random.Next(8))
            {
                case 0 or 1 or 2:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 3:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 4:
                    bytes.AsSpan(at, Math.Min(length, 8)).Fill((byte)(random.Next(3) * 127.5));
                    break;
                case 5:
                    bytes = [.. bytes[..at], .. bytes[(at + length)..]];
                    break;
                case 6:
                    bytes = [.. bytes[..(at + length)], .. bytes[at..]];
                    break;
                default:
                    if (random.Next(2) == 0) bytes = bytes[..at];
                    else bytes.AsSpan(random.Next(bytes.Length - length + 1), length).CopyTo(bytes.AsSpan(at));
                    break;
            }
        }
        return bytes;
    }
}
