using RankCollapse.Formats;
using RankCollapse.LinearAlgebra;
using RankCollapse.Models.Comparison;
using RankCollapse.Models.Onnx;

namespace RankCollapse.Tests.Models.Comparison;

public sealed class ModelChangeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void LowRankChange_IsFoundWithItsSizeAndItsPlace()
    {
        Matrix basis = Gaussian(20, 30, 1), change = Product.Multiply(Gaussian(20, 2, 2), Gaussian(2, 30, 3));
        Write("a", ("module.fc.weight", Sum(basis, change)), ("module.same.weight", Gaussian(8, 9, 4)), ("module.new.weight", Gaussian(3, 4, 5)));
        Write("b", ("fc.weight", basis), ("same.weight", Gaussian(8, 9, 4)), ("old.weight", Gaussian(3, 4, 6)));
        ModelChange found = Run("a", "b");
        Assert.Equal(["module.fc.weight", "module.same.weight"], found.Layers.Select(layer => layer.Layer.Name));
        Assert.Equal(["fc.weight", "same.weight"], found.Layers.Select(layer => layer.Base.Name));
        Assert.Equal(Frobenius(change) / Frobenius(basis), Number(found.Layers[0], "relativeChange"), 1e-13);
        Assert.Equal((2.0, 1.0), (Number(found.Layers[0], "changeRankAtEnergy99"), Number(found.Layers[0], "changeShare")));
        Assert.Equal(2, Number(found.Layers[0], "changeAboveNoise"));
        Assert.False(found.Layers[1].IsChanged);
        Assert.Equal((0.0, 1.0, 0.0), (Number(found.Layers[1], "relativeChange"), Number(found.Layers[1], "leftOverlap"), Number(found.Layers[1],
            "intruderDimensions")));
        Assert.Equal([("module.new.weight", false), ("old.weight", true)], found.Unmatched.Select(tensor => (tensor.Name, tensor.IsOfBase)));
        Assert.Equal(found.Layers[0], Assert.Single(found.HalfOfChange));
        Assert.Equal(2 * (20 + 30), found.AdapterParameters);
    }

    /// <summary>A new direction, far stronger than all of the base's and at right angles to its outputs, is one intruder.</summary>
    [Fact]
    public void NewStrongDirection_IsAnIntruder()
    {
        Matrix basis = Matrix.FromEntries(12, 6, (i, j) => i == j ? 6 - i : 0);
        Matrix tuned = basis.Copy();
        tuned[10, 0] = 50;
        Write("a", ("fc.weight", tuned));
        Write("b", ("fc.weight", basis));
        ChangedLayer layer = Assert.Single(Run("a", "b").Layers);
        Assert.Equal(1, Number(layer, "intruderDimensions"));
        Assert.Equal(5.0 / 6, Number(layer, "leftOverlap"), 0.01);
        Assert.Equal(1, Number(layer, "rightOverlap"), 1e-12);
        Assert.Equal((0.0, 1.0), (Number(layer, "changeInLeadingLeft"), Number(layer, "changeInLeadingRight")));
    }

    [Fact]
    public void ShapesThatDiffer_AreNamed()
    {
        Write("a", ("fc.weight", Gaussian(5, 6, 1)), ("head.weight", Gaussian(7, 5, 2)));
        Write("b", ("fc.weight", Gaussian(5, 6, 1)), ("head.weight", Gaussian(4, 5, 2)));
        Assert.Equal("it is 7×5, and 4×5 in the base", Assert.Single(Run("a", "b").Unmatched).Reason);
    }

    [Fact]
    public void NothingInCommon_IsRefused()
    {
        Write("a", ("fc.weight", Gaussian(5, 6, 1)));
        Write("b", ("other.weight", Gaussian(5, 6, 1)));
        Assert.Contains("have no layer in common", Assert.Throws<InvalidInputException>(() => Run("a", "b")).Message, StringComparison.Ordinal);
    }

    /// <summary>An exporter turns the weights around, gives them a number for a name, and leaves the module's name in the node's.</summary>
    [Fact]
    public void ExportedGraph_IsComparedWithItsModule()
    {
        float[] weights = ModelBytes.Numbers(6 * 4), turned = new float[24];
        for (int i = 0; i < 6; i++)
            for (int j = 0; j < 4; j++)
                turned[(j * 6) + i] = weights[(i * 4) + j];
        NodeProto node = ModelBytes.Node("MatMul", ["x", "onnx::MatMul_7"], "y");
        node.Name = "/encoder/fc/MatMul";
        var graph = new GraphProto { Node = { node }, Initializer = { ModelBytes.Raw("onnx::MatMul_7", [4, 6], turned) } };
        _folder.Write("a.onnx", ModelBytes.Onnx(graph));
        _folder.Write("b.safetensors", ModelBytes.Safetensors(("model.encoder.fc.weight", [6, 4], weights)));
        ModelChange found = ModelChange.Run(_folder.File("a.onnx"), _folder.File("b.safetensors"));
        Assert.False(Assert.Single(found.Layers).IsChanged);
    }

    [Fact]
    public void OtherTensors_AreComparedToo()
    {
        Write("a", ("fc.weight", Gaussian(5, 6, 1)), ("fc.bias", Matrix.FromEntries(3, 1, (i, _) => i + 1)));
        Write("b", ("fc.weight", Gaussian(5, 6, 1)), ("fc.bias", Matrix.FromEntries(3, 1, (i, _) => 2 * (i + 1))));
        Assert.Equal(0.5, Assert.Single(Run("a", "b").Others).RelativeChange!.Value, 1e-15);
    }

    private ModelChange Run(string model, string basis) => ModelChange.Run(_folder.File($"{model}.safetensors"), _folder.File($"{basis}.safetensors"));

    private void Write(string name, params (string Name, Matrix Values)[] tensors)
    {
        var writer = new SafetensorsWriter();
        foreach ((string tensor, Matrix values) in tensors)
        {
            if (values.Columns == 1) writer.AddVector(tensor, values);
            else writer.Add(tensor, values);
        }
        writer.Write(_folder.File($"{name}.safetensors"));
    }

    private static double Number(ChangedLayer layer, string metric) => layer.Number(RankCollapse.Collapse.Metrics.MetricTable.All.Parse(metric))!.Value;

    private static double Frobenius(Matrix a) => Reduction.Norm(a.AsSpan());

    private static Matrix Sum(Matrix a, Matrix b) => Matrix.FromEntries(a.Rows, a.Columns, (i, j) => a[i, j] + b[i, j]);

    private static Matrix Gaussian(int rows, int columns, long seed) => RandomMatrix.Gaussian(rows, columns, new RandomStream(seed, RandomPurpose.Sampling));
}
