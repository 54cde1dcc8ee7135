using RankCollapse.Training;
using RankCollapse.Training.Solving;

namespace RankCollapse.Tests.Training;

public sealed class SolverSettingsTests
{
    [Theory]
    [InlineData("adam", Convention.Sum, 1e-3)]
    [InlineData("sgd", Convention.Sum, 1e-4)]
    [InlineData("sgd", Convention.Mean, 1e-2)]
    [InlineData("sgd", Convention.Equation3, 1e-2)]
    [InlineData("lbfgs", Convention.Sum, null)]
    [InlineData("gauss-newton", Convention.Sum, null)]
    public void EffectiveLearningRate_IsTheSolversDefault(string solver, Convention convention, double? expected) =>
        Assert.Equal(expected, new SolverSettings { Entry = Solvers.All.Parse(solver), Convention = convention }.EffectiveLearningRate);

    [Fact]
    public void EffectiveLearningRate_ThatIsGiven_IsKept() =>
        Assert.Equal(0.5, new SolverSettings { Entry = Solvers.All.Parse("sgd"), LearningRate = 0.5 }.EffectiveLearningRate);

    [Theory]
    [InlineData("adam", RateSchedule.Cosine, true)]
    [InlineData("adam", RateSchedule.Constant, false)]
    [InlineData("lbfgs", RateSchedule.Cosine, false)]
    public void OnlyARateThatFallsOverTheEpochs_DependsOnTheirNumber(string solver, RateSchedule schedule, bool expected) =>
        Assert.Equal(expected, new SolverSettings { Entry = Solvers.All.Parse(solver), Schedule = schedule }.DependsOnMaxEpochs);
}
