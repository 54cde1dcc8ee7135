using System.Globalization;
using System.IO.Compression;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using RankCollapse.Cli.Serving;
using RankCollapse.Data;
using RankCollapse.Experiments;
using RankCollapse.Formats;
using RankCollapse.Models;
using RankCollapse.Models.Features;
using RankCollapse.Networks;
using RankCollapse.Runs;
using RankCollapse.Sweeps.Engines;
using RankCollapse.Sweeps.Engines.Slurm;
using RankCollapse.Sweeps.Live;
using RankCollapse.Sweeps.Plan;
using RankCollapse.Sweeps.Results;
using RankCollapse.Sweeps.Specification;
using RankCollapse.Sweeps.Storage;
using RankCollapse.Sweeps.Work;
using RankCollapse.Tests.Cli;
using RankCollapse.Tests.Formats;
using RankCollapse.Tests.Models;
using RankCollapse.Tests.Sweeps;
using RankCollapse.Tests.Sweeps.Results;

namespace RankCollapse.Tests.Fuzzing;

/// <summary>A place where content of others comes in.</summary>
/// <param name="Name">Its name; files of the corpus that begin with it are inputs of it.</param>
/// <param name="Share">Its part of all inputs; parts need not sum to 1.</param>
/// <param name="Seeds">Good inputs, which are read; changed ones come from them.</param>
/// <param name="Change">Changes one.</param>
/// <param name="Read">Reads one; <see cref="RankCollapseException"/> refuses it.</param>
internal sealed partial record FrontDoor(string Name, double Share, IReadOnlyList<byte[]> Seeds, Func<byte[], Random, byte[]> Change, Action<byte[]> Read)
{
    /// <summary>Where cases are kept: NAME.EXTENSION is a good input of a door, NAME-WORDS.EXTENSION one that was a finding.</summary>
    public static string CorpusPath { get; } = Path.Combine(House.SourceTree.Root, "tests", "RankCollapse.Tests", "Fuzzing", "corpus");

    /// <summary>Inputs that were findings, and are tried each time.</summary>
    public IEnumerable<byte[]> Kept => Directory.GetFiles(CorpusPath, $"{Name}-*").Order(StringComparer.Ordinal).Select(File.ReadAllBytes);

    /// <summary>Every door.</summary>
    /// <param name="folder">Where they work.</param>
    public static IReadOnlyList<FrontDoor> All(TemporaryFolder folder) =>
        [.. Settings(folder), .. Sweeps(folder), .. Numbers(folder), .. Models(folder), .. Commands(folder), Requests(folder)];

    private static IEnumerable<FrontDoor> Settings(TemporaryFolder folder)
    {
        string run = SampleResults.WriteRun(folder.File("settings"), SampleResults.Configuration(1e-2, 4, 1), 0.5);
        yield return new("specification", 15, Corpus("specification"), Mutation.OfJson, content => SweepSpecification.Parse(content, "a.json").Plan());
        yield return new("configuration", 40, [.. Corpus("configuration"), Of(run, "config.json")], Mutation.OfJson, Configure);
        yield return new("summary", 6, [Of(run, "summary.json")], Mutation.OfJson, InFile("summary.json", folder, path => RunSummary.ReadFile(path).ToJson()));
        yield return new("manifest", 4, Corpus("manifest"), Mutation.OfJson,
            InFile("m/manifest.json", folder, path => RunManifest.Read(Path.GetDirectoryName(path)!)));
        yield return new("figure", 2, Corpus("figure"), Mutation.OfJson,
            InFile("figure/result.json", folder, path => FigureResult.Read(Path.GetDirectoryName(path)!).ToJson()));
    }

    private static IEnumerable<FrontDoor> Sweeps(TemporaryFolder folder)
    {
        SweepFolder sweep = SampleSweep.Create(folder, $$"""{ "settings": { {{SampleSweep.Tiny}} }, "seeds": 3 }""", folder.File("sweep"));
        string id = sweep.ReadPlan().Trials[0].Id;
        SampleResults.Finish(sweep, sweep.ReadPlan().Trials[0]);
        yield return new("plan", 6, [Of(sweep.PlanPath)], Mutation.OfJson,
            InFile("plan.json", folder, path => _ = PlanFile.Read(path).Trials.Select(trial => trial.Configuration.ToJson()).ToArray()));
        yield return new("result", 3, [Of(sweep.ResultPath(id), ResultFiles.ManifestName)], Mutation.OfSealedJson,
            InFile("result.json", folder, path => _ = ResultFiles.ReadManifest(path).Files.Sum(file => file.Value.Bytes)));
        yield return new("heartbeat", 2, Corpus("heartbeat"), Mutation.OfJson, InFile("door.json", folder, path => WorkerHeartbeat.Read(path)));
        yield return new("slurm", 3, Corpus("slurm"), Mutation.OfJson, InFile("sweep/slurm/door.json", folder, _ => Describe(sweep)));
        yield return new("failure", 2, Corpus("failure"), Mutation.OfJson,
            InFile($"sweep/failures/{id[..2]}/{id}.1.error.json", folder, _ => sweep.ReadFailures(id)));
        yield return new("lease", 1, ["worker-1\n1\n"u8.ToArray()], Mutation.OfText,
            InFile($"sweep/leases/{id}", folder, _ => new LeaseBook(sweep).List()));
        yield return new("asked", 3, Corpus("asked"), Mutation.OfJson, InFile("asked.json", folder, path => SweepEngines.All.Parse("slurm").ReadFile(path)));
        yield return new("curve", 1, ["epoch,seconds,objective\n1,0.5,2\n2,1,1.5\n"u8.ToArray()], Mutation.OfText, Live(sweep, sweep.ReadPlan().Trials[1].Id));
    }

