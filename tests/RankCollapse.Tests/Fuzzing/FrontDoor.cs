using System.IO.Compression;
using System.Text;
using RankCollapse.Data;
using RankCollapse.Formats;
using RankCollapse.Runs;
using RankCollapse.Sweeps.Engines.Slurm;
using RankCollapse.Sweeps.Plan;
using RankCollapse.Sweeps.Results;
using RankCollapse.Sweeps.Specification;
using RankCollapse.Sweeps.Storage;
using RankCollapse.Tests.Formats;
using RankCollapse.Tests.Models;
using RankCollapse.Tests.Sweeps;
using RankCollapse.Tests.Sweeps.Results;

namespace RankCollapse.Tests.Fuzzing;

/// <summary>A place where content of others comes in.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Share">Its part of all inputs.</param>
/// <param name="Seeds">Good inputs.</param>
/// <param name="Change">Changes one.</param>
/// <param name="Read">Reads one.</param>
internal sealed record FrontDoor(string Name, double Share, IReadOnlyList<byte[]> Seeds, Func<byte[], Random, byte[]> Change, Action<byte[]> Read)
{
    /// <summary>Every door.</summary>
    public static IReadOnlyList<FrontDoor> All(TemporaryFolder folder)
    {
        SweepFolder sweep = SampleSweep.Create(folder, $$"""{ "settings": { {{SampleSweep.Tiny}} }, "seeds": 3 }""", folder.File("sweep"));
        string run = SampleResults.WriteRun(folder.File("run"), SampleResults.Configuration(1e-2, 4, 1), 0.5);
        byte[] safetensors = ModelBytes.Safetensors(("W1", [2, 3], ModelBytes.Numbers(6)), ("W2", [3, 2], ModelBytes.Numbers(6)));
        byte[] npz = ModelBytes.Npz(CompressionLevel.Fastest, ("X", [2, 3], [1, 2, 3, 4, 5, 6]), ("labels", [3], [0, 1, 0]));
        byte[] idx = IdxBytes.Of([2, 2, 2], [1, 2, 3, 4, 5, 6, 7, 8]);
        string id = sweep.ReadPlan().Trials[0].Id;
        return
        [
            new("specification", 0.08, [Corpus("specification.json"), Corpus("specification-half-a-character.json")], Mutation.OfJson, Plan),
            new("configuration", 0.25, [Corpus("configuration.json"), Of(Path.Combine(run, "config.json"))], Mutation.OfJson, Configure),
            new("plan", 0.1, [Of(sweep.PlanPath)], Mutation.OfJson, FromFile(folder, "plan.json", path => PlanFile.Read(path))),
            new("summary", 0.08, [Of(Path.Combine(run, "summary.json"))], Mutation.OfJson, FromFile(folder, "summary.json", path => RunSummary.ReadFile(path))),
            new("manifest", 0.08, [Corpus("manifest.json")], Mutation.OfJson,
                FromFile(folder, "m/manifest.json", path => RunManifest.Read(Path.GetDirectoryName(path)!))),
            new("heartbeat", 0.05, [Corpus("heartbeat.json")], Mutation.OfJson, FromFile(folder, "door.json", path => WorkerHeartbeat.Read(path))),
            new("slurm", 0.05, [Corpus("slurm.json")], Mutation.OfJson, FromFile(folder, "sweep/slurm/door.json", _ => Describe(sweep))),
            new("failure", 0.03, ["null"u8.ToArray(), "{}"u8.ToArray()], Mutation.OfJson,
                FromFile(folder, $"sweep/failures/{id[..2]}/{id}.1.error.json", _ => sweep.ReadFailures(id))),
            new("safetensors", 0.08, [safetensors], Mutation.OfBytes, FromFile(folder, "a.safetensors", path => Inspect(path))),
            new("npz", 0.05, [npz], Mutation.OfBytes, FromFile(folder, "a.npz", path => NpzSamples.Read(path))),
            new("npy", 0.05, [Npy()], Mutation.OfBytes, FromFile(folder, "a.npy", path => NpyFormat.Read(path))),
            new("idx", 0.03, [idx, IdxBytes.Gzip(idx)], Mutation.OfBytes, FromFile(folder, "a.idx", path => IdxFile.Read(path))),
            new("csv", 0.05, [Corpus("data.csv")], Mutation.OfText, FromFile(folder, "a.csv", path => CsvSamples.Read(path))),
            new("metrics", 0.02, [Of(Path.Combine(run, "metrics.parquet"))], Mutation.OfBytes,
                FromFile(folder, "metrics.parquet", path => MetricsTable.Read(path))),
            new("sql", 0.002, [Corpus("query.sql")], Mutation.OfSql, content => Query(run, content)),
        ];
    }

    private static byte[] Of(string path) => File.ReadAllBytes(path);

    private static Action<byte[]> FromFile(TemporaryFolder folder, string name, Action<string> read)
    {
        string path = folder.File(name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        return content =>
        {
            File.WriteAllBytes(path, content);
            read(path);
        };
    }

    private static byte[] Npy()
    {
        using var npy = new MemoryStream();
        NpyFormat.Write(npy, new NpyArray([2, 2], new double[] { 1, 2, 3, 4 }));
        return npy.ToArray();
    }

    private static void Plan(byte[] content) => SweepSpecification.Parse(content, "a.json").Plan();

    private static void Configure(byte[] content)
    {
        RunConfiguration read = RunConfiguration.FromJson(content, "config.json");
        read.Validate();
        read.ToSpecification(4, 2);
        read.ToJson();
    }

    private static void Describe(SweepFolder sweep)
    {
        foreach (SlurmArray array in SlurmArrays.Read(sweep)) array.Describe();
    }

    private static void Query(string run, byte[] content)
    {
        using var database = ResultDatabase.Open(ResultSearch.Find([run]), Encoding.UTF8.GetString(content));
        database.Read(10);
        database.Write(ResultFormat.Json, Stream.Null);
    }

    private static byte[] Corpus(string name) =>
        File.ReadAllBytes(Path.Combine(House.SourceTree.Root, "tests", "RankCollapse.Tests", "Fuzzing", "corpus", name));

    private static void Inspect(string path)
    {
        using SafetensorsFile file = SafetensorsFile.Open(path);
        foreach (TensorDescription tensor in file.Tensors) file.ReadDoubles(tensor.Name);
    }
}
