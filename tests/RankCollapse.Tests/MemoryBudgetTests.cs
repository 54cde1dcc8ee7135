using System.Text;
using RankCollapse.Cli.Parsing;
using RankCollapse.Formats;
using RankCollapse.Models.Onnx;
using RankCollapse.Runs;
using RankCollapse.Sweeps.Storage;
using RankCollapse.Tests.Cli;
using RankCollapse.Tests.Formats;
using RankCollapse.Tests.Fuzzing;
using RankCollapse.Tests.Models;
using RankCollapse.Tests.Sweeps;

namespace RankCollapse.Tests;

public sealed class MemoryBudgetTests
{
    /// <summary>What unpacks to far more than the file says how much it is before any of it is read.</summary>
    [Fact]
    public void FileThatNeedsMoreThanWasAllowed_IsRefusedBeforeItIsRead()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("a.npz");
        using (var archive = new System.IO.Compression.ZipArchive(File.Create(path), System.IO.Compression.ZipArchiveMode.Create))
        {
            using Stream content = archive.CreateEntry("X.npy").Open();
            content.Write(NpyHeader.ToBytes("<f8", [1000, 20_000]));
            var zeros = new byte[1 << 20];
            for (long left = 160_000_000; left > 0; left -= zeros.Length) content.Write(zeros.AsSpan(0, (int)Math.Min(left, zeros.Length)));
        }
        Assert.InRange(new FileInfo(path).Length, 1, 1_000_000);
        long before = GC.GetAllocatedBytesForCurrentThread();
        CommandLine result = CommandLine.Run("train", "--data", path, "--max-memory", "100M", "--out", folder.File("run"));
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("memory", result.Error, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 50_000_000);
    }

    /// <summary>Small files that come to far more in memory than on the disk, and headers that promise more than there is.</summary>
    [Theory]
    [InlineData("train", "numbers.csv")]
    [InlineData("train", "train-images-idx3-ubyte.gz")]
    [InlineData("inspect", "long.npy")]
    [InlineData("inspect", "nodes.onnx")]
    [InlineData("inspect", "texts.onnx")]
    [InlineData("inspect", "outside.onnx")]
    [InlineData("inspect", "long.safetensors")]
    [InlineData("inspect", "long.npz")]
    public void SmallFileThatIsLargeInMemory_IsRefusedBeforeItIsRead(string verb, string name)
    {
        using var folder = new TemporaryFolder();
        string path = folder.File(name);
        WriteLarge(folder, path);
        string[] arguments = verb == "train" ? ["train", "--data", path, "--out", folder.File("run")] : [verb, path];
        CommandLine.Run("train", "--help");
        long before = GC.GetAllocatedBytesForCurrentThread();
        CommandLine result = CommandLine.Run([.. arguments, "--max-memory", "30M"]);
        bool isRefused = result.ExitCode == 2 && result.Error.Contains("of memory, expected at most 30.0 MB", StringComparison.Ordinal);
        Assert.True(isRefused, result.Error + result.Output);
        Assert.Single(result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => line.StartsWith("error", StringComparison.Ordinal));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 40_000_000);
    }

    /// <summary>
    /// Files of a run that somebody made by hand: sparse ones of many gigabytes, headers that promise as much with a file behind them that holds it, JSON that
    /// is nested or takes far more memory than its text, and a table whose page says that it unpacks to 2 GB.
    /// </summary>
    [Theory]
    [InlineData("config.json", "sparse")]
    [InlineData("config.json", "nested")]
    [InlineData("summary.json", "sparse")]
    [InlineData("summary.json", "nested")]
    [InlineData("summary.json", "many")]
    [InlineData("manifest.json", "sparse")]
    [InlineData("initial.safetensors", "tensor")]
    [InlineData("weights.safetensors", "tensor")]
    [InlineData("dataset.safetensors", "tensor")]
    [InlineData("metrics.parquet", "sparse")]
    [InlineData("metrics.parquet", "page")]
    public void RunFileThatIsLargeInMemory_IsRefusedBeforeItIsRead(string name, string kind)
    {
        using var folder = new TemporaryFolder();
        string run = folder.File("run"), path = Path.Combine(run, name);
        TrainingRun.Start(RunConfiguration.FromJson(Encoding.UTF8.GetBytes($"{{ {SampleSweep.Tiny} }}"), "tiny"), run);
        File.Delete(Path.Combine(run, "manifest.json"));
        WriteHostile(path, kind);
        CommandLine.Run("report", "--help");
        long before = GC.GetAllocatedBytesForCurrentThread();
        CommandLine result = CommandLine.Run("report", run, "--max-memory", "30M");
        Assert.True(result.ExitCode == 2, result.Error + result.Output);
        Assert.StartsWith("error: ", Assert.Single(result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 40_000_000);
    }

    /// <summary>Files of a sweep likewise; where one does not matter for what is asked, or is made again from others, it is passed over.</summary>
    [Theory]
    [InlineData("plan.json", "sparse", 2)]
    [InlineData("plan.json", "many", 2)]
    [InlineData("specification.json", "sparse", 0)]
    [InlineData("leases/TRIAL", "sparse", 0)]
    [InlineData("workers/a.json", "sparse", 0)]
    [InlineData("failures/SHELF/TRIAL.1.error.json", "nested", 0)]
    [InlineData("slurm/a.json", "nested", 0)]
    [InlineData("asked/local.json", "sparse", 0)]
    [InlineData("live/TRIAL.csv", "sparse", 0)]
    public void SweepFileThatIsLargeInMemory_IsRefusedOrPassedOver(string name, string kind, int expected)
    {
        using var folder = new TemporaryFolder();
        SweepFolder sweep = SampleSweep.Create(folder, $$"""{ "settings": { {{SampleSweep.Tiny}} }, "seeds": 3 }""");
        string id = sweep.ReadPlan().Trials[0].Id, path = Path.Combine(sweep.Path, name.Replace("TRIAL", id, StringComparison.Ordinal)
            .Replace("SHELF", id[..2], StringComparison.Ordinal));
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        WriteHostile(path, kind);
        CommandLine.Run("sweep", "status", "--help");
        foreach ((string[] words, long most) in new (string[], long)[]
        {
            (["sweep", "status", sweep.Path], 50_000_000), (["query", "SELECT state FROM runs", sweep.Path], 200_000_000),
        })
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            CommandLine result = CommandLine.Run([.. words, "--max-memory", $"{most}"]);
            Assert.True(result.ExitCode == expected, $"{result.ExitCode}: {result.Error}{result.Output}");
            Assert.DoesNotContain("a fault of the program", result.Error, StringComparison.Ordinal);
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, most);
        }
    }

    private static void WriteHostile(string path, string kind)
    {
        const long Many = 40_000_000_000;
        switch (kind)
        {
            case "sparse":
                using (FileStream sparse = File.Create(path)) sparse.SetLength(Path.GetExtension(path) == ".parquet" ? 1L << 30 : Many);
                break;
            case "nested":
                File.WriteAllText(path, new string('[', 1_000_000));
                break;
            case "many":
                File.WriteAllText(path, $"[{string.Concat(Enumerable.Repeat("{},", 2_000_000))}{{}}]");
                break;
            case "page":
                // The first page's header follows the mark of four bytes: type, size when unpacked, size as it is.
                byte[] good = File.ReadAllBytes(path);
                Assert.Equal([0x15, 0x00, 0x15], good[4..7]);
                int end = 7;
                while (good[end] >= 0x80) end++;
                byte[] changed = [.. good[..7], 0xFE, 0xFF, 0xFF, 0xFF, 0x0F, .. good[(end + 1)..]];
                File.WriteAllBytes(path, Mutation.Sealed(changed));
                break;
            default:
                string[] names = Path.GetFileName(path) == "dataset.safetensors" ? ["X", "Y", "labels"] : ["W1", "W2"];
                string header = string.Join(',', names.Select((tensor, i) =>
                    $"\"{tensor}\":{{\"dtype\":\"{(tensor == "labels" ? "I64" : "F64")}\",\"shape\":[4,{Many / 32}],"
                        + $"\"data_offsets\":[{i * Many},{(i + 1) * Many}]}}"));
                File.WriteAllBytes(path, SafetensorsBytes.Of($"{{{header}}}", []));
                using (FileStream file = File.Open(path, FileMode.Open)) file.SetLength(file.Length + (names.Length * Many));
                break;
        }
    }

    private static void WriteLarge(TemporaryFolder folder, string path)
    {
        const int Many = 1_000_000;
        static byte[] Of(byte[] start, long length)
        {
            var bytes = new byte[start.Length + length];
            start.CopyTo(bytes, 0);
            return bytes;
        }

        switch (Path.GetFileName(path))
        {
            case "numbers.csv":
                File.WriteAllText(path, string.Concat(Enumerable.Repeat("1,2,3,4,5,6,7,0\n", Many / 8)));
                break;
            case "train-images-idx3-ubyte.gz":
                foreach ((string file, byte[] header) in new[] { (path, new byte[] { 0, 0, 8, 3, 0, 0, 0, 100, 0, 0, 4, 0, 0, 0, 4, 0 }),
                    (folder.File("train-labels-idx1-ubyte.gz"), [0, 0, 8, 1, 0, 0, 0, 100]) })
                {
                    using var packed = new System.IO.Compression.GZipStream(File.Create(file), System.IO.Compression.CompressionLevel.Optimal);
                    packed.Write(Of(header, 100));
                }
                break;
            case "long.npy":
                File.WriteAllBytes(path, Of(NpyHeader.ToBytes("<f2", [2500, 1600]), 8_000_000));
                break;
            case "long.npz":
                using (var archive = new System.IO.Compression.ZipArchive(File.Create(path), System.IO.Compression.ZipArchiveMode.Create))
                {
                    using Stream content = archive.CreateEntry("w.npy").Open();
                    content.Write(Of(NpyHeader.ToBytes("<f2", [2500, 1600]), 8_000_000));
                }
                break;
            case "long.safetensors":
                File.WriteAllBytes(path,
                    SafetensorsBytes.Of("""{"w":{"dtype":"F16","shape":[2500,1600],"data_offsets":[0,8000000]}}""", new byte[8_000_000]));
                break;
            case "nodes.onnx":
                // Nodes of two bytes each.
                var graph = new byte[2 * Many];
                for (int i = 0; i < graph.Length; i += 2) graph[i] = 0x0A;
                File.WriteAllBytes(path, ModelBytes.Onnx(GraphProto.Parser.ParseFrom(graph)));
                break;
            case "texts.onnx":
                File.WriteAllBytes(path, ModelBytes.Onnx(new GraphProto { ValueInfo = { Enumerable.Range(0, Many).Select(_ => new ValueInfoProto()) } }));
                break;
            default:
                using (FileStream beside = File.Create(folder.File("w.bin"))) beside.SetLength(40_000_000);
                var tensor = new TensorProto { Name = "w", Dims = { 2500, 4000 }, DataType = 1, DataLocation = TensorProto.Types.DataLocation.External };
                tensor.ExternalData.Add(new StringStringEntryProto { Key = "location", Value = "w.bin" });
                File.WriteAllBytes(path, ModelBytes.Onnx(new GraphProto { Initializer = { tensor }, Node = { ModelBytes.Node("MatMul", ["x", "w"], "y") } }));
                break;
        }
    }

    [Theory]
    [InlineData("2G", 2_000_000_000L)]
    [InlineData("1.5m", 1_500_000L)]
    [InlineData("300KB", 300_000L)]
    [InlineData("12", 12L)]
    [InlineData("-1", null)]
    [InlineData("much", null)]
    [InlineData("0", null)]
    [InlineData("1e300T", null)]
    public void Size_IsReadWithItsUnit(string text, long? bytes) => Assert.Equal(bytes, MemorySize.Parse(text));
}