    private static IEnumerable<FrontDoor> Numbers(TemporaryFolder folder)
    {
        (string run, byte[] checkpoint) = Train(folder);
        NetworkSpecification network = RunFolder.Open(run).ReadConfiguration().ToSpecification(4, 2);
        byte[] idx = IdxBytes.Of([2, 2, 2], [1, 2, 3, 4, 5, 6, 7, 8]);
        byte[] npz = ModelBytes.Npz(CompressionLevel.Fastest, ("X", [2, 3], [1, 2, 3, 4, 5, 6]), ("labels", [3], [0, 1, 0]));
        yield return new("csv", 4, Corpus("csv"), Mutation.OfText, InFile("a.csv", folder, path => CsvSamples.Read(path)));
        yield return new("npy", 2, [Npy()], Mutation.OfNpy, InFile("a.npy", folder, path => NpyFormat.Read(path)));
        yield return new("npz", 3, [npz], Mutation.OfNpz, InFile("a.npz", folder, path => NpzSamples.Read(path)));
        yield return new("idx", 2, [idx, IdxBytes.Gzip(idx)], Mutation.OfBytes, InFile("a.idx", folder, path => IdxFile.Read(path)));
        yield return new("dataset", 3, [Of(run, "dataset.safetensors")], Mutation.OfSafetensors, InFile("dataset.safetensors", folder, path =>
            DataSetTensors.Read(path)));
        yield return new("weights", 3, [Of(run, "weights.safetensors")], Mutation.OfSafetensors,
            InFile("weights.safetensors", folder, path => NetworkTensors.Read(path, network)));
        yield return new("checkpoint", 0.5, [checkpoint], Mutation.OfBytes, content => Resume(run, content));
        yield return new("metrics", 1, [Of(run, "metrics.parquet")], Mutation.OfSealedParquet,
            InFile("metrics.parquet", folder, path => MetricsTable.Read(path)));
    }

    private static IEnumerable<FrontDoor> Models(TemporaryFolder folder)
    {
        byte[] safetensors = ModelBytes.Safetensors(("W1", [2, 3], ModelBytes.Numbers(6)), ("W2", [3, 2], ModelBytes.Numbers(6)));
        File.WriteAllBytes(folder.File("part.safetensors"), safetensors);
        byte[][] graphs = SampleGraphs.All();
        yield return new("safetensors", 6, [safetensors], Mutation.OfSafetensors, InFile("a.safetensors", folder, path => Inspection.Run(path)));
        yield return new("index", 2, Corpus("index"), Mutation.OfJson, InFile("model.safetensors.index.json", folder, path => Inspection.Run(path)));
        yield return new("torch", 4, Corpus("torch"), Mutation.OfTorch, InFile("a.pt", folder, path => Inspection.Run(path)));
        byte[] features = ModelBytes.Npz(
            CompressionLevel.Fastest, ("h", [4, 2], [.. ModelBytes.Numbers(8).Select(value => (double)value)]), ("labels", [4], [0, 1, 0, 1]));
        byte[] other = ModelBytes.Safetensors(("h", [4, 3], ModelBytes.Numbers(12)), ("y", [4, 2], ModelBytes.Numbers(8)));
        var asFeatures = new InspectionOptions { IsOfFeatures = true };
        Directory.CreateDirectory(folder.File("chunks"));
        File.WriteAllBytes(folder.File("chunks/part-0.npz"), features);
        yield return new("features", 2, [features], Mutation.OfNpz, InFile("f.npz", folder, path => Inspection.Run(path, asFeatures)));
        yield return new("targets", 1, [other], Mutation.OfSafetensors, InFile("f.safetensors", folder, path => Inspection.Run(path, asFeatures)));
        yield return new("chunks", 1, [features], Mutation.OfNpz, InFile("chunks/part-1.npz", folder, path => Inspection.Run(Path.GetDirectoryName(path)!)));
        yield return new("head", 1, [Npy()], Mutation.OfNpy, InFile("head.npy", folder, path => Inspection.Run(
            folder.File("chunks/part-0.npz"), asFeatures with { Features = new FeatureOptions { Head = path } })));
        yield return new("onnx", 4, graphs, Mutation.OfOnnx, InFile("a.onnx", folder, path => Inspection.Run(path)));
        string data = folder.Write("samples.csv", "1,2,3,4,0\n2,3,4,5,1\n3,4,1,2,0\n0,4,1,1,1\n");
        yield return new("onnxruntime", 0.5, graphs, Mutation.OfOnnx,
            InFile("b.onnx", folder, path => Inspection.Run(path, new InspectionOptions { Features = new FeatureOptions { Data = data } })));
    }

