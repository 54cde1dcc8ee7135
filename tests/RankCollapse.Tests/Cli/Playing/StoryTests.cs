using RankCollapse.Cli.Playing;
using RankCollapse.Runs;

namespace RankCollapse.Tests.Cli.Playing;

public sealed class StoryTests
{
    [Fact]
    public void Stories_AreFive_WithSettingsThatCanBeTrained_AndStepsInOrder()
    {
        Assert.Equal(5, Story.All.Count);
        foreach (Story story in Story.All)
        {
            foreach (RunConfiguration settings in story.Settings) settings.Validate();
            Assert.InRange(story.Settings.Count, 1, 2);
            Assert.Equal(StoryStep.AtEnd, story.Steps[^1].FromEpoch);
            Assert.All(story.Steps.SkipLast(1).Zip(story.Steps.Skip(1).SkipLast(1)), pair => Assert.True(pair.First.FromEpoch <= pair.Second.FromEpoch));
            Assert.Equal(story.Settings.Count, story.EpochsPerSecond.Count);
        }
    }

    /// <summary>What the stories say of their ends.</summary>
    [Fact]
    public void Ends_AreAsTheStoriesSay()
    {
        RunSummary Of(string name, int index) => TrainingRun.Start(Story.All.Single(story => story.Name == name).Settings[index], null).Run.Summary;
        RunSummary collapse = Of("collapse", 0), adam = Of("first-order", 0), newton = Of("first-order", 1), costly = Of("delta", 0), free = Of("delta", 1);
        Assert.All(collapse.Layers, layer => Assert.True(layer.TcvUpper < 1e-12, $"{layer.Layer}: {layer.TcvUpper}"));
        Assert.All(collapse.Layers, layer => Assert.Equal(3, layer.FeatureNumericalRank));
        Assert.True(adam.Layers[0].TcvUpper > 1e4 * newton.Layers[0].TcvUpper, $"{adam.Layers[0].TcvUpper} {newton.Layers[0].TcvUpper}");
        Assert.True(free.Layers[0].TcvUpper < 1e-12 && costly.Layers[0].TcvUpper > 1e-3, $"{free.Layers[0].TcvUpper} {costly.Layers[0].TcvUpper}");
    }
}
