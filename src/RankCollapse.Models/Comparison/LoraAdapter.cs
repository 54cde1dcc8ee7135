using System.Numerics.Tensors;
using RankCollapse.Collapse;
using RankCollapse.Formats;
using RankCollapse.LinearAlgebra;
using RankCollapse.Models.Compression;
using RankCollapse.Models.Formats;
using RankCollapse.Models.Reading;
using RankCollapse.Models.Weights;

namespace RankCollapse.Models.Comparison;

/// <summary>
/// The difference of two models as a low-rank adapter (Hu et al. 2022) in the layout of Hugging Face's PEFT: W ≈ B + (α/r)·lora_B·lora_A with α = r, the
/// truncated singular value decomposition of W − B; no factors of that rank come nearer to it in Frobenius norm.
/// </summary>
public sealed class LoraAdapter
{
    /// <summary>The file of the tensors.</summary>
    public const string WeightsName = PeftFolder.WeightsName;

    /// <summary>The file of the configuration.</summary>
    public const string ConfigurationName = PeftFolder.ConfigurationName;

    private readonly ModelTensors _model;
    private readonly ModelTensors _base;
    private readonly CompressionOptions _options;
    private readonly bool _keepsModules;
    private readonly List<AdapterLayer> _layers = [];
    private readonly PeftFolder _folder;
    private readonly bool _isGraph;
    private readonly Dictionary<string, (double Error, double Change, double Norm)> _squares = new(StringComparer.Ordinal);

    private LoraAdapter(ModelTensors model, ModelTensors basis, bool isGraph, CompressionOptions options, bool keepsModules)
    {
        (_model, _base, _isGraph, _options, _keepsModules) = (model, basis, isGraph, options, keepsModules);
        _folder = new PeftFolder(model, basis, isGraph);
    }

