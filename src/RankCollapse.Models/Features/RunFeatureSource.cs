using RankCollapse.Data;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;

namespace RankCollapse.Models.Features;

/// <summary>The features Z^1 … Z^L of one of our own networks.</summary>
internal sealed class RunFeatureSource : IFeatureSource
{
    private readonly Network _network;
    private readonly Matrix _inputs;

    /// <summary>Opens a network with data.</summary>
    /// <param name="name">The run, for messages.</param>
    /// <param name="network">The network.</param>
    /// <param name="inputs">d×N.</param>
    /// <param name="labels">The label of each sample; null for regression.</param>
    /// <param name="targets">K×N, for regression; null for classes, and where they are not known.</param>
    public RunFeatureSource(string name, Network network, Matrix inputs, IReadOnlyList<int>? labels, Matrix? targets = null)
    {
        Name = name;
        _network = network;
        _inputs = inputs;
        Labels = labels;
        Targets = labels is null ? targets?.Transpose() : null;
        NetworkSpecification shape = network.Specification;
        if (inputs.Rows != shape.InputDimension)
            throw new InvalidInputException(
                $"{name} takes {shape.InputDimension} inputs, but the data have {inputs.Rows}; give the data that it was made for.");
        Tensors =
            [.. Enumerable.Range(1, shape.Depth)
            .Select(l => new FeatureTensor($"Z{l}", [shape.Width(l)], shape.ActivationOf(l).Name, $"W{l}", EndsLayer: true))];
        Output = Tensors[^1];
        Classifier = shape.Depth > 1 ? new LinearClassifier($"Z{shape.Depth - 1}", network.Weights(shape.Depth), $"W{shape.Depth}") : null;
    }

    /// <summary>Opens a network with a data set.</summary>
    public RunFeatureSource(string name, Network network, DataSet data)
        : this(name, network, data.Inputs, data.Labels.Length == 0 ? null : data.Labels, data.Targets)
    {
    }

    public string Name { get; }

    public IReadOnlyList<FeatureTensor> Tensors { get; }

    public IReadOnlyList<SkippedItem> Skipped => [];

    public int SampleCount => _inputs.Columns;

    public IReadOnlyList<int>? Labels { get; }

    public Matrix? Targets { get; }

    public FeatureTensor Output { get; }

    public LinearClassifier? Classifier { get; }

    public void Run(IReadOnlyList<FeatureTensor> tensors, int batchSize, FeatureVisitor visit, CancellationToken cancellation)
    {
        int[] layers = [.. tensors.Select(tensor => int.Parse(tensor.Name.AsSpan(1)))];
        for (int first = 0; first < SampleCount; first += batchSize)
        {
            cancellation.ThrowIfCancellationRequested();
            Matrix[] features = _network.Features(_inputs.Block(0, first, _inputs.Rows, Math.Min(batchSize, SampleCount - first)));
            for (int t = 0; t < layers.Length; t++) visit(t, first, features[layers[t]].Transpose());
        }
    }

    public void Dispose()
    {
    }
}
