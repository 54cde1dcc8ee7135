using System.Numerics.Tensors;
using RankCollapse.Formats;
using RankCollapse.LinearAlgebra;
using RankCollapse.Models.Features;
using RankCollapse.Models.Onnx;
using RankCollapse.Models.Running;
using RankCollapse.Networks;
using RankCollapse.Runs;
using RankCollapse.Theory.Certificates;

namespace RankCollapse.Models.Compression;

/// <summary>One of our own runs: its network is known, so that outputs are bounded, and Theorem 3.4 can be computed.</summary>
internal sealed class RunTarget : ICompressionTarget
{
    private readonly Run _run;
    private readonly CompressionOptions _options;
    private readonly Matrix? _fit;
    private readonly Matrix _inputs;
    private readonly IReadOnlyList<int>? _labels;
    private readonly string _inputsName;
    private LowRankCertificate? _certificate;

    public RunTarget(string path, bool isExport, CompressionOptions options)
    {
        _run = RunFolder.Read(path);
        _options = options;
        IsExport = isExport;
        Network network = _run.Trained;
        int depth = network.Specification.Depth;
        Layers = [.. Enumerable.Range(1, depth).Select(l => new CompressibleLayer(
            $"W{l}", "linear", $"{network.Weights(l).Rows}×{network.Weights(l).Columns}", network.Weights(l).Length, ElementType.F64,
                () => new LayerBlocks([network.Weights(l)]), null))];
        if (options.Data is { } data) _fit = Read(path, data).Inputs;
        (_inputs, _labels, _inputsName) = (options.Test ?? options.Data) is { } test ? Read(path, test)
            : options.Samples is null
                ? (_run.DataSet.Inputs, _run.DataSet.Labels.Length == 0 ? null : _run.DataSet.Labels, $"the run's data ({_run.DataSet.Name})")
            : Read(path, path);
    }

    public IReadOnlyList<CompressibleLayer> Layers { get; }

    public bool IsExport { get; }

    public long Parameters => _run.Trained.Parameters.LongLength;

    public IReadOnlyDictionary<string, IReadOnlyList<Matrix>>? Outputs(IReadOnlyList<CompressibleLayer> layers)
    {
        if (_fit is null) return null;
        Matrix[] features = _run.Trained.Features(_fit);
        return layers.ToDictionary(layer => layer.Name, layer =>
            (IReadOnlyList<Matrix>)[Root(Product.Multiply(_run.Trained.Weights(Number(layer.Name)), features[Number(layer.Name) - 1]))]);
    }

    public IReadOnlyDictionary<string, (int Rank, double Bound)> Certificates()
    {
        var options = new LowRankCertificateOptions { Rank = _options.Rank, HasCurvatureBound = false, CurvatureSamples = 0, Seed = _options.Seed };
        _certificate = LowRankCertificate.Compute(_run.Trained, _run.DataSet, _run.Configuration.ToObjectiveSettings(), options);
        return _certificate.Layers.Where(layer => layer.Best is not null)
            .ToDictionary(layer => $"W{layer.Layer}", layer => (layer.Rank, layer.Best!.ExactBound + layer.RoundingAllowance));
    }

