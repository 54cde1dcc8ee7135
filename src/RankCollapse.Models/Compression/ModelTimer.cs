using System.Diagnostics;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using RankCollapse.LinearAlgebra;
using RankCollapse.Models.Onnx;
using RankCollapse.Models.Running;

namespace RankCollapse.Models.Compression;

/// <summary>
/// Times a model, and its layers alone, against the same with factors: in pairs, one after the other, in ONNX Runtime as it would be deployed.
/// </summary>
/// <param name="model">The model.</param>
/// <param name="name">Its name, for errors.</param>
/// <param name="folder">The folder where its external data lie.</param>
/// <param name="batch">The inputs.</param>
/// <param name="cancellation">Stops between pairs.</param>
internal sealed class ModelTimer(ModelProto model, string name, string folder, ModelBatch batch, CancellationToken cancellation)
{
    private const int MostPairs = 101;
    private const int FewestPairs = 3;
    private static readonly TimeSpan MostTime = TimeSpan.FromSeconds(0.3);

    private readonly Dictionary<string, OrtShape?> _shapes = new(StringComparer.Ordinal);

    /// <summary>The sizes and the type of a tensor.</summary>
    private sealed record OrtShape(long[] Sizes, TensorElementType Type);

    /// <summary>The numbers of threads that are timed: one, and as many as there may be.</summary>
    public static IReadOnlyList<int> Threads => Product.MaxThreads == 1 ? [1] : [1, Product.MaxThreads];

    /// <summary>Times the whole model against a changed one.</summary>
    public IReadOnlyList<LatencyChange> Compare(ModelProto changed) =>
        [.. Threads.Select(threads => Compare(model, changed, batch.Create, batch.Size, threads))];

    /// <summary>
    /// How much longer the first node of a layer takes with factors: the larger of the ratios over the numbers of threads; null where it cannot be timed alone.
    /// </summary>
    /// <param name="layer">The name of the weights.</param>
    /// <param name="factors">The factors.</param>
    public double? RatioOf(string layer, LayerFactors factors)
    {
        NodeProto node = model.Graph.Node.First(candidate => candidate.Input.Contains(layer));
        string data = node.Input.First(input => input != layer);
        if (ShapeOf(data) is not { } shape) return null;
        var graph = new GraphProto { Name = "layer", Node = { node.Clone() }, Output = { new ValueInfoProto { Name = node.Output[0] } } };
        var sizes = new TensorShapeProto();
        foreach (long size in shape.Sizes) sizes.Dim.Add(new TensorShapeProto.Types.Dimension { DimValue = size });
        graph.Input.Add(new ValueInfoProto
        {
            Name = data,
            Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)shape.Type, Shape = sizes } },
        });
        foreach (string constant in node.Input.Where(input => input.Length > 0 && input != data))
        {
            if (GraphFactors.FindTensor(model.Graph, constant) is not { } tensor) return null;
            TensorProto copy = tensor.Clone();
            copy.Name = constant;
            graph.Initializer.Add(copy);
        }
        ModelProto before = With(graph), after = With(graph.Clone());
        GraphFactors.Replace(after.Graph, new Dictionary<string, LayerFactors> { [layer] = factors });
        int count = (int)shape.Sizes.Aggregate(1L, (product, size) => product * size);
        var numbers = new double[count];
        var stream = new RandomStream(0, RandomPurpose.Sampling);
        foreach (ref double number in numbers.AsSpan()) number = stream.NextGaussian();
        Dictionary<string, OrtValue> Create() => new() { [data] = TensorValues.Create(data, shape.Type, numbers, shape.Sizes) };
        return Threads.Max(threads => Compare(before, after, Create, batch.Size, threads).Ratio);
    }

    private ModelProto With(GraphProto graph)
    {
        var other = new ModelProto { IrVersion = Math.Max(model.IrVersion, OnnxFile.InitialisersAlone), Graph = graph };
        other.OpsetImport.AddRange(model.OpsetImport);
        return other;
    }

    /// <summary>The sizes of a tensor of the graph on the inputs; null where it is no tensor of real numbers.</summary>
    private OrtShape? ShapeOf(string tensor)
    {
        if (_shapes.TryGetValue(tensor, out OrtShape? known)) return known;
        Dictionary<string, OrtValue> inputs = batch.Create();
        try
        {
            if (inputs.TryGetValue(tensor, out OrtValue? given)) return _shapes[tensor] = Shape(given);
            using var session = new OnnxSession(OnnxFile.WithOutputs(model, [tensor]), name, folder);
            using IDisposableReadOnlyCollection<OrtValue> values = session.Run(inputs, [tensor]);
            return _shapes[tensor] = Shape(values[0]);
        }
        finally
        {
            foreach (OrtValue value in inputs.Values) value.Dispose();
        }

        static OrtShape? Shape(OrtValue value)
        {
            OrtTensorTypeAndShapeInfo info = value.GetTensorTypeAndShape();
            return TensorValues.IsReadable(info.ElementDataType) ? new OrtShape(info.Shape, info.ElementDataType) : null;
        }
    }

    private LatencyChange Compare(ModelProto before, ModelProto after, Func<Dictionary<string, OrtValue>> create, int samples, int threads)
    {
        using var left = new OnnxSession(before, name, folder, threads);
        using var right = new OnnxSession(after, name, folder, threads);
        string[] outputs = [.. left.Outputs.Select(output => output.Name)];
        Dictionary<string, OrtValue> inputs = create();
        try
        {
            // The first run packs weights and reserves memory; short ones need a second to settle.
            if (Time(left) + Time(right) < MostTime.TotalSeconds)
            {
                Time(left);
                Time(right);
            }
            var pairs = new List<(double Before, double After)>();
            var clock = Stopwatch.StartNew();
            while (pairs.Count < FewestPairs || (pairs.Count < MostPairs && clock.Elapsed < MostTime))
            {
                cancellation.ThrowIfCancellationRequested();
                // Each is first in turn.
                double first = Time(pairs.Count % 2 == 0 ? left : right), second = Time(pairs.Count % 2 == 0 ? right : left);
                pairs.Add(pairs.Count % 2 == 0 ? (first, second) : (second, first));
            }
            double[] ratios = [.. pairs.Select(pair => pair.After / pair.Before).Order()];
            return new LatencyChange(
                threads, samples, Quantile([.. pairs.Select(pair => pair.Before).Order()], 0.5), Quantile([.. pairs.Select(pair => pair.After).Order()], 0.5),
                Quantile(ratios, 0.5), Quantile(ratios, 0.25), Quantile(ratios, 0.75), pairs.Count);
        }
        finally
        {
            foreach (OrtValue value in inputs.Values) value.Dispose();
        }

        double Time(OnnxSession session)
        {
            long start = Stopwatch.GetTimestamp();
            session.Run(inputs, outputs).Dispose();
            return Math.Max(Stopwatch.GetElapsedTime(start).TotalSeconds, 1e-9);
        }
    }

    /// <summary>A quantile of ascending numbers, between neighbours in proportion.</summary>
    private static double Quantile(double[] ascending, double share)
    {
        double place = share * (ascending.Length - 1);
        int low = (int)place;
        return low + 1 < ascending.Length ? ascending[low] + ((place - low) * (ascending[low + 1] - ascending[low])) : ascending[low];
    }
}
