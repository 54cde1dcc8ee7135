using System.Text.Json.Nodes;
using CsCheck;
using RankCollapse.Formats;
using RankCollapse.LinearAlgebra;
using RankCollapse.Models;
using RankCollapse.Models.Compression;
using RankCollapse.Models.Formats;
using RankCollapse.Models.Reading;
using RankCollapse.Networks;
using RankCollapse.Runs;
using RankCollapse.Tests.Cli;

namespace RankCollapse.Tests.Models.Compression;

public sealed class RunTargetTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Bounds_HoldForAnyChangeOfWeights() =>
        Gen.Select(Gen.Long[1, 100_000], Gen.Int[0, Activation.All.Count - 1].Select(i => Activation.All[i].Name), Gen.Double[-6, 1], Gen.Bool)
            .Sample((seed, activation, size, isResidual) =>
        {
            var stream = new RandomStream(seed, RandomPurpose.Sampling);
            var network = new Network(
                new NetworkSpecification(
                4, [6, 6, 6, 3], isResidual ? Architecture.Residual : Architecture.Feedforward, hasBias: true, Activation.Parse(activation)));
            foreach (ref double parameter in network.Parameters.AsSpan()) parameter = stream.NextGaussian();
            Network changed = network.Copy();
            for (int l = 1; l <= 4; l++)
                foreach (ref double weight in changed.Weights(l).AsSpan()) weight += Math.Pow(10, size) * stream.NextGaussian();
            Matrix inputs = RandomMatrix.Gaussian(4, 7, stream);
            Matrix[] features = network.Features(inputs);
            Matrix difference = changed.Features(inputs)[^1];
            double change = Math.Sqrt(Enumerable.Range(0, difference.Length).Sum(i => Math.Pow(difference.AsSpan()[i] - features[^1].AsSpan()[i], 2)));
            Assert.InRange(change, 0, OutputChange.Bounds(network, changed, features, null).Measured);
        }, iter: 200);

    [Fact]
    public void Certificate_OfWeightsThatAreFittedToData_IsRefused()
    {
        string run = Train("--max-epochs", "1");
        var options = new CompressionOptions { Rule = RankRule.Certificate, Data = run };
        Assert.Contains("fitted to data", Assert.Throws<InvalidInputException>(() => Compress(run, "fitted.safetensors", options)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void CollapsedRun_AtRankK_ChangesOutputsByNoMoreThanTheCertificateSays()
    {
        string run = Train("--delta", "1", "--gradient-tolerance", "1e-9");
        CompressionReport report = Compress(run, "small.safetensors", new CompressionOptions { Rule = RankRule.Certificate });
        Assert.Equal([3, 3, null], report.Layers.Select(layer => layer.Rank));
        CompressionCheck check = report.Check!;
        Assert.InRange(check.Outputs[0].Error, 0, check.OutputBound!.Value);
        Assert.InRange(check.OutputBound.Value, 0, check.CertifiedOutputBound!.Value);
        Assert.InRange(check.OutputBound.Value, 0, 0.1);
        Assert.Equal(check.AccuracyBefore, check.AccuracyAfter);

        // Theorem 3.4 bounds the distance of each layer from rank K.
        Network network = RunFolder.Read(run).Trained;
        foreach (CompressedLayer layer in report.Layers.Where(layer => layer.Rank is not null))
        {
            double[] values = SingularValueDecomposition.SingularValues(network.Weights(int.Parse(layer.Name[1..])));
            Assert.InRange(Math.Sqrt(values.Skip(3).Sum(s => s * s)), 0, layer.Certificate!.Value);
        }

        // The file holds what was reported.
        using SafetensorsFile file = SafetensorsFile.Open(_folder.File("small.safetensors"));
        Assert.Equal(report.ParametersAfter, file.Tensors.Sum(tensor => tensor.Count));
        Matrix product = Product.Multiply(file.ReadMatrix("W2.up"), file.ReadMatrix("W2.down"));
        for (int i = 0; i < product.Rows; i++)
            for (int j = 0; j < product.Columns; j++)
                Assert.Equal(network.Weights(2)[i, j], product[i, j], 1e-5);
    }

    [Fact]
    public void UnpenalisedFirstLayer_IsFittedToItsData()
    {
        // Without a penalty, the part of W1 beyond the data's range stays as it was drawn, and its rank is full; W1·X has rank K all the same.
        string run = Train("--delta", "0", "--gradient-tolerance", "1e-9");
        CompressionReport certified = Compress(run, "a.safetensors", new CompressionOptions { Rule = RankRule.Certificate });
        Assert.Null(certified.Layers[0].Rank);
        Assert.Contains("not penalised", certified.Layers[0].Reason);
        CompressionReport plain = Compress(run, "b.safetensors", new CompressionOptions { Rule = RankRule.Rank, Rank = 3, Only = ["W1"] });
        CompressionReport fitted = Compress(run, "c.safetensors", new CompressionOptions { Rule = RankRule.Rank, Rank = 3, Only = ["W1"], Data = run });
        Assert.InRange(plain.Check!.Outputs[0].RelativeError, 1e-2, double.MaxValue);
        Assert.InRange(fitted.Check!.Outputs[0].RelativeError, 0, 1e-4);
        Assert.InRange(fitted.Check.Outputs[0].Error, 0, fitted.Check.OutputBound!.Value);
    }

    [Fact]
    public void CompressedRun_AsOnnx_RunsAndIsMeasured()
    {
        string run = Train("--delta", "1", "--bias", "--gradient-tolerance", "1e-6");
        CompressionReport report = Compress(run, "small.onnx", new CompressionOptions { Rule = RankRule.Rank, Rank = 3 });
        Assert.Equal(2, report.Layers.Count(layer => layer.Rank == 3));
        CommandLine line = CommandLine.Run("inspect", _folder.File("small.onnx"), "--data", run, "--json");
        Assert.Equal(0, line.ExitCode);
        JsonNode features = JsonNode.Parse(line.Output)!["features"]!;
        Assert.Equal(1.0, (double)features["accuracy"]!);
        Assert.Equal("W3", (string)features["classifier"]!);
    }

    [Fact]
    public void WholeRun_AsOnnx_IsExported()
    {
        string run = Train("--max-epochs", "5");
        CompressionReport report = Compress(run, "run.onnx", new CompressionOptions { Rule = RankRule.Rank, Rank = 1000 });
        Assert.Equal(0, report.Check!.Outputs[0].Error);
        using ModelTensors model = ModelFormats.Open(_folder.File("run.onnx"));
        Assert.Equal(RunFolder.Read(run).Trained.Weights(2).AsSpan().ToArray(), model.ReadDoubles("W2"));
    }

    private string Train(params string[] more)
    {
        string run = _folder.File("run");
        CommandLine line = CommandLine.Run(
            ["train", "--data", "gaussian-mixture", "--samples", "24", "--classes", "3", "--dimension", "30", "--sigma", "0.1", "--depth", "3", "--width", "16",
                "--convention", "mean", "--lambda", "1e-3", "--threads", "1", "--out", run, .. more]);
        Assert.True(line.ExitCode == 0, line.Error + line.Output);
        return run;
    }

    private CompressionReport Compress(string run, string output, CompressionOptions options) => ModelCompression.Run(run, _folder.File(output), options);
}
