using System.Numerics.Tensors;
using RankCollapse.Collapse;
using RankCollapse.Collapse.Metrics;
using RankCollapse.Formats;
using RankCollapse.LinearAlgebra;
using RankCollapse.Models.Formats;
using RankCollapse.Models.Reading;
using RankCollapse.Models.Weights;

namespace RankCollapse.Models.Comparison;

/// <summary>What <see cref="ModelChange"/> is asked.</summary>
public sealed record ModelChangeOptions
{
    /// <summary>Only layers whose names contain one of these texts; empty for all.</summary>
    public IReadOnlyList<string> Only { get; init; } = [];

    /// <summary>How many leading singular vectors are compared.</summary>
    public int Leading { get; init; } = 10;

    /// <summary>ε: a leading vector whose largest |cosine| with all of the base's is below it is an intruder.</summary>
    public double IntruderCosine { get; init; } = 0.5;

    /// <summary>Called before each layer with how many were begun before it, the number of layers and the layer.</summary>
    public Action<int, int, WeightLayer>? LayerProgress { get; init; }

    /// <summary>Stops between layers.</summary>
    public CancellationToken Cancellation { get; init; }
}

/// <summary>A layer beside the same one of the base.</summary>
/// <param name="Layer">The model's layer.</param>
/// <param name="Base">The base's layer.</param>
/// <param name="Shape">The shape of its matrices, outputs as rows.</param>
/// <param name="Measured">What changed.</param>
public sealed record ChangedLayer(WeightLayer Layer, WeightLayer Base, BlockShape Shape, MeasuredChange Measured)
{
    /// <summary>The number of a metric; null where it does not exist.</summary>
    public double? Number(Metric metric)
    {
        ArgumentNullException.ThrowIfNull(metric);
        return metric.OfChange?.Invoke(Measured).Number;
    }

    /// <summary>Its name, with the base's where neither ends in the other, as where an exporter gave it a number for a name.</summary>
    public string Title =>
        Layer.Name.EndsWith(Base.Name, StringComparison.Ordinal) || Base.Name.EndsWith(Layer.Name, StringComparison.Ordinal)
            || Layer.Name[(Layer.Name.IndexOf('.', StringComparison.Ordinal) + 1)..] == Base.Name[(Base.Name.IndexOf('.', StringComparison.Ordinal) + 1)..]
            ? Layer.Name : $"{Layer.Name} ({Base.Name})";

    /// <summary>Whether any number differs.</summary>
    public bool IsChanged => !Measured.IsNone;
}

/// <summary>A tensor that is no layer, such as a bias, beside the same one of the base.</summary>
/// <param name="Name">The model's name for it.</param>
/// <param name="BaseName">The base's name for it.</param>
/// <param name="Count">How many numbers it has.</param>
/// <param name="ChangeNorm">‖Δ‖.</param>
/// <param name="Norm">The norm of the model's.</param>
/// <param name="BaseNorm">The norm of the base's.</param>
public sealed record ChangedTensor(string Name, string BaseName, long Count, double ChangeNorm, double Norm, double BaseNorm)
{
    /// <summary>‖Δ‖/‖base‖; null where the base's is 0.</summary>
    public double? RelativeChange => BaseNorm > 0 ? ChangeNorm / BaseNorm : null;
}

/// <summary>Two models beside each other, layer by layer: a model and the base that it was fine-tuned from.</summary>
public sealed record ModelChange
{
    /// <summary>The model, as it was given.</summary>
    public required string Path { get; init; }

    /// <summary>The base, as it was given.</summary>
    public required string BasePath { get; init; }

    /// <summary>The model's format.</summary>
    public required ModelFormat Format { get; init; }

    /// <summary>The base's format.</summary>
    public required ModelFormat BaseFormat { get; init; }

    /// <summary>What was asked.</summary>
    public required ModelChangeOptions Options { get; init; }

    /// <summary>The layers of both, in the model's order.</summary>
    public required IReadOnlyList<ChangedLayer> Layers { get; init; }

    /// <summary>The tensors of both that are no layers, in the model's order.</summary>
    public required IReadOnlyList<ChangedTensor> Others { get; init; }

    /// <summary>What has no partner, with the reason.</summary>
    public required IReadOnlyList<UnmatchedTensor> Unmatched { get; init; }

    /// <summary>The layers that are no parts of others.</summary>
    public IEnumerable<ChangedLayer> WholeLayers => Layers.Where(layer => layer.Layer.PartOf is null);

