using System.Numerics.Tensors;
using RankCollapse.Data;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using RankCollapse.Tests.Training;
using RankCollapse.Theory.StationaryPoints;
using RankCollapse.Training;
using RankCollapse.Training.SecondOrder;

namespace RankCollapse.Tests.Theory.StationaryPoints;

public sealed class HessianCertificateTests
{
    private static readonly HessianCertificateOptions Whole = new() { Eigenvalues = int.MaxValue };
    private static readonly HessianCertificateOptions ByLanczos = new() { LargestFull = 0 };

    [Theory]
    [InlineData("tanh", Loss.Squared, Convention.Sum, Architecture.Feedforward, false)]
    [InlineData("asinh", Loss.CrossEntropy, Convention.Mean, Architecture.Residual, true)]
    [InlineData("gelu", Loss.Squared, Convention.Equation3, Architecture.Feedforward, true)]
    [InlineData("identity", Loss.CrossEntropy, Convention.Sum, Architecture.Residual, false)]
    public void Eigenvalues_WithTheFlatDirections_AreThoseOfCentralDifferences(
        string activation, Loss loss, Convention convention, Architecture architecture, bool hasBias)
    {
        for (long seed = 1; seed <= 3; seed++)
        {
            var random = TrainingProblem.Random(seed, Activation.Parse(activation), loss, convention, architecture, hasBias);
            Network stationary = Stationary(random, 200);
            var found = HessianCertificate.Compute(stationary, random.Data, random.Settings, Whole);
            double[] expected = SymmetricEigendecomposition.Eigenvalues(ByCentralDifferences(random, stationary));
            double[] listed =
            [
                .. found.Eigenvalues.SelectMany(e => Enumerable.Repeat(e.Value, (int)e.Multiplicity)),
                .. Enumerable.Repeat(0.0, (int)found.Flat.Sum(part => part.Count)),
            ];
            Array.Sort(listed, (a, b) => b.CompareTo(a));
            Assert.Equal(stationary.Parameters.Length, listed.Length);

            // Central differences of gradients err by 1e−8 of the Hessian; what is flat at the stationary point errs by the gradient that is left.
            double tolerance = (1e-6 * (1 + Math.Abs(expected[0]))) + (10 * found.Resolution);
            for (int i = 0; i < listed.Length; i++) Assert.Equal(expected[i], listed[i], tolerance);
        }
    }

    [Fact]
    public void Zero_IsASaddleOfTwoLayers_WhoseDescentLeadsToAMinimum()
    {
        TrainingProblem problem = Clusters(depth: 2, "tanh");
        var zero = new Network(problem.Network.Specification);
        var found = HessianCertificate.Compute(zero, problem.Data, problem.Settings);
        Assert.Equal(StationaryPointKind.Saddle, found.Kind);
        Assert.True(found.NegativeCount > 0);
        Assert.NotNull(found.Descent);
        Assert.Equal(problem.Objective().Value(found.Descent.Network).Total, found.Descent.Objective, 1e-12);
        Assert.True(found.Descent.Objective < found.Objective);

        var estimate = HessianCertificate.Compute(zero, problem.Data, problem.Settings, ByLanczos);
        Assert.Equal((StationaryPointKind.Saddle, true), (estimate.Kind, estimate.IsEstimate));
        Assert.True(estimate.Descent!.Objective < found.Objective);

        // Below a saddle training may come to another one, with fewer negative directions; each time it is lower.
        Network below = zero;
        for (int i = 0; found.Descent is { } descent && i < 20; i++)
        {
            below = Stationary(problem with { Network = descent.Network }, 400);
            found = HessianCertificate.Compute(below, problem.Data, problem.Settings);
            Assert.True(found.Objective < descent.Objective);
        }
        Assert.Equal(StationaryPointKind.Minimum, found.Kind);
        Assert.Equal(StationaryPointKind.Minimum, HessianCertificate.Compute(below, problem.Data, problem.Settings, ByLanczos).Kind);
    }

    [Fact]
    public void Zero_IsAMinimumOfThreePenalisedLayers_AndDegenerateWhereOneIsFree()
    {
        TrainingProblem problem = Clusters(depth: 3, "tanh");
        var zero = new Network(problem.Network.Specification);
        Assert.Equal(StationaryPointKind.Minimum, HessianCertificate.Compute(zero, problem.Data, problem.Settings).Kind);

        // Without a penalty on W_1 nothing curves along it, though it does change the features.
        var free = HessianCertificate.Compute(zero, problem.Data, problem.Settings with { Delta = 0 });
        Assert.Equal((StationaryPointKind.Degenerate, zero.Weights(1).Length), (free.Kind, (int)free.FurtherFlatCount!));
    }

