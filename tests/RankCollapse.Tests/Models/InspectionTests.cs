using RankCollapse.LinearAlgebra;
using RankCollapse.Models;

namespace RankCollapse.Tests.Models;

public sealed class InspectionTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Threads_ChangeNeitherNumbersNorOrder()
    {
        string path = Model(broken: 5);
        Inspection alone = Inspect(path, threads: 1), together = Inspect(path, threads: 4);
        Assert.Equal(11, alone.Layers.Count);
        Assert.Equal(alone.Layers.Select(layer => layer.Layer.Name), together.Layers.Select(layer => layer.Layer.Name));
        Assert.All(alone.Layers.Zip(together.Layers), pair => Assert.Equal(pair.First.Spectrum.SingularValues, pair.Second.Spectrum.SingularValues));
        Assert.Equal(alone.Skipped, together.Skipped);
        Assert.Contains(alone.Skipped, tensor => tensor.Name == "layer5.weight");
    }

    [Fact]
    public void Progress_CountsLayersOnThreadsToo()
    {
        List<int> begun = [];
        Inspect(Model(), threads: 4, new InspectionOptions { LayerProgress = (number, count, _) => begun.Add(count == 12 ? number : -1) });
        Assert.Equal(Enumerable.Range(0, 12), begun);
    }

    [Fact]
    public void Threads_StopWhenTold()
    {
        using var stop = new CancellationTokenSource();
        var options = new InspectionOptions { LayerProgress = (_, _, _) => stop.Cancel(), Cancellation = stop.Token };
        Assert.Throws<OperationCanceledException>(() => Inspect(Model(), threads: 4, options));
    }

    private static Inspection Inspect(string path, int threads, InspectionOptions? options = null)
    {
        int before = Product.MaxThreads;
        Product.MaxThreads = threads;
        try
        {
            return Inspection.Run(path, options);
        }
        finally
        {
            Product.MaxThreads = before;
        }
    }

    private string Model(int broken = -1) => _folder.Write("m.safetensors", ModelBytes.Safetensors([.. Enumerable.Range(0, 12).Select(i =>
    {
        float[] numbers = ModelBytes.Numbers((8 + i) * (20 - i));
        if (i == broken) numbers[3] = float.NaN;
        return ($"layer{i}.weight", new[] { 8 + i, 20 - i }, numbers);
    })]));
}
