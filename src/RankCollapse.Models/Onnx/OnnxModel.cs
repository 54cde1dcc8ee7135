using RankCollapse.Formats;
using RankCollapse.Models.Reading;

namespace RankCollapse.Models.Onnx;

/// <summary>
/// An ONNX model: its graph without numbers, and its tensors, read one at a time. Tensors are the initialisers and the values of Constant nodes,
/// those of subgraphs (If, Loop, Scan) and functions too.
/// </summary>
/// <remarks>
/// A tensor has the name by which nodes know it. Where a subgraph uses a name that is taken, the name of the node that holds the subgraph and of its attribute
/// stand before it.
/// </remarks>
internal sealed class OnnxModel : ModelTensors
{
    private readonly FileStream _stream;
    private readonly Dictionary<string, OnnxTensorData> _data = new(StringComparer.Ordinal);
    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);
    private readonly List<SkippedTensor> _skipped = [];
    private readonly List<TensorEntry> _entries = [];
    private readonly List<OnnxGraph> _graphs = [];

    private OnnxModel(string path)
        : base(path)
    {
        _stream = InputFile.Open(path);
        try
        {
            Skeleton = OnnxSkeleton.Read(_stream, path);
            Collect(Skeleton.Model.Graph, prefix: "", parent: null);
            foreach (FunctionProto function in Skeleton.Model.Functions)
                Collect(new GraphProto { Node = { function.Node } }, $"{function.Name}/", parent: null);
            Announce(_entries, _skipped);
        }
        catch
        {
            _stream.Dispose();
            throw;
        }
    }

    /// <summary>The graph as generated classes, without numbers.</summary>
    public OnnxSkeleton Skeleton { get; }

    /// <summary>The main graph, then the graphs inside its nodes and the functions; each comes after the one that holds it.</summary>
    public IReadOnlyList<OnnxGraph> Graphs => _graphs;

    /// <summary>Opens a model.</summary>
    /// <param name="path">The model's file.</param>
    /// <exception cref="InvalidInputException">It is missing, damaged or hostile.</exception>
    public static OnnxModel Open(string path) => InputFile.Guard(path, () => new OnnxModel(path));

    protected override double[] ReadNumbers(TensorEntry entry) => _data[entry.Name].Read(_stream);

    protected override void Dispose(bool disposing) => _stream.Dispose();

    private void Collect(GraphProto graph, string prefix, OnnxGraph? parent)
    {
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        var collected = new OnnxGraph(graph, parent, names);
        _graphs.Add(collected);
        foreach (TensorProto tensor in graph.Initializer) Add(tensor, tensor.Name, prefix, names);
        foreach (SparseTensorProto sparse in graph.SparseInitializer)
            _skipped.Add(new SkippedTensor(sparse.Values?.Name ?? "", "it is stored as a sparse tensor, which is not read"));
        foreach (NodeProto node in graph.Node)
        {
            foreach (AttributeProto attribute in node.Attribute)
            {
                if (node.OpType == "Constant" && attribute.Name == "value" && attribute.T is { } value && node.Output.Count > 0)
                    Add(value, node.Output[0], prefix, names);
                foreach (GraphProto inner in (GraphProto[])[.. attribute.G is { } single ? [single] : Array.Empty<GraphProto>(), .. attribute.Graphs])
                    Collect(inner, $"{prefix}{(node.Name.Length > 0 ? node.Name : node.Output.FirstOrDefault() ?? node.OpType)}/{attribute.Name}/", collected);
            }
        }
    }

    private void Add(TensorProto tensor, string name, string prefix, Dictionary<string, string> names)
    {
        IReadOnlyList<DataSegment> segments = Skeleton.DataOf(tensor);
        tensor.Name = _taken.Add(name) ? name : prefix + name;
        if (!names.TryAdd(name, tensor.Name))
            throw new InvalidInputException($"{Path} has two tensors named {ErrorText.Printable(name)}; names are unique; export the model again.");
        if (OnnxTensorData.Of(Path, tensor, segments, out string? reason) is not { } data)
        {
            _skipped.Add(new SkippedTensor(tensor.Name, reason!));
            return;
        }
        if (!_data.TryAdd(tensor.Name, data))
            throw new InvalidInputException($"{Path} has two tensors named {ErrorText.Printable(tensor.Name)}; names are unique; export the model again.");
        _entries.Add(data.Entry);
    }
}

/// <summary>A graph of an ONNX model: the main one, one inside a node, or the body of a function.</summary>
/// <param name="Proto">Its nodes, inputs and outputs.</param>
/// <param name="Parent">The graph whose node holds this one, and whose values are known here; null for the main graph and for functions.</param>
/// <param name="TensorNames">The tensor of the model, in <see cref="ModelTensors.Tensors"/>, for each constant name of this graph.</param>
internal sealed record OnnxGraph(GraphProto Proto, OnnxGraph? Parent, IReadOnlyDictionary<string, string> TensorNames);