    [Fact]
    public void Rotations_OfALinearNetwork_AreCountedAndLeftOut()
    {
        // Rank 3 in every hidden layer of width 6: the rotations that change nothing turn the other 3 dimensions, 6·5/2 − 3·2/2 each.
        TrainingProblem problem = Clusters(depth: 3, "identity");
        Network linear = Stationary(problem, 400);
        Assert.Equal(3, NumericalRank.Of(linear.Weights(2)));
        var found = HessianCertificate.Compute(linear, problem.Data, problem.Settings);
        Assert.Equal(StationaryPointKind.Minimum, found.Kind);
        Assert.Equal(24, Assert.Single(found.Flat).Count);
        Assert.Equal(0, found.FurtherFlatCount);
        var estimate = HessianCertificate.Compute(linear, problem.Data, problem.Settings, ByLanczos);
        Assert.Equal((StationaryPointKind.Minimum, 24), (estimate.Kind, (int)estimate.Flat.Sum(part => part.Count)));
    }

    [Fact]
    public void Rotations_OfTheFirstLayer_AreFlatWhereAnUnpenalisedW1ReachesThem()
    {
        // Z^1 of rank 3 in width 6, whatever the activation: 6·5/2 − 3·2/2.
        TrainingProblem problem = Clusters(depth: 3, "tanh", inputs: 12);
        ObjectiveSettings free = problem.Settings with { Delta = 0, LambdaFeatures = 3e-2 };
        Network network = Stationary(problem with { Settings = free }, 400);
        var found = HessianCertificate.Compute(network, problem.Data, free);
        Assert.Equal((StationaryPointKind.Minimum, 0L, 12L), (found.Kind, found.FurtherFlatCount, Assert.Single(found.Flat).Count));
        Assert.Equal(StationaryPointKind.Minimum, HessianCertificate.Compute(network, problem.Data, free, ByLanczos).Kind);
    }

    [Theory]
    [InlineData("identity")]
    [InlineData("tanh")]
    public void Rotations_ThatAreTooManyForABasis_AreLeftOutAllTheSame(string activation)
    {
        // Widths of 60: 5,310 rotations of 14,940 parameters have no basis. Rank 3: 60·59/2 − 57·56/2 for each layer that turns freely.
        TrainingProblem problem = Clusters(depth: 3, activation, inputs: 12, width: 60);
        ObjectiveSettings free = problem.Settings with { Delta = activation == "tanh" ? 0 : 1, LambdaFeatures = 3e-2 };
        Network network = Stationary(problem with { Settings = free }, 400);
        var found = HessianCertificate.Compute(network, problem.Data, free);
        Assert.Equal((StationaryPointKind.Minimum, true), (found.Kind, found.IsEstimate));
        Assert.Equal((activation == "tanh" ? 1 : 2) * 174, Assert.Single(found.Flat).Count);
    }

    [Fact]
    public void Inputs_OutsideTheRangeOfX_AreFlatWhereNothingPenalisesThem()
    {
        TrainingProblem problem = Clusters(depth: 2, "tanh", inputs: 40);
        ObjectiveSettings free = problem.Settings with { Delta = 0, LambdaFeatures = 1e-2 };
        Network network = Stationary(problem with { Settings = free }, 400);
        var found = HessianCertificate.Compute(network, problem.Data, free);
        Assert.Equal(6 * (40 - problem.Data.SampleCount), found.Flat[0].Count);

        // The data in twice as many dimensions, where half say nothing: the rank of X decides, and not its shape.
        Matrix doubled = Matrix.FromEntries(6, problem.Data.SampleCount, (i, j) => problem.Data.Inputs[i / 2, j]);
        var data = new DataSet("doubled", doubled, problem.Data.Targets, problem.Data.Labels);
        var wide = new Network(new NetworkSpecification(6, [6, 3]));
        Initialization.Initialize(wide, InitializationScheme.Orthogonal, 1);
        Assert.Equal(6 * 3, HessianCertificate.Compute(wide, data, free).Flat.Sum(part => part.Count));
    }

    [Fact]
    public void Lanczos_FindsTheLeastEigenvaluesRelativeToThePreconditioner()
    {
        TrainingProblem problem = Clusters(depth: 3, "tanh");
        Network network = Stationary(problem, 400);
        var point = new NewtonPoint(new Objective(network.Specification, problem.Data, problem.Settings, keepsCurvature: true));
        network.Parameters.CopyTo(point.Network.Parameters, 0);
        point.Evaluate();
        point.EvaluateGradient();
        var preconditioner = IPreconditioner.Create(network.Specification, problem.Settings.Loss, problem.Data.SampleCount);
        preconditioner.Build(point.Objective, point.Network);
        var products = new CurvatureOperator(network.Specification, problem.Data.SampleCount);

        // M^{-1} = CCᵀ, so that Hv = θMv has the eigenvalues of CᵀHC.
        Matrix inverse = Columns(network, preconditioner.Solve);
        Matrix hessian = Columns(network, (v, r) => products.Apply(point.Objective, point.Network, v, r, full: true));
        Matrix root = SymmetricRoot(inverse);
        double[] expected = SymmetricEigendecomposition.Eigenvalues(Product.Multiply(root, Product.Multiply(hessian, root)));
        var found = HessianCertificate.Compute(network, problem.Data, problem.Settings, ByLanczos);
        Assert.Equal(StationaryPointKind.Minimum, found.Kind);
        HessianEigenvalue least = found.Eigenvalues[0];
        Assert.InRange(least.Value, expected[^1] - 1e-9, expected[^1] + least.Residual + 1e-9);
    }

