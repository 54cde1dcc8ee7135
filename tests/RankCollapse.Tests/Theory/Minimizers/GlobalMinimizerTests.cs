using CsCheck;
using RankCollapse.Collapse;
using RankCollapse.Data;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using RankCollapse.Theory.Minimizers;
using RankCollapse.Theory.RepresentationCosts;
using static RankCollapse.Tests.Theory.Instances;

namespace RankCollapse.Tests.Theory.Minimizers;

public sealed class GlobalMinimizerTests
{
    /// <summary>A problem within the hypotheses, C, and the minimiser for a seed of factors.</summary>
    private static readonly Gen<(FeatureProblem Problem, double Constant, GlobalMinimizer Found)> Minimizers =
        Gen.Select(Gen.OneOf(Pyramids, Residuals), Gen.Int[0, 1000]).Select((one, seed) =>
            (one.Problem, one.Constant, GlobalMinimizer.Construct(one.Problem, new GlobalMinimizerOptions { Constant = one.Constant, Seed = seed })));

    /// <summary>The theorem asks for activations onto R, and holds for others where their range suffices.</summary>
    [Fact]
    public void Minimizer_WithinTheHypotheses_NamesNoneButTheRange() => Minimizers.Sample(
        m => m.Found.UnmetHypotheses.All(unmet => unmet.StartsWith("activations are homeomorphisms onto R", StringComparison.Ordinal))
            && (m.Found.UnmetHypotheses.Count == 0) == m.Problem.Specification.ActivationOf(1).IsOntoReals, iter: 300);

    [Fact]
    public void Value_IsThatOfTheTheorems() =>
        Minimizers.Sample(m => Math.Abs(m.Found.Value - TheoremsValue(m.Problem, m.Constant)) <= 1e-14 * m.Found.Value, iter: 300);

    [Fact]
    public void Cost_OfTheFeatures_IsTheValue() =>
        Minimizers.Sample(m => Math.Abs(RepresentationCost.OfFeatures(m.Problem, m.Found.Features).Value - m.Found.Value) <= 1e-9 * m.Found.Value, iter: 300);

    [Fact]
    public void Features_LieInTheConstraints() =>
        Minimizers.Sample(m => LiesInTheConstraints(m.Problem, m.Found.Features, m.Constant), iter: 300);

    [Fact]
    public void Features_OfEveryLayer_AreCollapsed() =>
        Minimizers.Sample(
            m =>
            {
                var partition = new Partition(m.Problem.Data.Labels, m.Problem.Data.OutputDimension);
                return m.Found.Features.Skip(1).All(z =>
                    ClassCentroids.Compute(z, partition).WithinVariation <= 1e-20 * (1 + Math.Pow(Frobenius.Norm(z), 2)));
            },
            iter: 300);

    [Fact]
    public void Cost_OfTheNetwork_IsTheValue() =>
        Minimizers.Sample(
            m =>
            {
                double rounding = Rounding(m.Problem, m.Found.Features)[^1];
                var options = new RepresentationCostOptions { Tolerance = rounding / Frobenius.Norm(m.Problem.Data.Targets) };
                return Math.Abs(RepresentationCost.OfWeights(m.Problem, m.Found.RequireNetwork(), options) - m.Found.Value) <= 1e-9 * m.Found.Value;
            },
            iter: 300);

    [Fact]
    public void Network_HasTheFeatures() =>
        Minimizers.Sample(
            m => m.Found.RequireNetwork().Features(m.Problem.Data.Inputs)
                .Zip(m.Found.Features, Rounding(m.Problem, m.Found.Features))
                .All(p => Frobenius.Distance(p.First, p.Second) <= p.Third),
            iter: 300);

    [Fact]
    public void Cost_OfFeaturesWithinTheConstraints_IsNotBelowTheMinimum()
    {
        Gen<(FeatureProblem, Matrix[])> interpolations =
            from sizes in ClassSizes(3, 3)
            from depth in Gen.Int[2, 4]
            from activation in WithConstants.Select(one => one.Activation)
            from architecture in Gen.Enum<Architecture>()
            from problem in Squares(sizes, depth, activation, architecture)
            from features in Interpolations(problem)
            select (problem, features);
        interpolations.Sample(
            (problem, features) =>
            {
                // Every interpolating configuration lies in S for its own least C.
                double constant = FeatureConstraints.Check(problem, features, 1).LeastConstant;
                return RepresentationCost.OfFeatures(problem, features).Value >= TheoremsValue(problem, constant) * (1 - 1e-9);
            },
            iter: 300);
    }

    [Fact]
    [Trait("Category", "Long")]
    public void Minimizer_OfManyLargeInstances_IsInTheConstraintsAtTheTheoremsValueAndCollapsed()
    {
        LongTests.Require();
        Minimizers.Sample(
            m =>
            {
                var partition = new Partition(m.Problem.Data.Labels, m.Problem.Data.OutputDimension);
                return LiesInTheConstraints(m.Problem, m.Found.Features, m.Constant)
                    && Math.Abs(RepresentationCost.OfFeatures(m.Problem, m.Found.Features).Value - TheoremsValue(m.Problem, m.Constant))
                        <= 1e-9 * m.Found.Value
                    && m.Found.Features.Skip(1).All(z => CollapseVerdict.Of(ClassCentroids.Compute(z, partition)).IsCollapsed);
            },
            iter: 20_000);
    }

