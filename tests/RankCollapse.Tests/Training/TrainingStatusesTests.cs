using RankCollapse.Training;

namespace RankCollapse.Tests.Training;

public sealed class TrainingStatusesTests
{
    [Fact]
    public void Names_AreThoseOfFiles() => Assert.Equal(
        ["converged", "stalled", "no-minimum", "max-epochs", "time-limit", "cancelled", "diverged"],
        EnumNames.All<TrainingStatus>());

    [Fact]
    public void EveryStatusButConverged_HasAdvice() =>
        Assert.All(Enum.GetValues<TrainingStatus>(), status => Assert.Equal(status == TrainingStatus.Converged, status.AdviceOf() is null));

    [Fact]
    public void Advice_NamesItsSettings() => Assert.All(
        Enum.GetValues<TrainingStatus>().Select(status => status.AdviceOf()).OfType<Advice>(),
        advice => Assert.All(advice.Settings, setting => Assert.Contains(setting, advice.Text, StringComparison.Ordinal)));
}