    public CompressionCheck? Write(string path, IReadOnlyDictionary<string, LayerFactors> factors, out string? reason)
    {
        reason = null;
        Network compressed = _run.Trained.Copy();
        foreach ((string name, LayerFactors factor) in factors) Product.Multiply(factor.Up[0], factor.Down[0], compressed.Weights(Number(name)));
        Matrix[] before = _run.Trained.Features(_inputs), after = compressed.Features(_inputs);
        Matrix difference = before[^1].Copy();
        TensorPrimitives.Subtract(after[^1].AsSpan(), before[^1].AsSpan(), difference.AsSpan());
        double error = Reduction.Norm(difference.AsSpan()), norm = Reduction.Norm(before[^1].AsSpan());
        if (!double.IsFinite(error)) throw new ComputationFailedException("The outputs of the compressed network are not finite; choose higher ranks.");
        (double measured, double? certified) = OutputChange.Bounds(_run.Trained, compressed, before, _certificate);
        if (IsExport) WriteOnnx(path, factors, after[^1]);
        else WriteTensors(path, factors);
        return new CompressionCheck
        {
            Inputs = _inputsName,
            SampleCount = _inputs.Columns,
            Outputs = [new OutputDifference(
                $"Z{before.Length - 1}", norm > 0 ? error / norm : 0, error, Math.Abs(TensorPrimitives.MaxMagnitude<double>(difference.AsSpan())))],
            AccuracyBefore = Accuracy(before[^1], out string? whyNot),
            AccuracyAfter = Accuracy(after[^1], out _),
            AccuracyReason = whyNot,
            OutputBound = measured,
            CertifiedOutputBound = certified,
        };
    }

    /// <summary>A with A·Aᵀ = Y·Yᵀ and no more columns than rows, without squaring: the triangle of Yᵀ.</summary>
    private static Matrix Root(Matrix outputs) => outputs.Columns <= outputs.Rows ? outputs : QrDecomposition.Decompose(outputs.Transpose()).R.Transpose();

    private static int Number(string name) => int.Parse(name.AsSpan(1));

    private (Matrix Inputs, IReadOnlyList<int>? Labels, string Name) Read(string path, string source)
    {
        var data = ModelData.Read(source, [], _options.Samples, _options.Seed, _options.Reading);
        Matrix inputs = data.Arrays[0].Rows.Transpose();
        return inputs.Rows == _run.Trained.Specification.InputDimension
            ? (inputs, data.Labels, data.Name)
            : throw new InvalidInputException(
                $"{path} takes {_run.Trained.Specification.InputDimension} inputs, but the samples of {data.Name} have {inputs.Rows}; give data of the kind "
                + "that it was trained on.");
    }

    private double? Accuracy(Matrix outputs, out string? reason)
    {
        reason = null;
        if (_labels is null) return null;
        int[] labels = [.. _labels.Distinct().Order()];
        return Prediction.Of(_options.Task, [outputs.Rows], isProbability: false, labels, out reason) is { } prediction
            ? Enumerable.Range(0, outputs.Columns).Count(i => prediction.Label(outputs.Column(i)) == _labels[i]) / (double)outputs.Columns : null;
    }

    private void WriteTensors(string path, IReadOnlyDictionary<string, LayerFactors> factors)
    {
        var writer = new SafetensorsWriter().AddMetadata(FactorNames.MetadataKey, string.Join(",", factors.Keys));
        for (int l = 1; l <= _run.Trained.Specification.Depth; l++)
        {
            if (factors.TryGetValue($"W{l}", out LayerFactors? factor))
                writer.Add(FactorNames.Down($"W{l}"), factor.Down[0]).Add(FactorNames.Up($"W{l}"), factor.Up[0]);
            else
                writer.Add($"W{l}", _run.Trained.Weights(l));
            if (_run.Trained.Bias(l) is { } bias) writer.AddVector($"b{l}", bias);
        }
        writer.Write(path);
    }

    /// <summary>Writes the graph and runs it: what ONNX Runtime computes is compared with our own network.</summary>
    private void WriteOnnx(string path, IReadOnlyDictionary<string, LayerFactors> factors, Matrix expected)
    {
        ModelProto model = OnnxExport.Build(_run.Trained);
        GraphFactors.Replace(model.Graph, factors);
        var data = ModelData.FromArrays(_inputsName, [new DataArray("X", [_inputs.Rows], _inputs.Transpose().AsSpan().ToArray())], null, _inputs.Columns);
        OnnxExport.Check(model, Path.GetFileName(path), data, expected);
        OnnxFile.Write(path, model);
    }
}
