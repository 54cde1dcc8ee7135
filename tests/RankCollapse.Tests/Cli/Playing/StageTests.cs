using System.Text;
using System.Text.Json;
using RankCollapse.Cli.Playing;
using RankCollapse.Runs;
using RankCollapse.Training;

namespace RankCollapse.Tests.Cli.Playing;

/// <summary>Scenes without threads, as in a browser.</summary>
public sealed class StageTests : IDisposable
{
    private static readonly RunConfiguration Small = new()
    {
        Data = "gaussian-mixture",
        Samples = 12,
        Classes = 3,
        Dimension = 8,
        Depth = 2,
        Width = [5],
        Convention = Convention.Mean,
        Lambda = 1e-2,
    };

    private readonly Stage _stage = new(new StageOptions { Configuration = Small, IsSliced = true });

    public void Dispose() => _stage.Dispose();

    [Fact]
    public void Slices_EndWhereAnUndisturbedTrainingDoes()
    {
        Work();
        Assert.Equal(("ready", 0.0), Seen());
        // Every epoch is a slice of its own.
        for (int i = 1; i <= 3; i++)
        {
            Ask("step");
            Work();
            Assert.Equal(("paused", i), Seen());
        }
        Ask("run");
        Work();
        (string status, double epoch, double objective) = Look();
        RunSummary expected = TrainingRun.Start(Small, null).Run.Summary;
        Assert.Equal(("ended", expected.Epochs, expected.Objective), (status, epoch, objective));
    }

    [Fact]
    public void OtherPenalties_GoOnFromTheSameWeights_OtherShapesBeginAnew()
    {
        Work();
        Ask("step");
        Work();
        Assert.StartsWith("Goes on from the weights of epoch 1", Ask("settings", """{"scene":0,"settings":{"lambda":"0.02"}}"""), StringComparison.Ordinal);
        Work();
        Assert.Equal(("paused", 1.0), Seen());
        Ask("run");
        Work();
        Assert.Equal("ended", Seen().Status);
        Assert.StartsWith("Starts anew", Ask("settings", """{"scene":0,"settings":{"depth":"3"}}"""), StringComparison.Ordinal);
        Work();
        Assert.Equal(("ready", 0.0), Seen());
        Ask("plane", """{"kind":"principal"}""");
        Ask("bound", """{"isShown":true}""");
        Work();
        Assert.Equal(("ready", 0.0), Seen());
    }

    [Fact]
    public void Speed_LeavesTimeBetweenEpochs_AndPauseHolds()
    {
        Work();
        Ask("speed", """{"epochsPerSecond":0.01}""");
        Ask("run");
        Work();
        Assert.Equal("running", Seen().Status);
        Assert.InRange(_stage.Work()!.Value, 1, 100_000);
        Ask("pause");
        Work();
        Assert.Equal("paused", Seen().Status);
        Assert.Null(_stage.Work());
    }

    [Fact]
    public void Saving_IsRefused_WhereThereIsNoPlaceForRuns()
    {
        Work();
        Assert.Contains("no place for runs", Assert.Throws<InvalidInputException>(() => Ask("save", """{"scene":0}""")).Message, StringComparison.Ordinal);
    }

    private string Ask(string what, string content = "") => _stage.Change(what, Encoding.UTF8.GetBytes(content));

    /// <summary>Works until there is nothing to do, or to wait.</summary>
    private void Work()
    {
        while (_stage.Work() == 0)
        {
        }
    }

    private (string Status, double Epoch) Seen()
    {
        (string status, double epoch, _) = Look();
        return (status, epoch);
    }

    /// <summary>What the page would see: the state, and epoch and objective of the newest frame.</summary>
    private (string Status, double Epoch, double Objective) Look()
    {
        byte[] news = _stage.News(new KnownMoment(0, -1, -1, -1))!;
        int length = BitConverter.ToInt32(news);
        using var state = JsonDocument.Parse(news.AsMemory(sizeof(int), length));
        int at = sizeof(int) + length;
        while (at + sizeof(int) + BitConverter.ToInt32(news, at) < news.Length) at += sizeof(int) + BitConverter.ToInt32(news, at);
        // The length of the frame and its number stand before its numbers.
        int numbers = at + (2 * sizeof(int));
        string status = state.RootElement.GetProperty("status").GetString()!;
        return (status, BitConverter.ToDouble(news, numbers), BitConverter.ToDouble(news, numbers + (2 * sizeof(double))));
    }
}
