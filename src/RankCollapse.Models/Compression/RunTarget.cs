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
    private const int TrialBatch = 500;

    private readonly string _path;
    private readonly Run _run;
    private readonly CompressionOptions _options;
    private readonly Inputs? _data;
    private readonly Inputs? _test;
    private LowRankCertificate? _certificate;

    public RunTarget(string path, bool isExport, CompressionOptions options)
    {
        _path = path;
        _run = RunFolder.Read(path);
        _options = options;
        IsExport = isExport;
        Network network = _run.Trained;
        int depth = network.Specification.Depth;
        Layers = [.. Enumerable.Range(1, depth).Select(l => new CompressibleLayer(
            $"W{l}", "linear", $"{network.Weights(l).Rows}×{network.Weights(l).Columns}", network.Weights(l).Length, ElementType.F64,
                () => new LayerBlocks([network.Weights(l)]), null))];
        if (options.Data is { } data) _data = Read(path, data);
        if (options.Test is { } test) _test = Read(path, test);
    }

    /// <summary>Samples, d×N, with their labels.</summary>
    private sealed record Inputs(Matrix Columns, IReadOnlyList<int>? Labels, string Name);

    public IReadOnlyList<CompressibleLayer> Layers { get; }

    public bool IsExport { get; }

    public long Parameters => _run.Trained.Parameters.LongLength;

    /// <summary>What both networks are compared on.</summary>
    private Inputs Compared => _test ?? _data ?? Own;

    private Inputs Own => _options.Samples is null
        ? new Inputs(_run.DataSet.Inputs, _run.DataSet.Labels.Length == 0 ? null : _run.DataSet.Labels, $"the run's data ({_run.DataSet.Name})")
        : Read(_path, _path);

    public IReadOnlyDictionary<string, LayerOutputs>? Outputs(IReadOnlyList<CompressibleLayer> layers)
    {
        if (_data is null) return null;
        Matrix[] features = _run.Trained.Features(_data.Columns);
        return layers.ToDictionary(layer => layer.Name, layer =>
        {
            Matrix outputs = Product.Multiply(_run.Trained.Weights(Number(layer.Name)), features[Number(layer.Name) - 1]);
            if (_run.Trained.Bias(Number(layer.Name)) is null) return new LayerOutputs([Root(outputs)], null);
            double[] means = [.. Enumerable.Range(0, outputs.Rows).Select(i => Reduction.Sum(outputs.Row(i)) / outputs.Columns)];
            for (int i = 0; i < outputs.Rows; i++) TensorPrimitives.Subtract(outputs.Row(i), means[i], outputs.Row(i));
            return new LayerOutputs([Root(outputs)], [means]);
        });
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
        Inputs inputs = Compared;
        Network compressed = With(factors);
        Matrix[] before = _run.Trained.Features(inputs.Columns), after = compressed.Features(inputs.Columns);
        Matrix difference = before[^1].Copy();
        TensorPrimitives.Subtract(after[^1].AsSpan(), before[^1].AsSpan(), difference.AsSpan());
        double error = Reduction.Norm(difference.AsSpan()), norm = Reduction.Norm(before[^1].AsSpan());
        if (!double.IsFinite(error)) throw new ComputationFailedException("The outputs of the compressed network are not finite; choose higher ranks.");
        (double measured, double? certified) = OutputChange.Bounds(_run.Trained, compressed, before, _certificate);
        if (IsExport) WriteOnnx(path, factors, inputs, after[^1]);
        else WriteTensors(path, factors, compressed);
        return new CompressionCheck
        {
            Inputs = inputs.Name,
            SampleCount = inputs.Columns.Columns,
            Outputs = [new OutputDifference(
                $"Z{before.Length - 1}", norm > 0 ? error / norm : 0, error, Math.Abs(TensorPrimitives.MaxMagnitude<double>(difference.AsSpan())))],
            Accuracy = Accuracy(inputs, before[^1], after[^1], out string? whyNot),
            AccuracyReason = whyNot,
            OutputBound = measured,
            CertifiedOutputBound = certified,
        };
    }

    public TrialSamples? Trials(bool isTest)
    {
        if (isTest && _test is null) return null;
        Inputs inputs = isTest ? _test! : _data ?? Own;
        Prediction? prediction = Predicts(inputs, out string? reason);
        return new TrialSamples(inputs.Name, inputs.Labels, prediction, reason ?? (inputs.Labels is null ? "The data have no labels." : null), order =>
        {
            Matrix columns = inputs.Columns;
            if (order is not null) columns = Matrix.FromEntries(columns.Rows, columns.Columns, (i, j) => inputs.Columns[i, order[j]]);
            return factors => Runs(With(factors), columns);
        });

        static IEnumerable<Matrix> Runs(Network network, Matrix columns)
        {
            for (int first = 0; first < columns.Columns; first += TrialBatch)
                yield return network.Features(columns.Block(0, first, columns.Rows, Math.Min(TrialBatch, columns.Columns - first)))[^1].Transpose();
        }
    }

    public ModelTimer Timer()
    {
        ModelProto model = OnnxExport.Build(_run.Trained);
        ModelInput input = new("X", Microsoft.ML.OnnxRuntime.Tensors.TensorElementType.Double, [-1, _run.Trained.Specification.InputDimension]);
        var inputs = ModelBatches.Of(ToData(Compared with { Columns = Compared.Columns.Block(0, 0, Compared.Columns.Rows, 1) }), [input], 1);
        return new ModelTimer(model, Path.GetFileName(_path), "", inputs.Batches[0], _options.Cancellation);
    }

    public IReadOnlyList<LatencyChange> Latency(IReadOnlyDictionary<string, LayerFactors> factors) => Timer().Compare(Export(factors));

    private static ModelData ToData(Inputs inputs) => ModelData.FromArrays(
        inputs.Name, [new DataArray("X", [inputs.Columns.Rows], inputs.Columns.Transpose().AsSpan().ToArray())], null, inputs.Columns.Columns);

    /// <summary>The network with products of factors in place of weights.</summary>
    private Network With(IReadOnlyDictionary<string, LayerFactors> factors)
    {
        Network network = _run.Trained.Copy();
        foreach ((string name, LayerFactors factor) in factors)
        {
            Product.Multiply(factor.Up[0], factor.Down[0], network.Weights(Number(name)));
            for (int i = 0; i < (factor.BiasChange?.Count ?? 0); i++) network.Bias(Number(name))!.AsSpan()[i] += factor.BiasChange![i];
        }
        return network;
    }

    /// <summary>A with A·Aᵀ = Y·Yᵀ and no more columns than rows, without squaring: the triangle of Yᵀ.</summary>
    private static Matrix Root(Matrix outputs) => outputs.Columns <= outputs.Rows ? outputs : QrDecomposition.Decompose(outputs.Transpose()).R.Transpose();

    private static int Number(string name) => int.Parse(name.AsSpan(1));

    private Inputs Read(string path, string source)
    {
        var data = ModelData.Read(source, [], _options.Samples, _options.Seed, _options.Reading);
        Matrix inputs = data.Arrays[0].Rows.Transpose();
        return inputs.Rows == _run.Trained.Specification.InputDimension
            ? new Inputs(inputs, data.Labels, data.Name)
            : throw new InvalidInputException(
                $"{path} takes {_run.Trained.Specification.InputDimension} inputs, but the samples of {data.Name} have {inputs.Rows}; give data of the kind "
                + "that it was trained on.");
    }

    private Prediction? Predicts(Inputs inputs, out string? reason)
    {
        reason = null;
        return inputs.Labels is not { } labels ? null : Prediction.Of(
            _options.Task, [_run.Trained.Specification.OutputDimension], isProbability: false, [.. labels.Distinct().Order()], out reason);
    }

    private AccuracyChange? Accuracy(Inputs inputs, Matrix before, Matrix after, out string? reason)
    {
        if (Predicts(inputs, out reason) is not { } prediction) return null;
        bool[] was = [.. inputs.Labels!.Select((label, i) => prediction.Label(before.Column(i)) == label)];
        bool[] right = [.. inputs.Labels!.Select((label, i) => prediction.Label(after.Column(i)) == label)];
        return new AccuracyChange(
            inputs.Name, was.Length, was.Count(isRight => isRight), right.Count(isRight => isRight), was.Zip(right).Count(pair => pair.First && !pair.Second));
    }

    private void WriteTensors(string path, IReadOnlyDictionary<string, LayerFactors> factors, Network compressed)
    {
        var writer = new SafetensorsWriter().AddMetadata(FactorNames.MetadataKey, string.Join(",", factors.Keys));
        for (int l = 1; l <= _run.Trained.Specification.Depth; l++)
        {
            if (factors.TryGetValue($"W{l}", out LayerFactors? factor))
                writer.Add(FactorNames.Down($"W{l}"), factor.Down[0]).Add(FactorNames.Up($"W{l}"), factor.Up[0]);
            else
                writer.Add($"W{l}", _run.Trained.Weights(l));
            if (compressed.Bias(l) is { } bias) writer.AddVector($"b{l}", bias);
        }
        writer.Write(path);
    }

    /// <summary>Writes the graph and runs it: what ONNX Runtime computes is compared with our own network.</summary>
    private void WriteOnnx(string path, IReadOnlyDictionary<string, LayerFactors> factors, Inputs inputs, Matrix expected)
    {
        ModelProto model = Export(factors);
        OnnxExport.Check(model, Path.GetFileName(path), ToData(inputs), expected);
        OnnxFile.Write(path, model);
    }

    private ModelProto Export(IReadOnlyDictionary<string, LayerFactors> factors)
    {
        ModelProto model = OnnxExport.Build(With(factors));
        GraphFactors.Replace(model.Graph, factors);
        return model;
    }
}
