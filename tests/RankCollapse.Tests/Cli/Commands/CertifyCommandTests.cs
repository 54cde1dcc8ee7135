using System.Text.Json;

namespace RankCollapse.Tests.Cli.Commands;

public sealed class CertifyCommandTests
{
    [Fact]
    public void Certify_OfAnUnfinishedRun_HoldsInEveryLayer()
    {
        using var folder = new TemporaryFolder();
        string run = folder.File("run");
        CommandLine.Train(run, "--max-epochs", "30", "--no-report", "--delta", "1");
        CommandLine result = CommandLine.Run("certify", run, "--json");
        Assert.Equal(0, result.ExitCode);
        using JsonDocument document = JsonDocument.Parse(result.Output);
        Assert.True(document.RootElement.GetProperty("holds").GetBoolean());
        foreach (JsonElement layer in document.RootElement.GetProperty("layers").EnumerateArray())
            Assert.True(layer.GetProperty("distance").GetDouble() <= layer.GetProperty("exactBound").GetDouble() + layer.GetProperty("roundingAllowance")
                .GetDouble());
        Assert.Contains("Theorem 3.4", CommandLine.Run("certify", run).Output, StringComparison.Ordinal);
        JsonElement[] gradients = [.. document.RootElement.GetProperty("gradientRanks").EnumerateArray()];
        Assert.All(gradients, g => Assert.InRange(g.GetProperty("rank").GetInt32(), 1, g.GetProperty("batch").GetInt32()));
        Assert.Equal(3, gradients.Length);
        Assert.Contains("first 2 samples", CommandLine.Run("certify", run, "--batch", "2").Output, StringComparison.Ordinal);
        Assert.Equal(2, CommandLine.Run("certify", run, "--batch", "25").ExitCode);
        Assert.Equal(2, CommandLine.Run("certify", run, "--rank", "0").ExitCode);

        // A first layer without a penalty has no relative residual, and says why.
        string free = folder.File("free");
        CommandLine.Train(free, "--max-epochs", "3", "--no-report");
        using JsonDocument unpenalised = JsonDocument.Parse(CommandLine.Run("certify", free, "--json").Output);
        JsonElement first = unpenalised.RootElement.GetProperty("layers")[0];
        Assert.Equal(JsonValueKind.Null, first.GetProperty("relativeStationarityResidual").ValueKind);
        Assert.Contains("not penalised", first.GetProperty("reason").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Explanations_OfARunByMiniBatches_StandBesideTheTheorem()
    {
        using var folder = new TemporaryFolder();
        string batches = folder.File("batches"), adam = folder.File("adam");
        CommandLine.Run(
            ["train", .. CommandLine.SmallTask.SkipLast(2), "--out", batches, "--solver", "sgd", "--batch-size", "2", "--max-epochs", "20", "--no-report"]);
        using JsonDocument document = JsonDocument.Parse(CommandLine.Run("certify", batches, "--json").Output);
        JsonElement explanations = document.RootElement.GetProperty("explanations");
        Assert.Equal(2, explanations.GetProperty("batchSize").GetInt32());
        Assert.True(explanations.GetProperty("batchBoundsHold").GetBoolean());
        Assert.True(explanations.GetProperty("jacobianRank").GetInt32() <= explanations.GetProperty("jacobianSingularValues").GetArrayLength());
        JsonElement bound = explanations.GetProperty("layers")[0].GetProperty("batchBounds")[0];
        Assert.Equal((1, 2), (bound.GetProperty("batches").GetInt32(), bound.GetProperty("rank").GetInt32()));
        Assert.Contains("Mini-batches: B = 2", CommandLine.Run("certify", batches).Output, StringComparison.Ordinal);
        CommandLine.Train(adam, "--batch-size", "2", "--max-epochs", "2", "--no-report");
        Assert.Contains("this run was trained by adam", CommandLine.Run("certify", adam).Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Curvature_OfASaddle_WritesWeightsThatTrainCanFollow()
    {
        using var folder = new TemporaryFolder();
        string[] task = ["--data", "gaussian-mixture", "--samples", "12", "--classes", "3", "--dimension", "4", "--depth", "2", "--width", "5",
            "--convention", "mean", "--lambda", "3e-3", "--delta", "1", "--lambda-features", "0", "--no-report"];
        string minimum = folder.File("minimum"), saddle = folder.File("saddle"), below = folder.File("below");
        CommandLine found = CommandLine.Run(["train", .. task, "--verify-minimum", "--gradient-tolerance", "1e-9", "--out", minimum, "--json"]);
        Assert.Equal(0, found.ExitCode);
        using (JsonDocument document = JsonDocument.Parse(found.Output))
            Assert.Equal("minimum", document.RootElement.GetProperty("curvature").GetProperty("kind").GetString());

        // All weights 0: a saddle of two layers.
        var zero = new RankCollapse.Formats.SafetensorsWriter();
        zero.Add("W1", new RankCollapse.LinearAlgebra.Matrix(5, 4));
        zero.Add("W2", new RankCollapse.LinearAlgebra.Matrix(3, 5));
        zero.Write(folder.File("zero.safetensors"));
        CommandLine start = CommandLine.Run(["train", .. task, "--from", folder.File("zero.safetensors"), "--out", saddle, "--verify-minimum"]);
        Assert.Equal(1, start.ExitCode);
        CommandLine certified = CommandLine.Run("certify", saddle, "--curvature", "--json");
        using (JsonDocument document = JsonDocument.Parse(certified.Output))
        {
            JsonElement curvature = document.RootElement.GetProperty("curvature");
            Assert.Equal("saddle", curvature.GetProperty("kind").GetString());
            string descent = curvature.GetProperty("descent").GetString()!;
            CommandLine Follow(string from) =>
                CommandLine.Run(["train", .. task, "--from", from, "--out", below, "--force", "--gradient-tolerance", "1e-9", "--verify-minimum"]);
            CommandLine followed = Follow(descent);
            for (int i = 0; followed.ExitCode == 1 && i < 10; i++) followed = Follow(Path.Combine(below, "descent.safetensors"));
            Assert.Equal(0, followed.ExitCode);
        }
        Assert.Contains("curvature: minimum", CommandLine.Run("certify", below, "--curvature").Output, StringComparison.Ordinal);
        Assert.Equal(0, CommandLine.Run(["train", .. task, "--from", minimum, "--out", folder.File("again"), "--gradient-tolerance", "1e-9"]).ExitCode);

        CommandLine missing = CommandLine.Run(["train", .. task, "--from", folder.File("none"), "--out", folder.File("new")]);
        Assert.Equal(2, missing.ExitCode);
        Assert.Contains("--from", missing.Error, StringComparison.Ordinal);
        CommandLine idle = CommandLine.Run(["train", .. task, "--from", minimum, "--init", "gaussian", "--out", folder.File("new")]);
        Assert.Equal(2, idle.ExitCode);
        Assert.Contains("--init", idle.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Certify_OfANetworkThatHasCollapsedToZero_HoldsAndSaysSo()
    {
        using var folder = new TemporaryFolder();
        string run = folder.File("run");
        CommandLine.Run(
            "train", "--data", "gaussian-mixture", "--samples", "10", "--classes", "2", "--dimension", "3", "--sigma", "0.2", "--depth", "3", "--width", "4",
            "--convention", "mean", "--lambda", "0.3", "--delta", "1", "--no-report", "--out", run);
        CommandLine result = CommandLine.Run("certify", run);
        Assert.Equal(0, result.ExitCode);
        Assert.Contains("has collapsed to 0", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("does not hold", result.Output, StringComparison.Ordinal);
        Assert.Contains("samples (class:1) have ranks", CommandLine.Run("certify", run, "--batch", "class:1").Output, StringComparison.Ordinal);
        Assert.Contains("4 samples (random:4)", CommandLine.Run("certify", run, "--batch", "random:4").Output, StringComparison.Ordinal);
        Assert.Contains("2 samples (index:0,9)", CommandLine.Run("certify", run, "--batch", "index:0,9").Output, StringComparison.Ordinal);
        foreach (string bad in (string[])["index:0,10", "index:1,1", "class:7", "random:11", "some"])
            Assert.Equal(2, CommandLine.Run("certify", run, "--batch", bad).ExitCode);
    }
}
