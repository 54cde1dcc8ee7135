using System.Numerics.Tensors;
using RankCollapse.Data;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using RankCollapse.Training;
using RankCollapse.Training.Solving;

namespace RankCollapse.Tests.Training;

/// <summary>Objectives that take samples in parts against those that take all at once.</summary>
public sealed class SamplePartsTests
{
    /// <summary>Value, parts, gradient and its size are those of all samples at once, in every loss, convention and architecture.</summary>
    [Fact]
    public void ValueAndGradient_AreThoseOfAllSamplesAtOnce()
    {
        foreach (Loss loss in Enum.GetValues<Loss>())
            foreach (Convention convention in Enum.GetValues<Convention>())
                foreach (Architecture architecture in Enum.GetValues<Architecture>())
                {
                    DataSet data = GaussianMixture.Draw(SampleParts.Size + 300, 3, 5, 0.5, 1);
                    var network = new Network(new NetworkSpecification(5, [7, 7, 3], architecture, hasBias: true));
                    Initialization.Initialize(network, InitializationScheme.Gaussian, 2);
                    double? ofFeatures = convention == Convention.Equation3 ? null : 1e-3;
                    var settings = new ObjectiveSettings { Loss = loss, Convention = convention, Lambda = 1e-2, Delta = 0.5, LambdaFeatures = ofFeatures };
                    Network expected = new(network.Specification), gradient = new(network.Specification);
                    var whole = new Objective(network.Specification, data, settings);
                    ObjectiveValue value = whole.ValueAndGradient(network, expected);
                    var parts = new Objective(network.Specification, data, settings, keepsCurvature: false, isInParts: true);
                    int seen = 0;
                    parts.Visitor = (first, features) =>
                    {
                        Assert.Equal(seen, first);
                        for (int l = 0; l < features.Count; l++)
                        {
                            Matrix same = whole.Features[l].Block(0, first, features[l].Rows, features[l].Columns);
                            double size = TensorPrimitives.Norm<double>(same.AsSpan());
                            Assert.True(TensorPrimitives.Distance<double>(same.AsSpan(), features[l].AsSpan()) <= 1e-13 * size);
                        }
                        seen += features[0].Columns;
                    };
                    foreach (bool withGradient in (bool[])[true, false])
                    {
                        seen = 0;
                        ObjectiveValue found = withGradient ? parts.ValueAndGradient(network, gradient) : parts.Value(network);
                        Assert.Equal(data.SampleCount, seen);
                        Assert.Equal(value.Total, found.Total, 1e-13 * value.Total);
                        Assert.Equal(value.DataLoss, found.DataLoss, 1e-13 * value.DataLoss);
                        Assert.Equal(value.FeaturePenalty, found.FeaturePenalty, 1e-13 * value.Total);
                        Assert.Equal(value.WeightPenalty, found.WeightPenalty, 1e-13 * value.Total);
                    }
                    Assert.Equal(whole.GradientSize.Norm, parts.GradientSize.Norm, 1e-12 * whole.GradientSize.Norm);
                    Assert.Equal(whole.GradientSize.Relative, parts.GradientSize.Relative, 1e-12);
                    Assert.True(TensorPrimitives.Distance<double>(expected.Parameters, gradient.Parameters) <= 1e-12 * whole.GradientSize.Norm);
                    Assert.Equal(whole.Features[^1].Rows * data.SampleCount, parts.Outputs.Length);
                }
    }

    /// <summary>The gradient is left out of records unless it is asked for, and is there at the end.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void RecordsOfManySamples_HaveTheGradientWhereItIsAskedFor(bool recordsGradient)
    {
        DataSet data = GaussianMixture.Draw(300, 2, 3, 0.5, 0);
        var network = new Network(new NetworkSpecification(3, [4, 2]));
        Initialization.Initialize(network, InitializationScheme.Orthogonal, 0);
        var objective = new Objective(network.Specification, data, new ObjectiveSettings(), keepsCurvature: false, isInParts: true);
        var settings = new SolverSettings { Entry = Solvers.All.Parse("sgd"), BatchSize = 50, LearningRate = 1e-3 };
        var norms = new List<double>();
        using var trainer = new Trainer(settings.CreateSolver(objective, network), new TrainingOptions
        {
            MaxEpochs = 3,
            RecordEvery = 1,
            RecordsGradient = recordsGradient,
        }, new TrainingObserver { Record = state => norms.Add(state.Gradient.Norm) });
        TrainingResult result = trainer.Run(TestContext.Current.CancellationToken);
        Assert.Equal([recordsGradient, recordsGradient, recordsGradient, true], norms.Select(double.IsFinite));
        Assert.True(double.IsFinite(result.Final.Gradient.Relative));
    }
}
