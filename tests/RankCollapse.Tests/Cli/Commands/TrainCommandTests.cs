using System.Numerics.Tensors;
using System.Text.Json;
using RankCollapse.Runs;
using RankCollapse.Training;

namespace RankCollapse.Tests.Cli.Commands;

public sealed class TrainCommandTests
{
    [Fact]
    public void Training_WritesRunReportAndSummary()
    {
        using var folder = new TemporaryFolder();
        string run = folder.File("run");
        CommandLine result = CommandLine.Train(run, "--max-epochs", "60");
        Assert.Equal(0, result.ExitCode);
        Assert.Contains("TCV", result.Output, StringComparison.Ordinal);
        Assert.Contains("60 epochs", result.Output, StringComparison.Ordinal);
        Assert.Contains(Path.Combine(run, "report.html"), result.Output, StringComparison.Ordinal);
        Assert.Contains("Training feedforward 6–8–8–3", result.Error, StringComparison.Ordinal);
        Assert.True(new FileInfo(Path.Combine(run, "report.html")).Length > 10_000);
        Assert.NotEmpty(Directory.GetFiles(Path.Combine(run, "figures"), "*.svg"));
        Assert.False(Directory.Exists(Path.Combine(run, "checkpoints")));
        Run read = RunFolder.Read(run);
        Assert.Equal((TrainingStatus.MaxEpochs, 60L), (read.Summary.Status, read.Summary.Epochs));
    }

    [Fact]
    [Trait("Category", "Long")]
    public void ManyTrainingsThatAreKilled_GoOnToTheSameBits()
    {
        const int MostKillsOfARun = 20;
        LongTests.Require();
        using var folder = new TemporaryFolder(inMemory: true);
        string[] settings = ["--data", "gaussian-mixture", "--samples", "60", "--classes", "3", "--dimension", "20", "--depth", "3", "--width", "32",
            "--convention", "mean", "--lambda", "1e-2", "--solver", "adam", "--max-epochs", "1500", "--record-every", "100", "--gradient-tolerance", "1e-300",
            "--checkpoint-seconds", "0.005", "--no-report"];
        var watch = System.Diagnostics.Stopwatch.StartNew();
        using (CommandProcess undisturbed = CommandProcess.Start(["train", .. settings, "--out", folder.File("undisturbed")])) Ended(undisturbed);
        int most = (int)watch.ElapsedMilliseconds, kills = 0;
        var expected = RunFolder.Read(folder.File("undisturbed")).Trained.Parameters.ToArray();
        var random = new Random(1);
        for (int run = 0; kills < LongTests.Kills; run++)
        {
            string path = folder.File($"run-{run}");
            for (int left = MostKillsOfARun; ; left--)
            {
                // One that was killed before it had a configuration begins again.
                string[] how = File.Exists(Path.Combine(path, "config.json")) ? ["--resume"] : settings;
                using var training = CommandProcess.Start(["train", .. how, "--out", path]);
                Thread.Sleep(random.Next(most / 3, most));
                if (kills < LongTests.Kills && left > 0 && !training.HasEnded)
                {
                    training.Signal("KILL");
                    training.WaitForEnd();
                    kills++;
                    continue;
                }
                Ended(training);
                if (RunFolder.Read(path).Summary.Epochs == 1500) break;
            }
            Assert.Equal(expected, RunFolder.Read(path).Trained.Parameters);
            Directory.Delete(path, recursive: true);
            TestContext.Current.TestOutputHelper?.WriteLine($"{kills} trainings were killed, {run + 1} runs have ended.");
        }

        static void Ended(CommandProcess process)
        {
            const double OnABusyMachine = 900;
            CommandLine result = process.WaitForEnd(OnABusyMachine);
            Assert.True(result.ExitCode is 0 or 1, result.Error);
        }
    }

