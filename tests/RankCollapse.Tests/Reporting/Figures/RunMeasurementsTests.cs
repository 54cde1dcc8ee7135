using RankCollapse.Collapse;
using RankCollapse.Collapse.Metrics;
using RankCollapse.Data;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using RankCollapse.Reporting.Figures;
using RankCollapse.Runs;
using RankCollapse.Training;
using static RankCollapse.Tests.Collapse.Samples;

namespace RankCollapse.Tests.Reporting.Figures;

/// <summary>What the table of <c>train</c> and the report say of a layer, and what <c>measure</c> says.</summary>
public sealed class RunMeasurementsTests
{
    /// <summary>Classes 0 to 2 have samples, class 3 has none.</summary>
    private static readonly int[] SampleLabels = Labels(24, 3);

    [Theory]
    [InlineData(1e-7, CollapseState.Collapsed)]
    [InlineData(1e-2, CollapseState.Nearly)]
    [InlineData(10, CollapseState.NotCollapsed)]
    public void States_OfEveryVerbAgree_WithAnEmptyClass(double noise, CollapseState expected)
    {
        Run run = Measured(Noisy(6, SampleLabels, 3, noise, 1), out IReadOnlyList<MeasuredLayer> layers);
        Assert.All(layers, layer => Assert.Equal(expected, layer.Verdict!.State));
        Assert.All(layers, layer => Assert.Equal(expected, new RunMeasurements(run).State(layer.Layer)));
    }

    [Fact]
    public void States_OfRunsOfTheFirstVersion_AreTakenFromTheSumOfSquares()
    {
        Run run = Measured(Noisy(6, SampleLabels, 3, 1e-7, 1), out IReadOnlyList<MeasuredLayer> layers);
        LayerSummary[] old = [.. run.Summary.Layers.Select(
            layer => layer with { Numbers = new Dictionary<string, double?> { ["wcssOfClasses"] = layer.WcssOfClasses } })];
        var measurements = new RunMeasurements(run with { Summary = run.Summary with { Layers = old } });
        Assert.All(layers, layer => Assert.Equal(CollapseState.Collapsed, measurements.State(layer.Layer)));
    }

    [Fact]
    public void PredictionDistance_IsTheNumberOfTheSummary()
    {
        Run run = Measured(Noisy(6, SampleLabels, 3, 0.1, 1), out IReadOnlyList<MeasuredLayer> layers);
        Assert.Equal(layers[0].Summary.Number(PredictionMetrics.Distance), new RunMeasurements(run).PredictionDistance(1));
    }

    private static Run Measured(Matrix inputs, out IReadOnlyList<MeasuredLayer> layers)
    {
        var network = new Network(new NetworkSpecification(6, [8, 4]));
        var stream = new RandomStream(3, RandomPurpose.Initialization);
        foreach (ref double parameter in network.Parameters.AsSpan()) parameter = 0.1 * stream.NextGaussian();
        var data = DataSet.FromLabels("samples", inputs, SampleLabels, 4);
        layers = CollapseMeasurement.Measure(network, data);
        return new Run
        {
            Configuration = new RunConfiguration { Depth = 2, Width = [8] },
            DataSet = data,
            Initial = network,
            Trained = network,
            Metrics = [],
            Summary = new RunSummary { Status = TrainingStatus.Converged, Convention = Convention.Sum, Layers = [.. layers.Select(layer => layer.Summary)] },
        };
    }
}