    [Fact]
    public void Minimizer_OfTanhLayers_NeedsSpreadFactors()
    {
        RandomStream stream = Stream(5);
        FeatureProblem problem = Square(stream, 4, 40, 4, Activation.Tanh);
        GlobalMinimizer spread = GlobalMinimizer.Construct(problem);
        Assert.NotNull(spread.Network);
        Matrix[] canonical = [Matrix.Identity(40), Matrix.Identity(40), Matrix.Identity(40, 4)];
        var options = new GlobalMinimizerOptions { OrthogonalFactors = canonical };
        Assert.Contains("tanh", Assert.Throws<InvalidInputException>(() => GlobalMinimizer.Construct(problem, options)).Message);
        GlobalMinimizer small = GlobalMinimizer.Construct(problem, options with { Constant = 0.2 });
        Assert.Equal(3 * 4 / 0.4, small.Value, 1e-12);
    }

    [Fact]
    public void Minimizer_OutsideTheHypotheses_SaysWhich()
    {
        DataSet data = Classes(4, 9, 3, Stream(6));
        var narrow = GlobalMinimizer.Construct(Of([5, 3, 3], Activation.Identity));
        Assert.Null(narrow.Network);
        Assert.Contains("no network has them", Assert.Throws<InvalidInputException>(narrow.RequireNetwork).Message);
        Assert.Contains(narrow.UnmetHypotheses, h => h.StartsWith("n_1 ≥ N", StringComparison.Ordinal));
        Assert.Contains(narrow.UnmetHypotheses, h => h.StartsWith("X reaches Z^1", StringComparison.Ordinal));
        Assert.Throws<InvalidInputException>(() => GlobalMinimizer.Construct(Of([9, 2, 3], Activation.Tanh)));
        Assert.Throws<InvalidInputException>(() => GlobalMinimizer.Construct(Of([9, 9, 3], Activation.Parse("relu"))));
        Assert.Throws<InvalidInputException>(() => GlobalMinimizer.Construct(Of([9, 9, 3], Activation.Parse("softplus"))));

        FeatureProblem Of(int[] widths, Activation activation) => new(new NetworkSpecification(4, widths, hiddenActivation: activation), data);
    }

    /// <summary>(L − 1)/2·rank(Y)/C of Theorem 4.2, rank(Y)/(2C) of Theorem C.2.</summary>
    private static double TheoremsValue(FeatureProblem problem, double constant) =>
        (problem.Specification.Architecture == Architecture.Residual ? 1 : problem.Specification.Depth - 1) * problem.Data.OutputDimension / (2 * constant);

    /// <summary>Definition 4.1's conditions, with rank(σ_l^{-1}(Z^l)) as far as rounding lets it be told.</summary>
    /// <remarks>
    /// Five layers of asinh take sinh four times over: the singular values of σ_1^{-1}(Z^1), up to e^22, may lie further apart than the 1e−5 by which
    /// <see cref="FeatureConstraints"/> counts them, in one of a million instances.
    /// </remarks>
    private static bool LiesInTheConstraints(FeatureProblem problem, IReadOnlyList<Matrix> features, double constant) =>
        FeatureConstraints.Check(problem, features, constant).Layers.All(layer =>
            layer.Violations.Count == 0
            || (layer.Violations.All(violation => violation.StartsWith("(III)", StringComparison.Ordinal))
                && Rank(problem, features, layer.Layer) >= problem.Data.OutputDimension));

    private static int Rank(FeatureProblem problem, IReadOnlyList<Matrix> features, int layer) =>
        problem.TryProduce(features, layer, out Matrix? produced, out _)
            ? NumericalRank.Of(produced, Tolerances.PseudoInverseCutoff(produced.Rows, produced.Columns))
            : -1;

    /// <summary>How far the features Z^0 … Z^L of W_l = A_l·Z^{l−1,+} may be from the given ones by rounding.</summary>
    /// <remarks>
    /// W_l·Z^{l−1} errs by rounding times κ(Z^{l−1})·‖A_l‖, √2 of it by the pseudo-inverse (Wedin 1973) and 1 by each of two products, and what Z^{l−1} is off
    /// comes times s_1(W_l), and once more along a skip; σ_l stretches it by sup|σ'| at most. ‖A_1‖ is what counts: it reaches 4e9.
    /// </remarks>
    private static double[] Rounding(FeatureProblem problem, IReadOnlyList<Matrix> features)
    {
        var errors = new double[features.Count];
        for (int l = 1; l < errors.Length; l++)
        {
            LayerCost layer = problem.Layer(features, l);
            double condition = layer.Inverse!.SingularValues[0] / layer.Inverse.SingularValues[layer.Inverse.Rank - 1];
            double growth = SingularValueDecomposition.SingularValues(layer.Weights!)[0] + (problem.Specification.HasSkip(l) ? 1 : 0);
            double slope = Math.Max(1, problem.Specification.ActivationOf(l).DerivativeBounds.First);
            double own = slope * ((Math.Sqrt(2) + 2) * condition * Frobenius.Norm(layer.Produced!)) + Frobenius.Norm(features[l]);
            errors[l] = (slope * growth * errors[l - 1]) + (Tolerances.Decomposition(features[l].Rows, features[l].Columns) * own);
        }
        return errors;
    }
}