    private static IEnumerable<FrontDoor> Commands(TemporaryFolder folder)
    {
        string run = Train(folder).Run, model = folder.Write("words.safetensors", ModelBytes.Safetensors(("W1", [2, 3], ModelBytes.Numbers(6))));
        string metrics = SampleResults.WriteRun(folder.File("asked"), SampleResults.Configuration(1e-2, 4, 1), 0.5);
        yield return new("sql", 0.03, Corpus("sql"), Mutation.OfSql, content => Query(metrics, Encoding.UTF8.GetString(content)));
        yield return new("parquet", 0.012, [Of(metrics, "metrics.parquet")], Mutation.OfParquet,
            InFile("asked/metrics.parquet", folder, _ => Query(metrics, "SELECT metric, max(value) FROM metrics GROUP BY ALL")));
        foreach ((string verb, string file, Func<byte[], Random, byte[]> change) in new (string, string, Func<byte[], Random, byte[]>)[]
        {
            ("measure", "config.json", Mutation.OfJson), ("measure", "summary.json", Mutation.OfJson),
            ("measure", "weights.safetensors", Mutation.OfSafetensors), ("report", "metrics.parquet", Mutation.OfSealedParquet),
        })
        {
            string copy = Copy(run, folder.File($"run-{file}"));
            yield return new($"run-{Path.GetFileNameWithoutExtension(file)}", 0.1, [Of(run, file)], change,
                InFile(Path.Combine(copy, file), folder, _ => Command(verb, copy, "--json")));
        }
        IEnumerable<string> help = Verbs.Select(verb => CommandLine.Run(verb, "--help").Output);
        string[] options = [.. help.SelectMany(text => OptionName().Matches(text).Select(match => match.Value)).Distinct().Except(Writing)];
        string[][] lines =
        [
            ["measure", run, "--json"], ["certify", run, "--json"], ["inspect", model, "--classes", "2"], ["compare", run, run],
            ["query", "SELECT run FROM runs", run, "--json"], ["sweep", "status", folder.File("sweep")], ["schema", "sweep"], ["completion", "bash"],
            ["forecast", "--data", "gaussian-mixture", "--samples", "24", "--classes", "3", "--dimension", "6", "--depth", "3", "--width", "8", "--json"],
            ["forecast", "--data", folder.Write("words.csv", "1,2,0\n2,1,1\n2,2,1\n0,1,0\n"), "--samples", "4", "--classes", "2", "--depth", "2"],
        ];
        yield return new("words", 0.3, [.. lines.Select(line => Encoding.UTF8.GetBytes(string.Join('\n', line)))],
            (good, random) => Mutation.OfWords(good, options, random), content => Command(Encoding.UTF8.GetString(content).Split('\n')));
    }

    /// <summary>The live page's server, asked as anybody on the network may.</summary>
    private static FrontDoor Requests(TemporaryFolder folder)
    {
        const string Secret = "outside the folder", Host = " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        folder.Write("secret.json", Secret);
        SweepFolder sweep = SampleResults.WriteSweep(folder.File("served/phase"), [1e-3, 1e-2], 1);
        Trial trial = sweep.ReadPlan().Trials[0];
        SampleResults.Finish(sweep, trial);
        _server ??= LiveServer.StartAsync(new LiveServerOptions { Folder = folder.File("served") }).GetAwaiter().GetResult();
        static byte[] Get(string path) => Encoding.UTF8.GetBytes($"GET {path}{Host}");
        string curve = $"/curve?view=phase&trial={trial.Id}";
        // Each file has an address that nobody can guess.
        IEnumerable<string> files = Address().Matches(Ask(Get(curve), Secret)).Select(match => Regex.Unescape(match.Groups[1].Value));
        string[] paths = ["/", "/state?view=phase", curve, "/grid?view=phase&metric=objective", "/trials?view=phase&from=0&count=5", .. files];
        return new("request", 1, [.. paths.Select(Get)], Mutation.OfRequest, content => Ask(content, Secret));
    }

