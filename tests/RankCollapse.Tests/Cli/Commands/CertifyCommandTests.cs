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
}
