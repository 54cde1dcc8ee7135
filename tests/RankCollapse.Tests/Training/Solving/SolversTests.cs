using RankCollapse.Training;
using RankCollapse.Training.Solving;

namespace RankCollapse.Tests.Training.Solving;

public sealed class SolversTests
{
    [Fact]
    public void Default_IsInTheTable() => Assert.Contains(Solvers.Default, Solvers.All.Names);

    [Fact]
    public void SolversWithoutALearningRate_AreNotConcernedByIt() =>
        Assert.All(Solvers.All, entry => Assert.Equal(entry.DefaultLearningRate is not null, entry.Settings.Contains("learning-rate")));

    [Fact]
    public void Alternatives_AreSolversOfTheTable() =>
        Assert.All(Solvers.All.Select(entry => entry.Alternative).OfType<string>(), name => Assert.Contains(name, Solvers.All.Names));

    [Fact]
    public void UnknownNames_AreAnsweredWithNearOnes()
    {
        var error = Assert.Throws<InvalidInputException>(() => Solvers.All.Parse("adma"));
        Assert.Contains("'adam'", error.Message, StringComparison.Ordinal);
    }

    /// <summary>What the table says of checkpoints is what solvers write, to a few numbers and pairs of curvature.</summary>
    [Theory]
    [InlineData("adam")]
    [InlineData("sgd")]
    [InlineData("lbfgs")]
    [InlineData("gauss-newton")]
    public void VectorsPerCheckpoint_IsWhatASolverWrites(string name)
    {
        TrainingProblem problem = TrainingProblem.Clusters(width: 40);
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        new SolverSettings { Entry = Solvers.All.Parse(name) }.CreateSolver(problem.Objective(), problem.Network).Save(writer);
        Assert.Equal(Solvers.All.Parse(name).VectorsPerCheckpoint, Math.Round((double)stream.Length / (sizeof(double) * problem.Network.Parameters.Length)));
    }
}