    [GeneratedRegex("\"address\": *\"([^\"]*)\"")]
    private static partial Regex Address();

    private static LiveServer? _server;

    private static string Ask(byte[] request, string secret)
    {
        using var client = new TcpClient("127.0.0.1", _server!.Address.Port);
        using NetworkStream stream = client.GetStream();
        string answer = "";
        try
        {
            stream.Write(request);
            // The server waits for the rest of a request, unless there will be none.
            if (request.AsSpan().IndexOf("\r\n\r\n"u8) < 0) client.Client.Shutdown(SocketShutdown.Send);
            var part = new byte[1 << 16];
            for (int read; !IsWhole(answer) && (read = stream.Read(part)) > 0;) answer += Encoding.Latin1.GetString(part, 0, read);
        }
        catch (IOException e)
        {
            throw new InvalidInputException("The server hung up.", e);
        }
        string status = answer.Length > 12 ? answer[9..12] : "000";
        if (status is "500" || answer.Contains(secret, StringComparison.Ordinal)) throw new InvalidOperationException(answer);
        return status[0] == '2' ? answer : throw new InvalidInputException($"The server answers {status}.");
    }

    private static bool IsWhole(string answer)
    {
        int end = answer.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        Match length = Length().Match(answer);
        return end >= 0 && (!length.Success || answer.Length >= end + 4 + int.Parse(length.Groups[1].Value, CultureInfo.InvariantCulture));
    }

    [GeneratedRegex("Content-Length: ([0-9]+)")]
    private static partial Regex Length();

    private static readonly string[] Verbs = ["measure", "certify", "inspect", "compare", "query", "forecast"];

    /// <summary>Options that write files, which a changed command line must not have.</summary>
    private static readonly string[] Writing = ["--out", "--html", "--pictures", "--parquet", "--export", "--force", "--resume", "--accept-changed"];

    [GeneratedRegex("--[a-z][a-z-]+")]
    private static partial Regex OptionName();

    private static byte[] Of(params string[] path) => File.ReadAllBytes(Path.Combine(path));

    private static byte[][] Corpus(string name) => [.. Directory.GetFiles(CorpusPath, $"{name}.*").Select(File.ReadAllBytes)];

    private static Action<byte[]> InFile(string name, TemporaryFolder folder, Action<string> read)
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

    private static Action<byte[]> Live(SweepFolder sweep, string trial)
    {
        string path = sweep.LivePathOf(trial);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var view = LiveView.Open(sweep.Path);
        view.Refresh();
        LiveTrial found = view.Snapshot.Trials.First(one => one.Id == trial);
        return content =>
        {
            File.WriteAllBytes(path, content);
            LiveCurve.Read(view, found, _ => true);
        };
    }

    /// <summary>A small run that has ended, without a manifest, so that its files are read whatever is in them, and the state of a checkpoint of it.</summary>
    private static (string Run, byte[] Checkpoint) Train(TemporaryFolder folder)
    {
        string path = folder.File("trained");
        string settings = $$"""{ {{SampleSweep.Tiny}}, "schedule": "constant" }""";
        if (!Directory.Exists(path)) TrainingRun.Start(RunConfiguration.FromJson(Encoding.UTF8.GetBytes(settings), "tiny"), path);
        File.Delete(Path.Combine(path, "manifest.json"));
        using Checkpoint checkpoint = RunFolder.Open(path).OpenNewestCheckpoint()!;
        using var state = new MemoryStream();
        checkpoint.State.CopyTo(state);
        return (path, state.ToArray());
    }

    private static void Resume(string run, byte[] state)
    {
        var folder = RunFolder.Open(run);
        RunConfiguration configuration = folder.ReadConfiguration();
        DataSet data = folder.ReadDataSet();
        using var session = new TrainingSession(configuration, data, folder.ReadInitial(configuration.ToSpecification(4, 2)), new TrainingRunOptions());
        using var stream = new MemoryStream(state);
        session.Load(stream, "The checkpoint");
    }

    private static string Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (string file in Directory.GetFiles(from)) File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        return to;
    }

    private static void Query(string run, string sql)
    {
        using var database = ResultDatabase.Open(ResultSearch.Find([run]), sql);
        database.Read(10);
        database.Write(ResultFormat.Json, Stream.Null);
    }

    /// <summary>Runs a command line, which is stopped after two seconds; what it says when nothing else is left to say is a fault.</summary>
    private static void Command(params string[] words)
    {
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        CommandLine line = CommandLine.Run(stop.Token, [.. words, "--max-memory", "128MB"]);
        if (line.Error.Contains("a fault of the program", StringComparison.Ordinal)) throw new InvalidOperationException(line.Error);
        if (line.ExitCode != 0 && !stop.IsCancellationRequested) throw new InvalidInputException(line.Error.ReplaceLineEndings(" "));
    }
}