    /// <summary>√(Σ‖ΔW‖²/Σ‖B‖²) over the layers; null where the base's are 0.</summary>
    public double? RelativeChange
    {
        get
        {
            double change = WholeLayers.Sum(layer => Square(layer.Measured.Spectrum.FrobeniusNorm));
            double norm = WholeLayers.Sum(layer => Square(layer.Measured.BaseNorm));
            return norm > 0 ? Math.Sqrt(change / norm) : null;
        }
    }

    /// <summary>The weights of all layers.</summary>
    public long Parameters => WholeLayers.Sum(layer => layer.Layer.Tensor.Count);

    /// <summary>The weights of factors of ΔW that keep 99 % of each layer's ‖ΔW‖²: Σ r·(m + n) over the layers, of blocks each with the rank of all.</summary>
    public long AdapterParameters => WholeLayers.Sum(layer =>
        (long)layer.Measured.Spectrum.EnergyRanks[1].Rank * (layer.Shape.Rows + layer.Shape.Columns));

    /// <summary>The intruder dimensions of all layers.</summary>
    public int Intruders => WholeLayers.Sum(layer => layer.Measured.Subspaces.Sum(block => block.Intruders));

    /// <summary>The fewest layers that hold half of the change, largest first: where fine-tuning went.</summary>
    public IReadOnlyList<ChangedLayer> HalfOfChange
    {
        get
        {
            ChangedLayer[] sorted = [.. WholeLayers.Where(layer => layer.IsChanged).OrderByDescending(layer => layer.Measured.Spectrum.FrobeniusNorm)];
            double half = sorted.Sum(layer => Square(layer.Measured.Spectrum.FrobeniusNorm)) / 2, sum = 0;
            return [.. sorted.TakeWhile(layer =>
            {
                bool isNeeded = sum < half;
                sum += Square(layer.Measured.Spectrum.FrobeniusNorm);
                return isNeeded;
            })];
        }
    }

    /// <summary>The metrics that some layer has.</summary>
    public IReadOnlyList<Metric> Metrics() => [.. MetricTable.Of(MetricScopes.Changes).Where(metric => Layers.Any(layer => layer.Number(metric) is not null))];

    /// <summary>Compares two models of any formats; one layer of both is in memory at a time.</summary>
    /// <param name="path">The model.</param>
    /// <param name="basePath">What it was fine-tuned from.</param>
    /// <param name="options">What to measure; null for the defaults.</param>
    /// <exception cref="InvalidInputException">A model is damaged, no layer is in both, none has a name as asked, or an option is out of range.</exception>
    /// <exception cref="OperationCanceledException">The comparison was stopped.</exception>
    public static ModelChange Run(string path, string basePath, ModelChangeOptions? options = null)
    {
        options ??= new ModelChangeOptions();
        if (options.Leading < 1) throw new InvalidInputException($"The number of leading vectors is {options.Leading}; expected at least 1.");
        if (!(options.IntruderCosine is > 0 and <= 1))
            throw new InvalidInputException($"The cosine of intruders is {options.IntruderCosine}; expected a number above 0 and at most 1.");
        using ModelTensors model = ModelFormats.Open(path, out ModelFormat format), basis = ModelFormats.Open(basePath, out ModelFormat baseFormat);
        LayersFound found = format.FindLayers(model), baseFound = baseFormat.FindLayers(basis);
        (IReadOnlyList<LayerPair> pairs, IReadOnlyList<UnmatchedTensor> unmatched) = LayerPair.Find(found, baseFound);
        if (pairs.Count == 0)
            throw new InvalidInputException(
                $"{path} and {basePath} have no layer in common: the {found.Layers.Count} layers of one begin with {First(found)}, the "
                + $"{baseFound.Layers.Count} of the other with {First(baseFound)}"
                + $"{(unmatched.Count > 0 ? $" ({ErrorText.Printable(unmatched[0].Name)}: {unmatched[0].Reason})" : "")}; give models of one architecture.");
        LayerPair[] chosen = [.. pairs.Where(pair =>
            options.Only.Count == 0 || options.Only.Any(text => pair.Layer.Name.Contains(text, StringComparison.Ordinal)))];
        if (chosen.Length == 0)
            throw new InvalidInputException(
                $"No layer that {path} and {basePath} have in common has a name that contains {string.Join(" or ", options.Only.Select(ErrorText.Printable))}; "
                + $"the {pairs.Count} layers begin with {ErrorText.Printable(pairs[0].Layer.Name)}.");
        var layers = new List<ChangedLayer>();
        List<UnmatchedTensor> rest = [.. unmatched];
        for (int i = 0; i < chosen.Length; i++)
        {
            options.Cancellation.ThrowIfCancellationRequested();
            options.LayerProgress?.Invoke(i, chosen.Length, chosen[i].Layer);
            if (Measure(model, basis, chosen[i], options, out string? reason) is { } layer) layers.Add(layer);
            else rest.Add(new UnmatchedTensor(chosen[i].Layer.Name, IsOfBase: false, reason!));
        }
        double total = layers.Where(layer => layer.Layer.PartOf is null).Sum(layer => Square(layer.Measured.Spectrum.FrobeniusNorm));
        IReadOnlyList<ChangedTensor> others = options.Only.Count > 0 ? [] : CompareOthers(model, basis, found, baseFound, rest);
        return new ModelChange
        {
            Path = path,
            BasePath = basePath,
            Format = format,
            BaseFormat = baseFormat,
            Options = options,
            Layers = [.. layers.Select(layer => layer with { Measured = layer.Measured with { Total = total } })],
            Others = others,
            Unmatched = rest,
        };
    }

