using RankCollapse.Training;

namespace RankCollapse.Tests.Training;

public sealed class TrainingStatusesTests
{
    [Fact]
    public void Names_AreThoseOfFiles() => Assert.Equal(
        ["converged", "stalled", "no-minimum", "max-epochs", "time-limit", "cancelled", "diverged"],
        Enum.GetValues<TrainingStatus>().Select(status => status.NameOf()));

    [Fact]
    public void Parse_OfAName_GivesItsStatus() =>
        Assert.All(Enum.GetValues<TrainingStatus>(), status => Assert.Equal(status, TrainingStatuses.Parse(status.NameOf())));

    [Fact]
    public void Parse_OfAnUnknownName_ListsNearOnes()
    {
        var error = Assert.Throws<InvalidInputException>(() => TrainingStatuses.Parse("stall"));
        Assert.Contains("stalled", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void EveryStatusButConverged_HasAdvice() =>
        Assert.All(Enum.GetValues<TrainingStatus>(), status => Assert.Equal(status == TrainingStatus.Converged, status.AdviceOf() is null));

    [Fact]
    public void Advice_NamesItsSettings() => Assert.All(
        Enum.GetValues<TrainingStatus>().Select(status => status.AdviceOf()).OfType<Advice>(),
        advice => Assert.All(advice.Settings, setting => Assert.Contains(setting, advice.Text, StringComparison.Ordinal)));
}
