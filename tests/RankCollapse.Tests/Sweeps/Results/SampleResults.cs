using RankCollapse.Collapse.Metrics;
using RankCollapse.Runs;
using RankCollapse.Sweeps.Plan;
using RankCollapse.Sweeps.Results;
using RankCollapse.Sweeps.Storage;
using RankCollapse.Training;

namespace RankCollapse.Tests.Sweeps.Results;

/// <summary>Folders of runs and sweeps whose numbers are known, made without training.</summary>
internal static class SampleResults
{
    private const int Depth = 3;

    public static RunSummary Summary(double objective) => new()
    {
        Status = double.IsFinite(objective) ? TrainingStatus.Converged : TrainingStatus.Diverged,
        Convention = Convention.Sum,
        Objective = objective,
        DataLoss = 0.25,
        WeightPenalty = 1,
        FeaturePenalty = 0,
        GradientNorm = 1e-7,
        RelativeGradientNorm = 1e-8,
        Epochs = 40,
        GradientEvaluations = 80,
        HessianProducts = 400,
        Seconds = 0.5,
        Layers = [.. Enumerable.Range(1, Depth).Select(l => new LayerSummary
        {
            Layer = l,
            TcvUpper = objective / l,
            WeightSingularValues = [3, 2, 1],
            FeatureSingularValues = [1.5, 0.5],
            WeightNumericalRank = l,
            FeatureNumericalRank = l,
            WeightNorm = 2,
        })],
    };

    public static MetricRecord[] Metrics(double objective) =>
    [
        .. Enumerable.Range(0, 5).SelectMany(epoch => Enumerable.Range(0, Depth + 1).Select(layer =>
            new MetricRecord(epoch, 0.1 * epoch, layer, layer == 0 ? "objective" : "tcvUpper", objective * (5 - epoch)))),
    ];

    public static RunConfiguration Configuration(double lambda, int width, long seed) =>
        TrialIdentity.Resolve(new RunConfiguration { Depth = Depth, Lambda = lambda, Width = [width], Seed = seed });

    /// <summary>A run folder as train leaves it, but for its data and weights.</summary>
    public static string WriteRun(string path, RunConfiguration configuration, double? objective)
    {
        Directory.CreateDirectory(path);
        var folder = RunFolder.Create(path);
        folder.WriteConfiguration(configuration);
        if (objective is not { } value) return path;
        folder.WriteMetrics(Metrics(value));
        folder.WriteSummary(Summary(value));
        return path;
    }

    /// <summary>A sweep over λ and seeds; the objective of a trial is 100 λ + seed.</summary>
    public static SweepFolder WriteSweep(string path, double[] lambdas, int seeds)
    {
        var folder = SweepFolder.Create(path);
        var template = new SettingsTemplate(Configuration(1, 20, 0), ["lambda", "lambdaFeatures", "seed"]);
        var rows = new List<string>();
        foreach (double lambda in lambdas)
        {
            for (int seed = 0; seed < seeds; seed++)
            {
                string id = TrialIdentity.Of(Configuration(lambda, 20, seed));
                rows.Add(FormattableString.Invariant($"[\"{id}\", {lambda:R}, {lambda:R}, {seed}]"));
            }
        }
        using var document = System.Text.Json.JsonDocument.Parse($"[{string.Join(',', rows)}]");
        Trial[] trials = [.. document.RootElement.Clone().EnumerateArray().Select((row, i) => new Trial(template, row, i, row[0].GetString()!))];
        PlanFile.Write(folder.PlanPath, new SweepPlan("sample", new SweepLimits { Attempts = 1 }, new SweepNeeds(), template, trials));
        return folder;
    }

    public static double Objective(Trial trial) => (100 * trial.Configuration.Lambda) + trial.Configuration.Seed;

    /// <summary>Stores the result of a trial.</summary>
    public static void Finish(SweepFolder folder, Trial trial, double? objective = null)
    {
        // Written aside and renamed, as workers do: who looks on never sees half a result.
        string aside = Path.Combine(folder.AsidePath, trial.Id), path = folder.ResultPath(trial.Id);
        WriteRun(aside, trial.Configuration, objective ?? Objective(trial));
        Seal(aside, trial);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        if (Directory.Exists(path)) Directory.Delete(path, recursive: true);
        Directory.Move(aside, path);
    }

    /// <summary>Stores the result of a trial of seven layers, 10 numbers of the network and 49 of its layers, without waiting for the disk.</summary>
    public static void FinishQuickly(SweepFolder folder, Trial trial)
    {
        string path = folder.ResultPath(trial.Id);
        Directory.CreateDirectory(path);
        RunSummary summary = Summary(Objective(trial));
        File.WriteAllBytes(Path.Combine(path, "config.json"), trial.Configuration.ToJson());
        IEnumerable<LayerSummary> layers = Enumerable.Range(1, 7).Select(l => summary.Layers[0] with
        {
            Layer = l,
            TcvLower = 0.1,
            WcssOfClasses = 0.3,
            WeightTailEnergy = 0.2,
            WeightSingularValues = [.. Enumerable.Range(0, 20).Select(i => 1.0 / (i + l))],
        });
        File.WriteAllBytes(Path.Combine(path, "summary.json"), (summary with { Layers = [.. layers] }).ToJson());
        Seal(path, trial);
    }

    /// <summary>Writes a shard with the metrics of trials, all with one objective.</summary>
    public static void WriteShard(SweepFolder folder, string name, double objective, params Trial[] trials)
    {
        string path = Path.Combine(folder.ShardsPath, name);
        Directory.CreateDirectory(path);
        ShardTables.Write(path, [.. trials.Select(trial => new ShardTrial(Manifest(trial), Summary(objective), Metrics(objective)))]);
    }

    /// <summary>Asks SQL over a folder.</summary>
    public static ResultTable Ask(string folder, string sql)
    {
        using var database = ResultDatabase.Open(ResultSearch.Find([folder]), sql);
        return database.Read();
    }

    private static void Seal(string path, Trial trial) => ResultFiles.Seal(path, Manifest(trial));

    private static ResultManifest Manifest(Trial trial) => new()
    {
        Trial = trial.Id,
        Status = "converged",
        Attempt = 1,
        Worker = "worker",
        Host = "host",
        Ended = DateTimeOffset.UnixEpoch,
        Seconds = 1,
        Files = new Dictionary<string, ResultFile>(),
        Checksum = "",
    };
}
