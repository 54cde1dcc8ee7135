using System.Text.Json;

namespace RankCollapse.Tests.Cli.Commands;

public sealed class DoctorCommandTests
{
    [Fact]
    public void Doctor_MeasuresTheMachine()
    {
        CommandLine result = CommandLine.Run("doctor", "--json");
        Assert.Equal(0, result.ExitCode);
        using JsonDocument document = JsonDocument.Parse(result.Output);
        JsonElement root = document.RootElement;
        Assert.Contains(root.GetProperty("vectorBits").GetInt32(), (int[])[128, 256, 512]);
        double peak = root.GetProperty("peakGflopsOfOneCore").GetDouble();
        Assert.InRange(root.GetProperty("product200Gflops").GetDouble(), 0.05 * peak, 1.5 * peak);
        Assert.InRange(root.GetProperty("singularValues200Milliseconds").GetDouble(), 0.01, 5000);
        Assert.StartsWith("Inter", root.GetProperty("font").GetString(), StringComparison.Ordinal);
    }
}
