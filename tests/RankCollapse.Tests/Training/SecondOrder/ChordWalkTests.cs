using RankCollapse.LinearAlgebra;
using RankCollapse.Training.SecondOrder;

namespace RankCollapse.Tests.Training.SecondOrder;

public sealed class ChordWalkTests
{
    private readonly InterpolationProblem _problem = InterpolationProblem.Create();

    [Fact]
    public void Walk_LowersTheObjective_AndLeavesItAtThePointThatWasReached()
    {
        (NewtonPoint start, NewtonPoint to, KernelPreconditioner preconditioner) = _problem;
        double[] before = [.. start.Network.Parameters];
        var walk = new ChordWalk(new SpareNetworks(_problem.Specification), _problem.Samples);
        double reached = walk.Approach(preconditioner, start, to, start.Objective.Data.Targets, out int steps);
        Assert.InRange(steps, 1, 12);
        Assert.True(reached < 0.5 * start.Value.Total, $"{start.Value.Total:E3} → {reached:E3} in {steps} steps");
        Assert.Equal(before, start.Network.Parameters);
        Matrix seen = to.Outputs.Copy();
        Assert.Equal(reached, to.Evaluate());
        Assert.Equal(seen.AsSpan().ToArray(), to.Outputs.AsSpan().ToArray());
    }

    [Fact]
    public void Steps_ThatDoNotLowerTheObjective_AreNotTaken()
    {
        (NewtonPoint start, NewtonPoint to, KernelPreconditioner preconditioner) = _problem;
        double reached = new ChordWalk(new SpareNetworks(_problem.Specification), _problem.Samples).Approach(preconditioner, start, to, start.Outputs.Copy(), out int steps);
        Assert.Equal((start.Value.Total, 0), (reached, steps));
        Assert.Equal(start.Network.Parameters, to.Network.Parameters);
    }
}
