using System.Globalization;
using Google.Protobuf;
using RankCollapse.Formats;
using RankCollapse.Models.Onnx;
using RankCollapse.Models.Reading;

namespace RankCollapse.Models.Running;

/// <summary>An ONNX model whole in memory, to be run or edited; numbers that lie in files beside it stay there.</summary>
internal static class OnnxFile
{
    /// <summary>Protocol buffers hold at most 2 GB.</summary>
    public const long LargestMessage = int.MaxValue;

    /// <summary>The version of the format since which initialisers need not be inputs as well.</summary>
    public const long InitialisersAlone = 4;

    /// <summary>Reads a model that <see cref="OnnxModel"/> has checked.</summary>
    /// <exception cref="InvalidInputException">It has more than 2 GB in one file.</exception>
    public static ModelProto Read(OnnxModel model)
    {
        using FileStream stream = InputFile.Open(model.Path);
        if (stream.Length > LargestMessage)
            throw new InvalidInputException(
                $"{model.Path} has {stream.Length} bytes, more than ONNX Runtime loads from one file (2 GB); export it with external data.");
        MemoryBudget.Require((3.0 * stream.Length) + model.Skeleton.ObjectBytes, model.Path, "use a machine with more memory");
        return InputFile.Guard(model.Path, () =>
        {
            try
            {
                return ModelProto.Parser.ParseFrom(stream);
            }
            catch (InvalidProtocolBufferException e)
            {
                throw new InvalidDataException(e.Message, e);
            }
        });
    }

    /// <summary>The inputs that have no default among the initialisers.</summary>
    public static IEnumerable<string> InputNames(GraphProto graph) =>
        graph.Input.Select(input => input.Name).Except(graph.Initializer.Select(tensor => tensor.Name));

    /// <summary>Whether a tensor is a sigmoid, in whatever shape.</summary>
    public static bool IsProbability(GraphProto graph, string name)
    {
        for (NodeProto? node = Producer(name); node is not null; node = node.Input.Count > 0 ? Producer(node.Input[0]) : null)
        {
            if (node.OpType is "Sigmoid" or "HardSigmoid") return true;
            if (node.OpType is not ("Identity" or "Cast" or "Reshape" or "Flatten" or "Squeeze" or "Unsqueeze")) return false;
        }
        return false;

        NodeProto? Producer(string tensor) => graph.Node.FirstOrDefault(node => node.Output.Contains(tensor));
    }

    /// <summary>The folder of a model's file, where its external data lie.</summary>
    public static string FolderOf(OnnxModel model) => Path.GetDirectoryName(Path.GetFullPath(model.Path))!;

    /// <summary>The model with other outputs; tensors are shared.</summary>
    public static ModelProto WithOutputs(ModelProto model, IEnumerable<string> names)
    {
        ModelProto changed = model.Clone();
        var outputs = changed.Graph.Output.ToDictionary(output => output.Name, StringComparer.Ordinal);
        changed.Graph.Output.Clear();

        // ONNX Runtime infers the types of outputs that are only named.
        foreach (string name in names) changed.Graph.Output.Add(outputs.GetValueOrDefault(name) ?? new ValueInfoProto { Name = name });
        return changed;
    }

    /// <summary>Takes external data into the model, so that it is one file.</summary>
    /// <param name="model">The model, changed in place.</param>
    /// <param name="file">The file that it was read from, beside which the data lie.</param>
    /// <exception cref="InvalidInputException">It would exceed 2 GB, or a location leads out of the folder.</exception>
    public static void Embed(ModelProto model, string file)
    {
        foreach (TensorProto tensor in Tensors(model.Graph).Where(tensor => tensor.DataLocation == TensorProto.Types.DataLocation.External))
        {
            string location = tensor.ExternalData.FirstOrDefault(entry => entry.Key == "location")?.Value ?? "";
            long Entry(string key, long missing) => tensor.ExternalData.FirstOrDefault(entry => entry.Key == key) is { } found
                && long.TryParse(found.Value, NumberStyles.None, CultureInfo.InvariantCulture, out long value) ? value : missing;

            using FileStream data = InputFile.Open(NeighbourFile.Resolve(file, location));
            long offset = Entry("offset", 0), length = Entry("length", data.Length - offset);
            if (model.CalculateSize() + length > LargestMessage)
                throw new InvalidInputException("The compressed model has more than 2 GB, which one file of ONNX cannot hold; keep fewer parameters.");
            if (offset > data.Length || length > data.Length - offset)
                throw new InvalidInputException(
                    $"{data.Name} has {data.Length} bytes, but tensor {ErrorText.Printable(tensor.Name)} lies at {offset} with {length}; it is truncated; get "
                    + "it again.");
            var bytes = new byte[length];
            data.Position = offset;
            data.ReadExactly(bytes);
            tensor.RawData = UnsafeByteOperations.UnsafeWrap(bytes);
            tensor.ExternalData.Clear();
            tensor.ClearDataLocation();
        }
    }

    /// <summary>Every tensor of a graph, those of constants and of graphs inside nodes too.</summary>
    public static IEnumerable<TensorProto> Tensors(GraphProto graph) =>
    [
        .. graph.Initializer,
        .. graph.Node.SelectMany(node => node.Attribute)
            .SelectMany(attribute => (TensorProto[])[.. attribute.T is { } tensor ? [tensor] : Array.Empty<TensorProto>(), .. attribute.Tensors]),
        .. graph.Node.SelectMany(node => node.Attribute).SelectMany(
            attribute => (GraphProto[])[.. attribute.G is { } inner ? [inner] : Array.Empty<GraphProto>(), .. attribute.Graphs]).SelectMany(Tensors),
    ];

    /// <summary>Writes a model, whole or not at all.</summary>
    /// <exception cref="InvalidInputException">The file cannot be written.</exception>
    public static void Write(string path, ModelProto model) => AtomicFile.Write(path, model.WriteTo);
}
