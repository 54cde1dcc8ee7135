using System.Text.Json;
using RankCollapse.Runs;
using RankCollapse.Sweeps.Plan;

namespace RankCollapse.Tests.Sweeps.Plan;

public sealed class TrialIdentityTests
{
    private static readonly string[] NotCounted = ["version", "threads", "checkpointSeconds"];

    [Fact]
    public void EverySettingThatAResultDependsOn_ChangesTheIdentity()
    {
        var start = TrialIdentity.Resolve(new RunConfiguration { RecordEvery = 10, MaxSeconds = 5, LearningRate = 1e-3, ClassCounts = [100, 100], Classes = 2, CollapseTolerance = 1e-9 });
        using JsonDocument document = JsonDocument.Parse(start.ToJson());
        foreach (JsonProperty property in document.RootElement.EnumerateObject())
        {
            string other = property.Value.ValueKind switch
            {
                JsonValueKind.Number => $"{property.Value.GetDouble() + 1}",
                JsonValueKind.True => "false",
                JsonValueKind.False => "true",
                JsonValueKind.Array => "[7]",
                _ => property.Name == "record" ? "\"collapse\"" : "\"other\"",
            };
            RunConfiguration changed = RunConfiguration.FromJson(System.Text.Encoding.UTF8.GetBytes($"{{ \"{property.Name}\": {other} }}"), "test", start);
            bool isSame = TrialIdentity.Of(start) == TrialIdentity.Of(changed);
            Assert.Equal(NotCounted.Contains(property.Name), isSame);
        }
    }

    [Fact]
    public void RecordsOfAll_AreTheDefault() =>
        Assert.Equal(TrialIdentity.Of(TrialIdentity.Resolve(new RunConfiguration())), TrialIdentity.Of(TrialIdentity.Resolve(new RunConfiguration { Record = RecordKind.All })));

    [Fact]
    public void ADataFile_CountsByItsContentNotItsPath()
    {
        using var folder = new TemporaryFolder();
        string rows = string.Join('\n', Enumerable.Range(0, 8).Select(i => $"{i},{i * i},{i % 2}"));
        string first = folder.Write("a.csv", rows), second = folder.Write("b.csv", rows), third = folder.Write("c.csv", rows + "\n9,81,1");
        string Id(string file) => Assert.Single(SampleSweep.Plan(folder, $$"""{ "settings": { "data": {{JsonSerializer.Serialize(file)}}, "samples": 8, "classes": 2 } }""").Plan.Trials).Id;
        Assert.Equal(Id(first), Id(second));
        Assert.NotEqual(Id(first), Id(third));
    }
}
