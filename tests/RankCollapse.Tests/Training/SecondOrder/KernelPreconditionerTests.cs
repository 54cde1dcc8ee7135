using System.Numerics.Tensors;
using RankCollapse.Data;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using RankCollapse.Training;
using RankCollapse.Training.SecondOrder;

namespace RankCollapse.Tests.Training.SecondOrder;

public sealed class KernelPreconditionerTests
{
    [Theory]
    [InlineData("tanh")]
    [InlineData("softplus")]
    public void Solve_InvertsThePenaltiesAndTheDataCurvature(string activation)
    {
        foreach (CurvaturePoint point in CurvaturePoint.All(activation))
        {
            Objective objective = point.Objective;
            NetworkSpecification specification = point.Network.Specification;
            var preconditioner = new KernelPreconditioner(specification, objective.Settings.Loss, objective.Data.SampleCount);
            preconditioner.Build(objective, point.Network);
            var penalties = new PenaltyModel(specification, objective.Data.SampleCount);
            penalties.Build(objective);
            ObjectiveCoefficients factors = objective.Coefficients;
            var none = new double[factors.WeightFactors.Count];
            ObjectiveCoefficients withoutPenalties = factors with { WeightFactors = none, FeatureFactor = 0, BiasFactor = 0 };
            var data = new Objective(specification, objective.Data, objective.Settings, keepsCurvature: true, withoutPenalties);
            data.ValueAndGradient(point.Network, new Network(specification));

            Network v = point.Direction(1), u = new(specification), curved = new(specification), scaled = new(specification), expected = new(specification);
            preconditioner.Solve(v, u);
            point.Operator.Apply(data, point.Network, u, curved, full: false);
            penalties.Solve(curved, scaled);
            penalties.Solve(v, expected);

            // u + Λ^{-1}JᵀaD''J·u = Λ^{-1}v.
            TensorPrimitives.Add(scaled.Parameters, u.Parameters, scaled.Parameters);
            double size = TensorPrimitives.Norm<double>(expected.Parameters);
            TensorPrimitives.Subtract(scaled.Parameters, expected.Parameters, scaled.Parameters);
            double remainder = TensorPrimitives.Norm<double>(scaled.Parameters);
            Assert.True(remainder <= 1e-8 * size, $"{point.Problem.Settings}: {remainder / size:E2}");
        }
    }

    [Fact]
    public void Solve_HasTheSameBitsOnTwoThreads()
    {
        const int Outputs = 6, Samples = 60;
        int[] labels = [.. Enumerable.Range(0, Samples).Select(i => i % Outputs)];
        DataSet data = DataSet.FromLabels("six", RandomMatrix.Gaussian(70, Samples, new RandomStream(1, RandomPurpose.Data)), labels, Outputs);
        var specification = new NetworkSpecification(70, [50, 40, Outputs]);
        var point = new NewtonPoint(new Objective(specification, data, new ObjectiveSettings { Lambda = 1e-4 }, keepsCurvature: true));
        Initialization.Initialize(point.Network, InitializationScheme.Orthogonal, 3);
        point.Evaluate();
        point.EvaluateGradient();
        Assert.Equal(Step(1), Step(2));

        double[] Step(int threads)
        {
            Product.MaxThreads = threads;
            try
            {
                var preconditioner = new KernelPreconditioner(specification, Loss.Squared, Samples);
                preconditioner.Build(point.Objective, point.Network);
                var step = new Network(specification);
                preconditioner.Solve(point.Gradient, step);
                return step.Parameters;
            }
            finally
            {
                Product.MaxThreads = 1;
            }
        }
    }

    [Theory]
    [InlineData("tanh", 10, 2048, true)]
    [InlineData("tanh", 10, 2049, false)]
    [InlineData("relu", 8, 512, true)]
    [InlineData("relu", 8, 513, false)]
    public void Kernel_IsThereUpToALargestNumberOfOutputs(string activation, int outputs, int samples, bool isThere)
    {
        var specification = new NetworkSpecification(5, [7, outputs]).With(activations: [Activation.Parse(activation), Activation.Parse("identity")]);
        double size = (double)outputs * samples;
        Assert.Equal(isThere ? (size * size) + (2 * outputs * size) : 0, IPreconditioner.Workspace(specification, samples));
    }
}
