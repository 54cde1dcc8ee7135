using RankCollapse.Collapse.Metrics;
using RankCollapse.Data;
using RankCollapse.Formats;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using RankCollapse.Runs;
using RankCollapse.Training;

namespace RankCollapse.Tests.Runs;

public sealed class RunFolderTests
{
    private static readonly RunConfiguration Configuration =
        new() { Data = "gaussian-mixture", Samples = 7, Classes = 3, Dimension = 4, Depth = 3, Width = [6, 5], Bias = true };

    private static readonly string[] Files =
        ["config.json", "dataset.safetensors", "initial.safetensors", "weights.safetensors", "metrics.parquet", "summary.json"];

    [Fact]
    public void Run_ReadsBackBitForBit()
    {
        using var folder = new TemporaryFolder();
        Run written = WriteRun(folder.File("run"));
        Run read = RunFolder.Read(folder.File("run"));
        Assert.Equal(written.Configuration.ToJson(), read.Configuration.ToJson());
        Assert.Equal(written.Initial.Parameters, read.Initial.Parameters);
        Assert.Equal(written.Trained.Parameters, read.Trained.Parameters);
        Assert.Equal(written.DataSet.Name, read.DataSet.Name);
        Assert.Equal(written.DataSet.Inputs.AsSpan(), read.DataSet.Inputs.AsSpan());
        Assert.Equal(written.DataSet.Targets.AsSpan(), read.DataSet.Targets.AsSpan());
        Assert.Equal(written.DataSet.Labels, read.DataSet.Labels);
        Assert.Equal(written.Metrics, read.Metrics);
        Assert.Equal(written.Summary.ToJson(), read.Summary.ToJson());
        Assert.Equal(0.1 + 0.2, read.Summary.Objective);
        Assert.Equal(Files.Append(RunManifest.FileName).Order(), Directory.GetFileSystemEntries(folder.File("run")).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void Summary_NamesStatusInKebabCaseAndWritesNoSentinels()
    {
        using var folder = new TemporaryFolder();
        WriteRun(folder.File("run"));
        string json = File.ReadAllText(folder.File("run/summary.json"));
        Assert.Contains("\"status\": \"max-epochs\"", json, StringComparison.Ordinal);
        Assert.Contains("\"gradientNorm\": null", json, StringComparison.Ordinal);
        Assert.Contains("\"weightTailEnergy\": null", json, StringComparison.Ordinal);
        Assert.True(double.IsNaN(RunFolder.Read(folder.File("run")).Summary.GradientNorm));
    }

    [Fact]
    public void EveryDamage_IsRefusedInOneLineOrReadWithoutFailing()
    {
        using var folder = new TemporaryFolder();
        string run = folder.File("run");
        WriteRun(run);
        foreach (string name in Files)
        {
            byte[] good = File.ReadAllBytes(Path.Combine(run, name));
            DamagedBytes.AreRefusedOrRead(
                good,
                bytes =>
                {
                    File.WriteAllBytes(Path.Combine(run, name), bytes);
                    RunFolder.Read(run);
                },
                iterations: 60);
            File.WriteAllBytes(Path.Combine(run, name), good);
        }
    }

    [Fact]
    public void EmptyAndMissingFiles_AreNamed()
    {
        using var folder = new TemporaryFolder();
        string run = folder.File("run");
        WriteRun(run);
        foreach (string name in Files)
        {
            string path = Path.Combine(run, name);
            byte[] good = File.ReadAllBytes(path);
            File.WriteAllBytes(path, []);
            Assert.Contains(name, Assert.Throws<InvalidInputException>(() => RunFolder.Read(run)).Message, StringComparison.Ordinal);
            File.Delete(path);
            Assert.Contains(name, Assert.Throws<InvalidInputException>(() => RunFolder.Read(run)).Message, StringComparison.Ordinal);
            File.WriteAllBytes(path, good);
        }
    }

    [Fact]
    public void WeightsThatDoNotFit_NameTheLayerAndBothSizes()
    {
        using var folder = new TemporaryFolder();
        string run = folder.File("run");
        Run written = WriteRun(run);
        File.Delete(folder.File("run/manifest.json"));
        SafetensorsWriter writer = new SafetensorsWriter()
            .Add("W1", written.Trained.Weights(1)).AddVector("b1", written.Trained.Bias(1)!)
            .Add("W2", new Matrix(5, 7)).AddVector("b2", written.Trained.Bias(2)!)
            .Add("W3", written.Trained.Weights(3)).AddVector("b3", written.Trained.Bias(3)!);
        writer.Write(folder.File("run/weights.safetensors"));
        var error = Assert.Throws<InvalidInputException>(() => RunFolder.Read(run));
        Assert.Contains("Layer 2: weights are 5×7 but the features before it have 6 rows", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TensorBeyondTheDepth_IsRefused()
    {
        using var folder = new TemporaryFolder();
        Run written = WriteRun(folder.File("run"));
        File.Delete(folder.File("run/manifest.json"));
        var writer = new SafetensorsWriter().Add("W4", new Matrix(1, 1));
        for (int l = 1; l <= 3; l++) writer.Add($"W{l}", written.Trained.Weights(l)).AddVector($"b{l}", written.Trained.Bias(l)!);
        writer.Write(folder.File("run/weights.safetensors"));
        Assert.Contains("W4", Assert.Throws<InvalidInputException>(() => RunFolder.Read(folder.File("run"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void InfiniteWeight_IsRefused()
    {
        using var folder = new TemporaryFolder();
        Run written = WriteRun(folder.File("run"));
        File.Delete(folder.File("run/manifest.json"));
        written.Trained.Weights(2)[1, 1] = double.PositiveInfinity;
        RunFolder.Open(folder.File("run")).WriteTrained(written.Trained);
        Assert.Contains("Layer 2", Assert.Throws<InvalidInputException>(() => RunFolder.Read(folder.File("run"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FolderThatIsNotEmpty_IsRefusedUnlessForced()
    {
        using var folder = new TemporaryFolder();
        string run = folder.File("run");
        WriteRun(run);
        File.WriteAllText(Path.Combine(run, "notes.txt"), "mine");
        Assert.Contains("force", Assert.Throws<InvalidInputException>(() => RunFolder.Create(run)).Settings);
        RunFolder.Read(run);
        RunFolder.Create(run, force: true);
        Assert.Equal([Path.Combine(run, "notes.txt")], Directory.GetFileSystemEntries(run));
    }

    [Fact]
    public void FolderInsideAFile_IsRefusedAtOnce()
    {
        using var folder = new TemporaryFolder();
        string file = folder.Write("file", "x");
        Assert.Throws<InvalidInputException>(() => RunFolder.Create(file));
        Assert.Contains("out", Assert.Throws<InvalidInputException>(() => RunFolder.Create(file + "/run")).Settings);
    }

    [Fact]
    public void TooLittleSpace_IsRefusedAndNothingIsLeft()
    {
        using var folder = new TemporaryFolder();
        var error = Assert.Throws<InvalidInputException>(() => RunFolder.Create(folder.File("run"), requiredBytes: long.MaxValue));
        Assert.Contains("bytes free", error.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder.File("run")));
    }

    [Fact]
    public void FolderWithoutARun_IsRefused()
    {
        using var folder = new TemporaryFolder();
        Assert.Throws<InvalidInputException>(() => RunFolder.Read(folder.Root));
        Assert.Throws<InvalidInputException>(() => RunFolder.Read(folder.File("none")));
        Assert.Throws<InvalidInputException>(() => RunFolder.Read(folder.Write("file", "x")));
    }

    private static Run WriteRun(string path)
    {
        DataSet data = DataSource.Load(Configuration.ToDataRequest());
        NetworkSpecification specification = Configuration.ToSpecification(data.InputDimension, data.OutputDimension);
        var random = new RandomStream(1, RandomPurpose.Initialization);
        var run = new Run
        {
            Configuration = Configuration,
            DataSet = data,
            Initial = RandomNetwork(specification, random),
            Trained = RandomNetwork(specification, random),
            Metrics = [new(0, 0, 0, "objective", 3.5), new(10, 0.25, 2, "tcvUpper", 1e-30)],
            Summary = Summary(),
        };
        RunFolder folder = RunFolder.Create(path, requiredBytes: RunFolder.EstimateBytes(specification, data));
        folder.WriteConfiguration(run.Configuration);
        folder.WriteDataSet(run.DataSet);
        folder.WriteInitial(run.Initial);
        folder.WriteTrained(run.Trained);
        folder.WriteMetrics(run.Metrics);
        folder.WriteSummary(run.Summary);
        return run;
    }

    private static Network RandomNetwork(NetworkSpecification specification, RandomStream random)
    {
        var network = new Network(specification);
        for (int i = 0; i < network.Parameters.Length; i++) network.Parameters[i] = random.NextGaussian();
        return network;
    }

    private static RunSummary Summary() => new()
    {
        Status = TrainingStatus.MaxEpochs,
        Convention = Convention.Sum,
        Objective = 0.1 + 0.2,
        DataLoss = 1,
        WeightPenalty = 2,
        FeaturePenalty = 3,
        GradientNorm = double.NaN,
        RelativeGradientNorm = 1e-9,
        Epochs = 10,
        GradientEvaluations = 11,
        HessianProducts = 0,
        Seconds = 0.5,
        Reasons = new Dictionary<string, string> { ["gradientNorm"] = "not measured" },
        Layers =
        [
            .. Enumerable.Range(1, 3).Select(l => new LayerSummary
            {
                Layer = l,
                TcvUpper = 1e-20,
                WeightSingularValues = [2, 1],
                FeatureSingularValues = [3, 1],
                PredictedFeatureSingularValues = l == 3 ? null : [3, 1],
                WeightNumericalRank = 2,
                FeatureNumericalRank = 2,
                WeightTailEnergy = null,
                WeightNorm = 2.25,
            }),
        ],
    };
}