    [Fact]
    public void APreactivationAtAKink_LeavesNoHessian()
    {
        TrainingProblem problem = Clusters(depth: 2, "relu");
        var network = problem.Network.Copy();
        network.Weights(1).Row(0).Clear();
        var found = HessianCertificate.Compute(network, problem.Data, problem.Settings);
        Assert.Equal(StationaryPointKind.NotDifferentiable, found.Kind);
        Assert.Contains($"{problem.Data.SampleCount} preactivations", found.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void APointWithAGradient_IsNotCalledStationary()
    {
        TrainingProblem problem = Clusters(depth: 1, "tanh");
        Assert.Equal(StationaryPointKind.NotStationary, HessianCertificate.Compute(problem.Network, problem.Data, problem.Settings).Kind);
    }

    /// <summary>Three classes of four samples around their means.</summary>
    private static TrainingProblem Clusters(int depth, string activation, int inputs = 3, int width = 6)
    {
        var stream = new RandomStream(5, RandomPurpose.Data);
        int[] labels = [.. Enumerable.Range(0, 12).Select(i => i / 4)];
        Matrix means = RandomMatrix.Gaussian(inputs, 3, stream);
        Matrix x = Matrix.FromEntries(inputs, 12, (i, j) => means[i, labels[j]] + (0.2 * stream.NextGaussian()));
        int[] widths = [.. Enumerable.Repeat(width, depth - 1), 3];
        var network = new Network(new NetworkSpecification(inputs, widths, hiddenActivation: Activation.Parse(activation)));
        Initialization.Initialize(network, InitializationScheme.Orthogonal, 3);
        var settings = new ObjectiveSettings { Convention = Convention.Mean, Lambda = 3e-3, Delta = 1, LambdaFeatures = 0 };
        return new TrainingProblem(network, DataSet.FromLabels("clusters", x, labels, 3), settings);
    }

    private static Network Stationary(TrainingProblem problem, int iterations)
    {
        Network network = problem.Network.Copy();
        var solver = new GaussNewtonSolver(problem.Objective(), network);
        solver.Start();
        for (int i = 0; i < iterations && solver.GradientSize.Relative > 1e-12; i++)
        {
            if (solver.Step() == StepOutcome.Stalled) break;
        }
        return network;
    }

    private static Matrix ByCentralDifferences(TrainingProblem problem, Network network)
    {
        const double Step = 3e-6;
        Objective objective = problem.Objective();
        Network moved = network.Copy(), plus = new(network.Specification), minus = new(network.Specification);
        int n = network.Parameters.Length;
        var hessian = new Matrix(n, n);
        for (int i = 0; i < n; i++)
        {
            moved.Parameters[i] = network.Parameters[i] + Step;
            objective.ValueAndGradient(moved, plus);
            moved.Parameters[i] = network.Parameters[i] - Step;
            objective.ValueAndGradient(moved, minus);
            moved.Parameters[i] = network.Parameters[i];
            TensorPrimitives.Subtract(plus.Parameters, minus.Parameters, hessian.Row(i));
            TensorPrimitives.Divide(hessian.Row(i), 2 * Step, hessian.Row(i));
        }
        return Symmetric(hessian);
    }

    private static Matrix Columns(Network network, Action<Network, Network> apply)
    {
        int n = network.Parameters.Length;
        var result = new Matrix(n, n);
        Network unit = new(network.Specification), image = new(network.Specification);
        for (int i = 0; i < n; i++)
        {
            unit.Parameters[i] = 1;
            apply(unit, image);
            unit.Parameters[i] = 0;
            image.Parameters.CopyTo(result.Row(i));
        }
        return Symmetric(result);
    }

    private static Matrix Symmetric(Matrix a) => Matrix.FromEntries(a.Rows, a.Rows, (i, j) => 0.5 * (a[i, j] + a[j, i]));

    private static Matrix SymmetricRoot(Matrix positive)
    {
        var parts = SymmetricEigendecomposition.Decompose(positive);
        Matrix scaled = Matrix.FromEntries(positive.Rows, positive.Rows, (i, j) => parts.Vectors[i, j] * Math.Sqrt(Math.Max(0, parts.Values[j])));
        return Product.MultiplyTransposedRight(scaled, parts.Vectors);
    }
}