    /// <summary>Writes the adapter that turns a base into a model; nothing where no layer's change can be factored.</summary>
    /// <param name="path">The model, of any format.</param>
    /// <param name="basePath">What it was fine-tuned from, of any format; tensors are named after it.</param>
    /// <param name="folder">The folder to make, which does not exist.</param>
    /// <param name="options">How ranks are chosen: energy and tolerance are of ‖W − B‖, a budget is of the base's parameters; data are of no use.</param>
    /// <param name="keepsModules">Whether what no factors carry is kept: biases of factored layers as biases of the factors, other modules whole.</param>
    /// <exception cref="InvalidInputException">A model is damaged, they have no layer in common, an option does not fit, or the folder is there.</exception>
    public static AdapterReport Write(string path, string basePath, string folder, CompressionOptions options, bool keepsModules = false)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        if (options.Rule is RankRule.Certificate or RankRule.Accuracy || options.Data is not null || options.Test is not null || options.OnlyFaster)
            throw new InvalidInputException(
                "The difference of two models is factored by its weights alone; choose ranks by energy, tolerance, rank, noise edge or a budget, without data.")
            { Settings = ["data", "test"] };
        if (Directory.Exists(folder) || File.Exists(folder))
            throw new InvalidInputException($"{folder} exists; an adapter is a new folder; choose another out.") { Settings = ["out"] };
        string? parent = Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
        if (!Directory.Exists(parent))
            throw new InvalidInputException($"The folder {parent} of {folder} does not exist; make it first.") { Settings = ["out"] };
        using ModelTensors model = ModelFormats.Open(path, out ModelFormat format), basis = ModelFormats.Open(basePath, out ModelFormat baseFormat);
        LayersFound found = format.FindLayers(model), baseFound = baseFormat.FindLayers(basis);
        (IReadOnlyList<LayerPair> pairs, IReadOnlyList<UnmatchedTensor> unmatched) = LayerPair.Find(found, baseFound);
        pairs = [.. pairs.Where(pair => pair.Layer.PartOf is null)];
        if (pairs.Count == 0)
            throw new InvalidInputException($"{path} and {basePath} have no layer in common; give models of one architecture.");
        var adapter = new LoraAdapter(model, basis, baseFormat is OnnxFormat, options, keepsModules);
        adapter.Factor(pairs);
        adapter.Others(found, baseFound, unmatched);
        return adapter.Finish(path, basePath, folder);
    }

    /// <summary>The factors of the layers' changes.</summary>
    private void Factor(IReadOnlyList<LayerPair> pairs)
    {
        Dictionary<LayerPair, int>? shares = _options.Rule == RankRule.Budget ? Share(pairs) : null;
        for (int i = 0; i < pairs.Count; i++)
        {
            _options.Cancellation.ThrowIfCancellationRequested();
            LayerPair pair = pairs[i];
            _options.Progress?.Invoke($"layer {i + 1} of {pairs.Count}: {ErrorText.Printable(pair.Layer.Name)} ({pair.Shape})");
            IReadOnlyList<Matrix> own = LayerPair.Blocks(_model, pair.Layer), basis = LayerPair.Blocks(_base, pair.Base);
            Matrix[] changes = [.. own.Zip(basis, ModelChange.Difference)];
            double change = Squares(changes), norm = Squares(own), before = Squares(basis);
            var layer = new AdapterLayer
            {
                Name = pair.Layer.Name,
                ShapeText = pair.Shape.ToString(),
                RelativeChange = before > 0 ? Math.Sqrt(change / before) : null,
                ChangeError = change > 0 ? 1 : 0,
                WeightError = norm > 0 ? Math.Sqrt(change / norm) : null,
            };
            double error = change;
            string? reason = change == 0 ? null : !double.IsFinite(change) ? "its weights are not all finite here or in the base" : WhyNot(pair);
            if (change > 0 && reason is null && _folder.HasFactors(PeftFolder.ModuleOf(pair))) reason = "another layer has the same module";
            if (change > 0 && reason is null)
            {
                var spectrum = LayerSpectrum.OfWeights(new LayerBlocks(changes));
                int rank = shares?.GetValueOrDefault(pair) ?? RankOf(spectrum, pair.Shape);
                if (rank == 0) reason = _options.Rule == RankRule.Budget ? "the budget leaves nothing for it" : "nothing of its change stands out of noise";
                else
                {
                    ElementType type = pair.Layer.Tensor.Type == ElementType.F64 ? ElementType.F64 : ElementType.F32;
                    LayerFactors factors = spectrum.FactorsAt(rank).Map(value => ElementWriter.Round(value, type));
                    double distance = factors.ErrorOf(spectrum.Layer);
                    error = distance * distance;
                    _folder.Add(pair, factors, type);
                    layer = layer with
                    {
                        Module = PeftFolder.ModuleOf(pair),
                        Rank = rank,
                        Parameters = spectrum.Layer.ParametersAt(rank),
                        ChangeError = Math.Sqrt(error / change),
                        WeightError = norm > 0 ? Math.Sqrt(error / norm) : null,
                    };
                }
            }
            if (reason is not null && _keepsModules && double.IsFinite(change) && PeftFolder.ModuleName(pair.Base.Name) is { } whole) _folder.Keep(whole);
            _layers.Add(layer with { Reason = reason });
            if (double.IsFinite(change)) _squares.Add(layer.Name, (error, change, norm));
        }
    }

    /// <summary>Why a layer's change has no factors that PEFT knows; null where it has.</summary>
    private string? WhyNot(LayerPair pair)
    {
        WeightLayer layer = pair.Base;
        bool Has(IReadOnlyList<string> texts) => texts.Any(text => pair.Layer.Name.Contains(text, StringComparison.Ordinal));
        return _options.Only.Count > 0 && !Has(_options.Only) ? "not asked for"
            : Has(_options.Except) ? "left out as asked"
            : PeftFolder.NameOf(pair) is null ? "its name in the base does not end in .weight, as those of modules do"
            : layer.Kind switch
            {
                LayerKind.Linear or LayerKind.Embedding when pair.Shape.Count == 1 && layer.Tensor.Shape.Count(size => size != 1) <= 2 => null,
                LayerKind.Linear or LayerKind.Embedding => "it is a stack of matrices",
                LayerKind.Convolution when layer.Groups > 1 || (layer.Tensor.Shape[1] == 1 && !_isGraph) =>
                    "it is a depthwise or grouped convolution, or may be one, whose factors PEFT does not merge",
                LayerKind.Convolution when layer.Layout == WeightLayout.OutputFirst => null,
                _ => "layers of its kind have no factors in PEFT",
            };
    }

    private int RankOf(LayerSpectrum spectrum, BlockShape shape)
    {
        double[] Values() => [.. spectrum.Energies.Select(Math.Sqrt)];
        int rank = _options.Rule switch
        {
            RankRule.Tolerance => spectrum.RankWithin(_options.Value * spectrum.ErrorAt(0)),
            RankRule.Rank => _options.Rank!.Value,
            RankRule.NoiseEdge => NoiseEdge.Of(Values(), shape.Rows, shape.Columns).RankOf(Values()),
            _ => spectrum.RankKeeping(_options.Value),
        };
        return Math.Min((rank + _options.Multiple - 1) / _options.Multiple * _options.Multiple, spectrum.FullRank);
    }

    /// <summary>
    /// Ranks that make Σ‖ΔW_l − ΔW_{l,r}‖²/‖B_l‖² small within a number of parameters: ranks of all layers by falling gain per parameter, as long as they fit.
    /// Gains of a layer fall, so that this is the optimum but for the room that is left.
    /// </summary>
    private Dictionary<LayerPair, int> Share(IReadOnlyList<LayerPair> pairs)
    {
        long room = (long)Math.Floor(_options.Value * _base.Tensors.Where(tensor => ElementBytes.IsFloating(tensor.Type)).Sum(tensor => tensor.Count));
        var steps = new List<(double Gain, LayerPair Pair, int Rank)>();
        foreach (LayerPair pair in pairs.Where(pair => WhyNot(pair) is null))
        {
            _options.Cancellation.ThrowIfCancellationRequested();
            _options.Progress?.Invoke($"spectrum of {ErrorText.Printable(pair.Layer.Name)} ({pair.Shape})");
            Matrix own = LayerPair.Blocks(_model, pair.Layer)[0], basis = LayerPair.Blocks(_base, pair.Base)[0], change = ModelChange.Difference(own, basis);
            if (!TensorPrimitives.IsFiniteAll<double>(change.AsSpan())) continue;
            double size = Math.Max(Squares([basis]), double.Epsilon), cost = pair.Shape.Rows + (double)pair.Shape.Columns;
            double[] values = SingularValueDecomposition.SingularValues(change);
            for (int i = 0; i < values.Length && values[i] > 0; i++) steps.Add((values[i] * values[i] / size / cost, pair, i + 1));
        }
        var ranks = pairs.ToDictionary(pair => pair, _ => 0);
        foreach ((_, LayerPair pair, int rank) in steps.OrderByDescending(step => step.Gain))
        {
            if (ranks[pair] != rank - 1 || room < pair.Shape.Rows + pair.Shape.Columns) continue;
            ranks[pair] = rank;
            room -= pair.Shape.Rows + pair.Shape.Columns;
        }
        return ranks;
    }

    /// <summary>Biases, norms and layers that the base has not, or in another shape: kept, or named.</summary>
    private void Others(LayersFound found, LayersFound baseFound, IReadOnlyList<UnmatchedTensor> unmatched)
    {
        var rest = new List<UnmatchedTensor>();
        List<ChangedTensor> others = ModelChange.CompareOthers(_model, _base, found, baseFound, rest);
        bool hasBiases = _keepsModules && _folder.Modules.Any() && _folder.Modules.All(one => one.Kind != LayerKind.Embedding
            && others.Any(tensor => PeftFolder.BiasOf(tensor.BaseName) == one.Module));
        foreach (ChangedTensor tensor in others)
        {
            double change = tensor.ChangeNorm * tensor.ChangeNorm, norm = tensor.Norm * tensor.Norm;
            string? module = PeftFolder.BiasOf(tensor.BaseName);
            bool isBias = hasBiases && module is not null && _folder.HasFactors(module);
            if (isBias) _folder.AddBias(module!, [.. _model.ReadDoubles(tensor.Name).Zip(_base.ReadDoubles(tensor.BaseName), (a, b) => a - b)]);
            _squares.Add(tensor.Name, (change, change, norm));
            if (change == 0) continue;
            string? owner = _keepsModules && !isBias ? PeftFolder.ModuleName(tensor.BaseName) : null;
            if (owner is not null && !_folder.HasFactors(owner)) _folder.Keep(owner);
            string reason = !_keepsModules ? "it is no matrix, so that no factors carry its change; keep modules to save it"
                : owner is null ? "it stands in no module that could be kept"
                : "it is the bias of a factored layer, and not all of them have one";
            Add(tensor.Name, tensor.Count, tensor.RelativeChange, norm, change, isBias || (owner is not null && _folder.IsKept(owner)), reason);
        }
        foreach (UnmatchedTensor tensor in unmatched.Concat(rest).Where(tensor => !tensor.IsOfBase && _model.Contains(tensor.Name)))
        {
            string? owner = _keepsModules ? PeftFolder.ModuleName(tensor.Name) : null;
            if (owner is not null && !_folder.HasFactors(owner)) _folder.Keep(owner);
            Add(tensor.Name, _model.Describe(tensor.Name).Count, null, 0, 0, owner is not null && _folder.IsKept(owner), tensor.Reason);
        }

        void Add(string name, long count, double? relative, double norm, double change, bool isKept, string reason) => _layers.Add(new AdapterLayer
        {
            Name = name,
            ShapeText = _model.Describe(name).ShapeText,
            RelativeChange = relative,
            ChangeError = isKept ? 0 : relative is null && norm == 0 ? null : 1,
            WeightError = isKept ? 0 : norm > 0 ? Math.Sqrt(change / norm) : null,
            Parameters = isKept ? count : 0,
            IsKept = isKept,
            Reason = isKept ? null : reason,
        });
    }

    private AdapterReport Finish(string path, string basePath, string folder)
    {
        _folder.Close();
        var kept = _folder.Saved.ToHashSet(StringComparer.Ordinal);
        for (int i = 0; i < _layers.Count; i++)
        {
            if (kept.Contains(_layers[i].Name))
                _layers[i] = _layers[i] with
                {
                    Module = null,
                    Rank = null,
                    IsKept = true,
                    Reason = null,
                    ChangeError = 0,
                    WeightError = 0,
                    Parameters = _model.Describe(_layers[i].Name).Count,
                };
        }
        double error = 0, change = 0, norm = 0;
        HashSet<string> exact = [.. _layers.Where(layer => layer.IsKept).Select(layer => layer.Name)];
        foreach ((string name, (double Error, double Change, double Norm) one) in _squares)
        {
            error += exact.Contains(name) ? 0 : one.Error;
            change += one.Change;
            norm += one.Norm;
        }
        bool isWritten = _folder.Modules.Any();
        if (isWritten)
        {
            _options.Progress?.Invoke("writing");
            _folder.Write(folder, basePath);
        }
        return new AdapterReport
        {
            Model = path,
            Base = basePath,
            Output = isWritten ? folder : null,
            Rule = _options.Rule,
            Layers = _layers,
            SavedModules = _folder.SavedModules,
            Parameters = isWritten ? _folder.Parameters : 0,
            ModelParameters = _model.Tensors.Where(tensor => ElementBytes.IsFloating(tensor.Type)).Sum(tensor => tensor.Count),
            Error = norm > 0 ? Math.Sqrt(error / norm) : 0,
            ChangeError = change > 0 ? Math.Sqrt(error / change) : null,
        };
    }

    private static double Squares(IReadOnlyList<Matrix> blocks) => blocks.Sum(block => Reduction.SumOfSquares(block.AsSpan()));
}