    [Fact]
    public void Json_IsTheOnlyOutputAndEqualsTheSummary()
    {
        using var folder = new TemporaryFolder();
        string run = folder.File("run");
        CommandLine result = CommandLine.Train(run, "--max-epochs", "5", "--no-report", "--json");
        using JsonDocument document = JsonDocument.Parse(result.Output);
        JsonElement root = document.RootElement;
        Assert.Equal(run, root.GetProperty("run").GetString());
        Assert.Equal(JsonValueKind.Null, root.GetProperty("report").ValueKind);
        using JsonDocument summary = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(run, "summary.json")));
        Assert.True(JsonElement.DeepEquals(summary.RootElement, root.GetProperty("summary")));
    }

    [Fact]
    public void FromARun_TrainingGoesOnWithItsProblemAndTellsWhatChanged()
    {
        using var folder = new TemporaryFolder();
        string ordinary = folder.File("ordinary"), polished = folder.File("polished");
        Assert.Equal(0, CommandLine.Run("train", "--data", "gaussian-mixture", "--samples", "12", "--classes", "3", "--dimension", "6", "--width", "8,7",
            "--depth", "3", "--activation", "asinh", "--convention", "mean", "--lambda", "1e-2", "--delta", "0.5", "--solver", "adam", "--batch-size", "4",
            "--max-epochs", "20", "--no-report", "--out", ordinary).ExitCode);
        CommandLine result = CommandLine.Run("train", "--from", ordinary, "--solver", "gauss-newton", "--no-report", "--out", polished, "--json");
        Assert.Equal(0, result.ExitCode);
        Run before = RunFolder.Read(ordinary), after = RunFolder.Read(polished);
        Assert.Equal(before.Configuration.ToObjectiveSettings(), after.Configuration.ToObjectiveSettings());
        Assert.Equal(before.DataSet.Inputs.AsSpan(), after.DataSet.Inputs.AsSpan());
        Assert.Equal(("gauss-newton", (int?)null), (after.Configuration.Solver, after.Configuration.BatchSize));
        using (JsonDocument document = JsonDocument.Parse(result.Output))
        {
            JsonElement start = document.RootElement.GetProperty("start"), layer = start.GetProperty("layers")[1];
            Assert.Equal(before.Summary.Objective, start.GetProperty("objective").GetDouble());
            Assert.Equal(before.Summary.RelativeGradientNorm, start.GetProperty("relativeGradientNorm").GetDouble());
            Assert.Equal(before.Summary.Layers[1].WeightNumericalRank, layer.GetProperty("weightNumericalRank").GetInt32());
            ReadOnlySpan<double> x = before.Trained.Weights(2).AsSpan(), y = after.Trained.Weights(2).AsSpan();
            Assert.Equal(TensorPrimitives.Distance(x, y) / TensorPrimitives.Norm(x), layer.GetProperty("relativeChange").GetDouble(), 1e-12);
        }
        CommandLine other = CommandLine.Run(
            "train", "--from", Path.Combine(ordinary, "weights.safetensors"), "--lambda", "2e-2", "--max-epochs", "1", "--no-report", "--out",
                polished, "--force");
        Assert.Contains("It began with the weights of", other.Output, StringComparison.Ordinal);
        Assert.Equal((2e-2, 0.5), (RunFolder.Read(polished).Configuration.Lambda, RunFolder.Read(polished).Configuration.Delta));
    }

    [Theory]
    [InlineData(0, "--max-epochs", "3")]
    [InlineData(0, "--max-seconds", "1e-9")]
    [InlineData(0, "--max-epochs", "30000", "--gradient-tolerance", "1")]
    [InlineData(1, "--max-epochs", "3", "--gradient-tolerance", "1e-6")]
    [InlineData(1, "--max-epochs", "3", "--collapse-tolerance", "1e-12")]
    [InlineData(1, "--learning-rate", "1e200", "--max-epochs", "50")]
    public void ExitCode_SaysWhetherWhatWasAskedWasReached(int code, params string[] more)
    {
        using var folder = new TemporaryFolder();
        Assert.Equal(code, CommandLine.Train(folder.File("run"), [.. more, "--no-report"]).ExitCode);
    }

    /// <summary>No relative gradient falls below rounding; without penalties separable classes have no minimum.</summary>
    [Theory]
    [InlineData("Training stalled after", "a larger --gradient-tolerance would be reached", "--gradient-tolerance", "1e-18", "--lambda", "1e-2")]
    [InlineData("Training found no minimum", "Set --lambda above 0", "--loss", "cross-entropy", "--lambda", "0")]
    public void EndsThatMoreEpochsDoNotHelp_AreToldWithAdvice_AndExitWithOne(string verdict, string advice, params string[] settings)
    {
        using var folder = new TemporaryFolder();
        string[] task = ["--data", "gaussian-mixture", "--samples", "20", "--classes", "2", "--dimension", "5", "--depth", "3", "--width", "10"];
        CommandLine result = CommandLine.Run(["train", .. task, .. settings, "--max-epochs", "10000", "--no-report", "--out", folder.File("run")]);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains(verdict, result.Output, StringComparison.Ordinal);
        Assert.Contains(advice, result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Cancellation_SavesTheRunWithItsStatus()
    {
        using var folder = new TemporaryFolder();
        string run = folder.File("run");
        CommandLine result = CommandLine.Run(new CancellationToken(canceled: true), ["train", .. CommandLine.SmallTask, "--out", run, "--no-report"]);
        Assert.Equal(1, result.ExitCode);
        Assert.Equal(TrainingStatus.Cancelled, RunFolder.Read(run).Summary.Status);
        CommandLine resumed = CommandLine.Run("train", "--resume", "--out", run, "--max-seconds", "0.01", "--no-report");
        Assert.Equal(0, resumed.ExitCode);
        Assert.Equal(TrainingStatus.TimeLimit, RunFolder.Read(run).Summary.Status);
    }

    [Fact]
    public void ResumeOfAnEndedRun_SaysSo()
    {
        using var folder = new TemporaryFolder();
        string run = folder.File("run");
        CommandLine.Train(run, "--max-epochs", "4", "--no-report");
        byte[] before = File.ReadAllBytes(Path.Combine(run, "summary.json"));
        CommandLine resumed = CommandLine.Run("train", "--resume", "--out", run, "--no-report");
        Assert.Contains("already ended", resumed.Output, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(Path.Combine(run, "summary.json")));
    }

    [Fact]
    public void ConfigurationFile_IsReadAndOptionsWin()
    {
        using var folder = new TemporaryFolder();
        string settings = folder.Write("settings.json",
            """{ "data": "gaussian-mixture", "samples": 12, "classes": 3, "depth": 2, "width": 5, "lambda": 0.5, "solver": "adam", "maxEpochs": 2 }""");
        string run = folder.File("run");
        CommandLine result = CommandLine.Run("train", "--config", settings, "--lambda", "0.25", "--out", run, "--no-report");
        Assert.Equal(0, result.ExitCode);
        RunConfiguration stored = RunFolder.Open(run).ReadConfiguration();
        Assert.Equal((2, 0.25, 0.25, 2L, 12), (stored.Depth, stored.Lambda, stored.LambdaFeatures, stored.MaxEpochs, stored.Samples));
        Assert.Equal(TrainingRun.ProgramVersion, stored.Version);
        Assert.NotNull(stored.LearningRate);
    }

    [Fact]
    public void StoredConfiguration_RepeatsTheRunBitForBit()
    {
        using var folder = new TemporaryFolder();
        string first = folder.File("first"), second = folder.File("second");
        CommandLine.Train(first, "--max-epochs", "20", "--no-report", "--seed", "5", "--data-seed", "6");
        CommandLine.Run("train", "--config", Path.Combine(first, "config.json"), "--out", second, "--no-report");
        Assert.Equal(File.ReadAllBytes(Path.Combine(first, "weights.safetensors")), File.ReadAllBytes(Path.Combine(second, "weights.safetensors")));
    }

    [Fact]
    public void TargetOutsideTheOutputsRange_IsWarnedOf()
    {
        using var folder = new TemporaryFolder();
        Assert.Contains("warning: The target", CommandLine.Train(folder.File("run"), "--output-activation", "tanh", "--max-epochs", "1", "--no-report").Error,
            StringComparison.Ordinal);
    }

    [Fact]
    public void EveryOption_IsASettingOfTheConfiguration()
    {
        string help = CommandLine.Run("train", "--help").Output;
        string json = System.Text.Encoding.UTF8.GetString(new RunConfiguration().ToJson());
        using JsonDocument document = JsonDocument.Parse(json);
        foreach (JsonProperty setting in document.RootElement.EnumerateObject())
        {
            if (setting.Name == "version") continue;
            string option = "--" + string.Concat(setting.Name.Select(c => char.IsUpper(c) ? $"-{char.ToLowerInvariant(c)}" : $"{c}"));
            Assert.Contains(option + " ", help, StringComparison.Ordinal);
        }
    }
}
