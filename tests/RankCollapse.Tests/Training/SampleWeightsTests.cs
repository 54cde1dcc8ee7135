using System.Numerics.Tensors;
using RankCollapse.Data;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using RankCollapse.Training;
using RankCollapse.Training.SecondOrder;

namespace RankCollapse.Tests.Training;

public sealed class SampleWeightsTests
{
    [Theory]
    [InlineData("tanh")]
    [InlineData("softplus")]
    public void IntegerWeights_EqualReplicatedSamples(string name)
    {
        foreach (var c in TrainingProblem.Combinations.Where(c => c.Activation.Name == name))
        {
            TrainingProblem problem = TrainingProblem.Random(4, c.Activation, c.Loss, c.Convention, c.Architecture, c.HasBias);
            (DataSet repeated, double[] weights) = Repeat(problem.Data);
            NetworkSpecification shape = problem.Network.Specification;
            ObjectiveCoefficients coefficients = problem.Settings.Coefficients(shape.Depth, repeated.SampleCount);
            var many = new Objective(shape, repeated, problem.Settings, keepsCurvature: true);
            var counts = new SampleWeights(weights, problem.Data.SampleCount);
            var few = new Objective(shape, problem.Data, problem.Settings, keepsCurvature: true, coefficients, counts);
            Network expected = new(shape), found = new(shape), direction = problem.Network.Copy();
            ObjectiveValue manyValue = many.ValueAndGradient(problem.Network, expected), fewValue = few.ValueAndGradient(problem.Network, found);
            Assert.Equal(manyValue.Total, fewValue.Total, 1e-12 * manyValue.Total);
            Assert.Equal(manyValue.DataLoss, fewValue.DataLoss, 1e-12 * manyValue.DataLoss);
            Assert.Equal(manyValue.Total, few.Value(problem.Network).Total, 1e-12 * manyValue.Total);
            AssertClose(expected, found);
            Assert.Equal(many.GradientSize.Relative, few.GradientSize.Relative, 1e-11);

            few.ValueAndGradient(problem.Network, found);
            for (int i = 0; i < direction.Parameters.Length; i++) direction.Parameters[i] = Math.Cos(i);
            foreach (bool full in (bool[])[true, false])
            {
                new CurvatureOperator(shape, repeated.SampleCount).Apply(many, problem.Network, direction, expected, full);
                new CurvatureOperator(shape, problem.Data.SampleCount).Apply(few, problem.Network, direction, found, full);
                AssertClose(expected, found);
            }

            // Both preconditioners are built of sums over samples, so that they agree too, as far as their inversion allows.
            Compare(new KernelPreconditioner(shape, c.Loss, repeated.SampleCount), new KernelPreconditioner(shape, c.Loss, problem.Data.SampleCount));
            Compare(new KroneckerPreconditioner(shape, repeated.SampleCount), new KroneckerPreconditioner(shape, problem.Data.SampleCount));

            void Compare(IPreconditioner ofMany, IPreconditioner ofFew)
            {
                ofMany.Build(many, problem.Network);
                ofFew.Build(few, problem.Network);
                ofMany.Solve(direction, expected);
                ofFew.Solve(direction, found);
                Assert.True(Distance(expected, found) <= 1e-6 * TensorPrimitives.Norm<double>(expected.Parameters));
            }
        }
    }

    [Theory]
    [InlineData(Loss.Squared)]
    [InlineData(Loss.CrossEntropy)]
    public void Solver_WithWeights_ReachesTheStationaryPointOfReplicatedSamples(Loss loss)
    {
        TrainingProblem problem = TrainingProblem.Clusters(hasBias: true);
        problem = problem with { Settings = problem.Settings with { Loss = loss, LambdaFeatures = 1e-3 } };
        (DataSet repeated, double[] weights) = Repeat(problem.Data);
        NetworkSpecification shape = problem.Network.Specification;
        Network network = problem.Network.Copy();
        ObjectiveCoefficients coefficients = problem.Settings.Coefficients(shape.Depth, repeated.SampleCount);
        var counts = new SampleWeights(weights, problem.Data.SampleCount);
        var objective = new Objective(shape, problem.Data, problem.Settings, keepsCurvature: false, coefficients, counts);
        var solver = new GaussNewtonSolver(objective, network);
        Assert.True(solver.Start());
        for (int i = 0; i < 300 && solver.GradientSize.Relative > 1e-10; i++) solver.Step();
        Assert.InRange(solver.GradientSize.Relative, 0, 1e-10);
        var many = new Objective(shape, repeated, problem.Settings);
        ObjectiveValue value = many.ValueAndGradient(network, new Network(shape));
        Assert.InRange(many.GradientSize.Relative, 0, 2e-10);
        Assert.Equal(value.Total, solver.Value.Total, 1e-12 * value.Total);
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(-1.0)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void WeightsThatAreNotPositive_AreRefused(double weight)
    {
        Assert.Throws<InvalidInputException>(() => new SampleWeights([1, weight], 2));
        Assert.Throws<ShapeMismatchException>(() => new SampleWeights([1, 1], 3));
    }

    private static void AssertClose(Network expected, Network found) =>
        Assert.True(Distance(expected, found) <= 1e-12 * (1 + TensorPrimitives.Norm<double>(expected.Parameters)));

    private static double Distance(Network a, Network b) => TensorPrimitives.Distance<double>(a.Parameters, b.Parameters);

    private static (DataSet Repeated, double[] Weights) Repeat(DataSet data)
    {
        int[] counts = [.. Enumerable.Range(0, data.SampleCount).Select(i => 1 + (i * 2 % 5))];
        int[] source = [.. counts.SelectMany((count, i) => Enumerable.Repeat(i, count))];
        Matrix Columns(Matrix m) => Matrix.FromEntries(m.Rows, source.Length, (r, j) => m[r, source[j]]);
        return (new DataSet("repeated", Columns(data.Inputs), Columns(data.Targets), []), [.. counts.Select(count => (double)count)]);
    }
}