    private static string First(LayersFound found) => found.Layers.Count == 0 ? "none" : ErrorText.Printable(found.Layers[0].Name);

    private static ChangedLayer? Measure(ModelTensors model, ModelTensors basis, LayerPair pair, ModelChangeOptions options, out string? reason)
    {
        IReadOnlyList<Matrix> blocks = LayerPair.Blocks(model, pair.Layer), bases = LayerPair.Blocks(basis, pair.Base);
        reason = blocks.Concat(bases).All(block => TensorPrimitives.IsFiniteAll<double>(block.AsSpan())) ? null
            : "its weights are not all finite here or in the base";
        if (reason is not null) return null;
        Matrix[] changes = [.. blocks.Zip(bases, Difference)];
        bool isNone = changes.All(IsZero);
        WeightSpectrum spectrum = WeightSpectrum.Of([.. changes.Select(change =>
            IsZero(change) ? new double[Math.Min(change.Rows, change.Columns)] : SingularValueDecomposition.SingularValues(change))], pair.Shape);
        SubspaceComparison[] subspaces =
            isNone ? [] : [.. blocks.Zip(bases, (block, other) => SubspaceComparison.Of(block, other, options.Leading, options.IntruderCosine))];
        return new ChangedLayer(pair.Layer, pair.Base, pair.Shape, new MeasuredChange(spectrum, Norm(blocks), Norm(bases), subspaces, Total: 0));
    }

    internal static Matrix Difference(Matrix a, Matrix b)
    {
        Matrix difference = a.Copy();
        TensorPrimitives.Subtract(a.AsSpan(), b.AsSpan(), difference.AsSpan());
        return difference;
    }

    /// <summary>Biases, norms and their like: tensors of real numbers that no layer is made of.</summary>
    internal static List<ChangedTensor> CompareOthers(
        ModelTensors model, ModelTensors basis, LayersFound found, LayersFound baseFound, List<UnmatchedTensor> unmatched)
    {
        TensorEntry[] own = OthersOf(model, found), their = OthersOf(basis, baseFound);
        var named = NamePairs.Find([.. own.Select(tensor => (string[])[tensor.Name])], [.. their.Select(tensor => (string[])[tensor.Name])]);
        unmatched.AddRange(named.Left.Select(left => new UnmatchedTensor(own[left.Item].Name, IsOfBase: false, left.Reason)));
        unmatched.AddRange(named.Right.Select(right => new UnmatchedTensor(their[right.Other].Name, IsOfBase: true, right.Reason)));
        var changes = new List<ChangedTensor>();
        foreach ((int i, int j) in named.Pairs)
        {
            if (own[i].Count != their[j].Count)
            {
                unmatched.Add(new UnmatchedTensor(own[i].Name, IsOfBase: false, $"it is {own[i].ShapeText}, and {their[j].ShapeText} in the base"));
                continue;
            }
            double[] numbers = model.ReadDoubles(own[i].Name), before = basis.ReadDoubles(their[j].Name);
            changes.Add(new ChangedTensor(
                own[i].Name, their[j].Name, own[i].Count, Reduction.Distance(numbers, before), Reduction.Norm(numbers), Reduction.Norm(before)));
        }
        return changes;
    }

    private static TensorEntry[] OthersOf(ModelTensors model, LayersFound found)
    {
        HashSet<string> used = [.. found.Layers.Select(layer => layer.Tensor.Name), .. found.Layers.SelectMany(layer => layer.Applied?.Beside ?? [])];
        return [.. model.Tensors.Where(tensor => ElementBytes.IsFloating(tensor.Type) && !used.Contains(tensor.Name))];
    }

    private static bool IsZero(Matrix matrix) => matrix.AsSpan().IndexOfAnyExcept(0) < 0;

    private static double Norm(IReadOnlyList<Matrix> blocks) => Math.Sqrt(blocks.Sum(block => Reduction.SumOfSquares(block.AsSpan())));

    private static double Square(double value) => value * value;
}
