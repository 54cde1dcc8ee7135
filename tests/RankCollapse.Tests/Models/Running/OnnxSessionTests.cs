using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using RankCollapse.Models.Onnx;
using RankCollapse.Models.Running;
using RankCollapse.Tests.Cli;

namespace RankCollapse.Tests.Models.Running;

public sealed class OnnxSessionTests
{
    [Fact]
    public void LoopWithoutAnEnd_EndsAtItsTime()
    {
        using var session = new OnnxSession(Loop(), "loop.onnx", ".") { MostTime = TimeSpan.FromSeconds(0.2) };
        var error = Assert.Throws<InvalidInputException>(() => Run(session));
        Assert.Contains("did not give its outputs within 0 s", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void LoopWithoutAnEnd_EndsOnRequest()
    {
        using var session = new OnnxSession(Loop(), "loop.onnx", ".");
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(0.2));
        using IDisposable use = Cancellation.Use(stop.Token);
        Assert.ThrowsAny<OperationCanceledException>(() => Run(session));
    }

    [Theory]
    [InlineData("inspect", "", "TERM")]
    [InlineData("compress", "", "INT")]
    [InlineData("inspect", "one node", "INT")]
    public void CommandThatRunsIt_EndsAtTheFirstSignal(string verb, string kind, string signal)
    {
        using var folder = new TemporaryFolder();
        string model = folder.File("loop.onnx"), data = folder.Write("data.csv", "1,2,3,4,0\n2,3,4,5,1\n3,4,5,6,0\n");
        File.WriteAllBytes(model, (kind.Length > 0 ? Hostile(kind) : Loop()).ToByteArray());
        string[] more = verb == "compress" ? ["--energy", "0.9", "--out", folder.File("small.onnx")] : [];
        using var command = CommandProcess.Start([verb, model, "--data", data, .. more]);
        command.WaitUntilItListens();
        Thread.Sleep(500);
        Assert.False(command.HasEnded, command.HasEnded ? command.WaitForEnd().Error : "");
        command.Signal(signal);
        Assert.Equal(1, command.WaitForEnd(15).ExitCode);
        Assert.False(File.Exists(folder.File("small.onnx")));
    }

    /// <summary>ONNX Runtime asks between nodes whether it shall end; this one takes an hour.</summary>
    [Fact]
    public void NodeThatNothingEnds_EndsTheProgramWithOneLine()
    {
        using var folder = new TemporaryFolder();
        string model = folder.Write("node.onnx", Hostile("one node").ToByteArray()), data = folder.Write("data.csv", "1,2,3,4,0\n2,3,4,5,1\n3,4,5,6,0\n");
        using var command = CommandProcess.Start(["inspect", model, "--data", data, "--json"]);
        CommandLine result = command.WaitForEnd(60);
        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        string line = Assert.Single(result.Error.Split('\n'), text => text.StartsWith("error", StringComparison.Ordinal));
        Assert.Contains("did not give its outputs within 3 s", line, StringComparison.Ordinal);
    }

    /// <summary>Models of a few hundred bytes that ask for hours, or for gigabytes.</summary>
    [Theory]
    [InlineData("trips outside", "did not give its outputs within 3 s")]
    [InlineData("kept trips", "hostile.onnx ")]
    [InlineData("constant", "would need more than 40.0 MB of memory")]
    [InlineData("expanded", "would need more than 40.0 MB of memory")]
    public void SmallModelThatAsksForTooMuch_IsRefusedInOneLine(string kind, string refusal)
    {
        using var folder = new TemporaryFolder();
        string model = folder.Write("hostile.onnx", Hostile(kind).ToByteArray()), data = folder.Write("data.csv", "1,2,3,4,0\n2,3,4,5,1\n3,4,5,6,0\n");
        CommandLine result = CommandLine.Run("inspect", model, "--data", data, "--max-memory", "40M", "--json");
        Assert.Equal(2, result.ExitCode);
        string line = Assert.Single(result.Error.Split('\n'), text => text.StartsWith("error", StringComparison.Ordinal));
        Assert.Contains(refusal, line, StringComparison.Ordinal);
    }

    private static ModelProto Hostile(string kind)
    {
        ModelProto model = Loop();
        GraphProto graph = model.Graph;
        NodeProto loop = graph.Node[0];
        void InPlaceOfTheLoop(long[] many, params NodeProto[] nodes)
        {
            graph.Node.Remove(loop);
            graph.Initializer.Add(
                new TensorProto { Name = "many", Dims = { many.Length }, DataType = (int)TensorProto.Types.DataType.Int64, Int64Data = { many } });
            NodeProto last = graph.Node[0];
            graph.Node.Clear();
            graph.Node.Add(
                [.. nodes, ModelBytes.Node("ReduceMax", ["large"], "m", ModelBytes.Whole("keepdims", 0)), ModelBytes.Node("Add", ["x", "m"], "h"), last]);
        }

        NodeProto sum = ModelBytes.Node("ReduceSum", ["x"], "s", ModelBytes.Whole("keepdims", 0));
        switch (kind)
        {
            case "trips outside":
                // The number of trips is what the file itself begins with.
                TensorProto trips = graph.Initializer[0];
                trips.Int64Data.Clear();
                trips.DataLocation = TensorProto.Types.DataLocation.External;
                trips.ExternalData.Add(new StringStringEntryProto { Key = "location", Value = "hostile.onnx" });
                trips.ExternalData.Add(new StringStringEntryProto { Key = "length", Value = "8" });
                break;
            case "kept trips":
                GraphProto body = loop.Attribute[0].G;
                body.Node.Add(ModelBytes.Node("Identity", ["next"], "kept"));
                body.Output.Add(new ValueInfoProto { Name = "kept", Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = 1 } } });
                loop.Output.Add("all");
                break;
            case "constant":
                InPlaceOfTheLoop([1L << 40], ModelBytes.Node("ConstantOfShape", ["many"], "large"));
                break;
            case "one node":
                var kernel = new AttributeProto { Name = "kernel_shape", Type = AttributeProto.Types.AttributeType.Ints, Ints = { 2000, 2000 } };
                InPlaceOfTheLoop([1, 1, 4000, 4000], sum, ModelBytes.Node("Expand", ["s", "many"], "wide"),
                    ModelBytes.Node("MaxPool", ["wide"], "large", kernel));
                break;
            default:
                InPlaceOfTheLoop([1L << 40], sum, ModelBytes.Node("Expand", ["s", "many"], "large"));
                break;
        }
        return model;
    }

    private static void Run(OnnxSession session)
    {
        using OrtValue x = OrtValue.CreateTensorValueFromMemory(new float[4], [1, 4]);
        using var outputs = session.Run(new Dictionary<string, OrtValue> { ["x"] = x }, ["y"]);
    }

    /// <summary>y = x·W after 2⁶² trips that add nothing.</summary>
    private static ModelProto Loop()
    {
        const int Whole = (int)TensorProto.Types.DataType.Int64, Truth = (int)TensorProto.Types.DataType.Bool, Real = (int)TensorProto.Types.DataType.Float;
        static ValueInfoProto Value(string name, int type, params long[]? shape)
        {
            var tensor = new TypeProto.Types.Tensor { ElemType = type };
            if (shape is not null)
                tensor.Shape = new TensorShapeProto { Dim = { shape.Select(size => new TensorShapeProto.Types.Dimension { DimValue = size }) } };
            return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = tensor } };
        }

        var body = new GraphProto
        {
            Name = "body",
            Input = { Value("i", Whole, []), Value("goes-on", Truth, []), Value("v", Real, null) },
            Output = { Value("goes-on-still", Truth, []), Value("next", Real, null) },
            Node = { ModelBytes.Node("Identity", ["goes-on"], "goes-on-still"), ModelBytes.Node("Add", ["v", "v"], "next") },
        };
        var graph = new GraphProto
        {
            Name = "loop",
            Input = { Value("x", Real, -1, 4) },
            Output = { Value("y", Real, -1, 2) },
            Initializer =
            {
                new TensorProto { Name = "trips", DataType = Whole, Int64Data = { 1L << 62 } },
                new TensorProto { Name = "true", DataType = Truth, Int32Data = { 1 } },
                ModelBytes.Raw("W", [4, 2], ModelBytes.Numbers(8)),
            },
            Node =
            {
                ModelBytes.Node(
                    "Loop", ["trips", "true", "x"], "h",
                    new AttributeProto { Name = "body", Type = AttributeProto.Types.AttributeType.Graph, G = body }),
                ModelBytes.Node("MatMul", ["h", "W"], "y"),
            },
        };
        graph.Input[0].Type.TensorType.Shape.Dim[0] = new TensorShapeProto.Types.Dimension { DimParam = "batch" };
        graph.Output[0].Type.TensorType.Shape.Dim[0] = new TensorShapeProto.Types.Dimension { DimParam = "batch" };
        return ModelProto.Parser.ParseFrom(ModelBytes.Onnx(graph));
    }
}
