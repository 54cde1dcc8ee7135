using System.Numerics.Tensors;
using RankCollapse.Collapse;
using RankCollapse.Formats;
using RankCollapse.LinearAlgebra;

namespace RankCollapse.Models.Compression;

/// <summary>The ranks and factors that were chosen.</summary>
internal sealed class CompressionPlan
{
    private readonly ICompressionTarget _target;
    private readonly CompressionOptions _options;
    private readonly Dictionary<string, CompressibleLayer> _layers = [];
    private readonly Dictionary<string, LayerSpectrum> _spectra = [];
    private readonly Dictionary<string, RankChoices> _choices = [];
    private readonly Dictionary<string, double> _thresholds = [];
    private readonly Dictionary<string, int> _ranks = [];
    private readonly Dictionary<string, string> _reasons = [];
    private readonly Dictionary<string, LayerFactors> _factors = [];
    private readonly IReadOnlyDictionary<string, (int Rank, double Bound)> _certificates;
    private IReadOnlyDictionary<string, LayerOutputs>? _outputs;
    private RankAllocation? _allocation;
    private ModelTrials? _trials;
    private AccuracySearch? _search;
    private double[]? _weights;

    private CompressionPlan(ICompressionTarget target, CompressionOptions options)
    {
        _target = target;
        _options = options;
        _certificates = options.Rule == RankRule.Certificate ? target.Certificates() : new Dictionary<string, (int Rank, double Bound)>();
    }

    /// <summary>The factors of the layers that are replaced, rounded to the types that they are written in.</summary>
    public IReadOnlyDictionary<string, LayerFactors> Factors => _factors;

    /// <summary>Decomposes every layer and chooses ranks.</summary>
    public static CompressionPlan Make(ICompressionTarget target, CompressionOptions options)
    {
        var plan = new CompressionPlan(target, options);
        if (options.Rule == RankRule.Accuracy) plan.RequireAccuracy();
        CompressibleLayer[] open = [.. target.Layers.Where(plan.IsOpen)];
        MemoryBudget.Require(open.Sum(layer => 32.0 * layer.Parameters), "Decomposing the model's layers", "name fewer layers");
        plan._outputs = target.Outputs(open);
        ModelTimer? timer = options.OnlyFaster ? target.Timer() : null;
        for (int i = 0; i < open.Length; i++)
        {
            options.Cancellation.ThrowIfCancellationRequested();
            options.Progress?.Invoke($"layer {i + 1} of {open.Length}: {ErrorText.Printable(open[i].Name)} ({open[i].ShapeText})");
            plan.Decompose(open[i], timer);
        }
        if (options.Rule == RankRule.Budget) plan.Share();
        else if (options.Rule == RankRule.Accuracy) plan.Search();
        foreach (CompressibleLayer layer in open) plan.Factor(layer);
        return plan;
    }

    /// <summary>What it came to.</summary>
    /// <param name="model">The model.</param>
    /// <param name="output">The file that was written; null where there is none.</param>
    /// <param name="check">What both models do; null where they were not run.</param>
    /// <param name="reason">Why they were not.</param>
    public CompressionReport Report(string model, string? output, CompressionCheck? check, string? reason)
    {
        double squares = 0, total = 0;
        var layers = new List<CompressedLayer>();
        long removed = 0;
        foreach (CompressibleLayer layer in _target.Layers)
        {
            CompressedLayer result = Describe(layer);
            layers.Add(result);
            removed += result.ParametersBefore - result.ParametersAfter;
            if (result.WeightError is not { } error) continue;
            double norm = NormOf(_spectra[layer.Name].Layer);
            squares += error * error * norm * norm;
            total += norm * norm;
        }
        return new CompressionReport
        {
            Model = model,
            Output = output,
            Rule = _options.Rule,
            Layers = layers,
            ParametersBefore = _target.Parameters,
            ParametersAfter = _target.Parameters - removed,
            WeightError = total > 0 ? Math.Sqrt(squares / total) : 0,
            Check = check,
            CheckReason = reason,
            HasTest = _options.Test is not null,
            Search = _search,
            Path = Path(_target.Parameters - removed),
            Latency = output is null ? [] : Latency(),
            IsOptimal = _allocation?.IsOptimal,
            BudgetError = _allocation is { } allocation ? (allocation.Error, allocation.LowerBound) : null,
        };
    }

    /// <summary>What is written stands whether it can be timed or not: a run may have an activation without a form in ONNX.</summary>
    private IReadOnlyList<LatencyChange> Latency()
    {
        _options.Progress?.Invoke("timing both models");
        try
        {
            return _target.Latency(_factors);
        }
        catch (InvalidInputException)
        {
            return [];
        }
    }

    private bool IsOpen(CompressibleLayer layer)
    {
        bool Has(IReadOnlyList<string> texts) => texts.Any(text => layer.Name.Contains(text, StringComparison.Ordinal));
        if (layer.Load is null) _reasons[layer.Name] = layer.Reason!;
        else if (_options.Only.Count > 0 && !Has(_options.Only)) _reasons[layer.Name] = "not asked for";
        else if (Has(_options.Except)) _reasons[layer.Name] = "left out as asked";
        else return true;
        return false;
    }

    private void RequireAccuracy()
    {
        TrialSamples samples = _target.Trials(isTest: false)!;
        if (samples.Prediction is null)
            throw new InvalidInputException(
                $"The accuracy on {samples.Name} cannot be measured: {samples.Reason} Choose ranks by another rule, or give other data.")
            { Settings = ["data"] };
        _options.Progress?.Invoke($"the model on {samples.Name}");
        _trials = new ModelTrials(samples, _options.Cancellation);
    }

    private void Decompose(CompressibleLayer layer, ModelTimer? timer)
    {
        LayerBlocks blocks = layer.Load!();
        foreach (Matrix block in blocks.Blocks)
        {
            if (TensorPrimitives.IsFiniteAll<double>(block.AsSpan())) continue;
            _reasons[layer.Name] = "its weights are not all finite";
            return;
        }
        if (blocks.LargestUsefulRank < _options.Multiple)
        {
            _reasons[layer.Name] = $"two layers of rank {_options.Multiple} would have {blocks.ParametersAt(_options.Multiple)} parameters, no fewer than its "
                + $"{blocks.Parameters}";
            return;
        }
        LayerSpectrum spectrum = _outputs is not null && _outputs.TryGetValue(layer.Name, out LayerOutputs? outputs)
            ? LayerSpectrum.OfOutputs(blocks, outputs)
            : LayerSpectrum.OfWeights(blocks);
        int[] ranks = [.. Enumerable.Range(1, blocks.LargestUsefulRank / _options.Multiple).Select(i => i * _options.Multiple)];
        int? wanted = RankOf(layer, spectrum);
        bool isUseful = wanted is null || wanted <= ranks[^1];
        if (!isUseful)
            _reasons[layer.Name] = $"rank {wanted} would need {blocks.ParametersAt(wanted!.Value)} parameters, no fewer than its {blocks.Parameters}";
        if (timer is not null && !_reasons.ContainsKey(layer.Name)) ranks = Faster(layer, spectrum, ranks, timer);
        if (isUseful && ranks.Length > 0 && wanted > ranks[^1])
            _reasons[layer.Name] = $"two layers of rank {wanted} take no less time than it on this machine";
        if (ranks.Length == 0) return;
        _layers[layer.Name] = layer;
        _spectra[layer.Name] = spectrum;
        _choices[layer.Name] = new RankChoices(spectrum, ranks);
        if (wanted is { } rank && !_reasons.ContainsKey(layer.Name)) _ranks[layer.Name] = rank;
    }

    /// <summary>The ranks at which two layers take less time than the one, which are taken to be all up to one that is found by halving.</summary>
    private int[] Faster(CompressibleLayer layer, LayerSpectrum spectrum, int[] ranks, ModelTimer timer)
    {
        int low = -1, high = ranks.Length, middle = ranks.Length - 1;
        while (high - low > 1)
        {
            _options.Cancellation.ThrowIfCancellationRequested();
            if (timer.RatioOf(layer.Name, spectrum.FactorsAt(ranks[middle])) is not { } ratio)
            {
                _reasons[layer.Name] = "it cannot be timed alone";
                return [];
            }
            if (ratio < 1) low = middle;
            else high = middle;
            middle = (low + high) / 2;
        }
        if (low < 0) _reasons[layer.Name] = $"two layers of rank {ranks[0]} take no less time than it on this machine";
        return ranks[..(low + 1)];
    }

    /// <summary>The rank by a rule for each layer alone, a multiple of what is asked; null where the rule looks at all layers, or with a reason.</summary>
    private int? RankOf(CompressibleLayer layer, LayerSpectrum spectrum)
    {
        int rank;
        switch (_options.Rule)
        {
            case RankRule.Budget or RankRule.Accuracy:
                return null;
            case RankRule.Certificate:
                if (!_certificates.TryGetValue(layer.Name, out (int Rank, double Bound) certificate))
                {
                    _reasons[layer.Name] = "its weights are not penalised, so that Theorem 3.4 says nothing about them; fit them to what they do on data, with "
                        + "another rule";
                    return null;
                }
                rank = certificate.Rank;
                break;
            case RankRule.NoiseEdge:
                rank = AboveNoise(layer.Name, spectrum.Layer);
                if (rank > 0) break;
                _reasons[layer.Name] = "none of its singular values stands out of noise";
                return null;
            case RankRule.Energy:
                rank = spectrum.RankKeeping(_options.Value);
                break;
            case RankRule.Tolerance:
                rank = spectrum.RankWithin(_options.Value * spectrum.ErrorAt(0));
                break;
            default:
                rank = _options.Rank!.Value;
                break;
        }
        rank = Math.Min(rank, spectrum.FullRank);
        return (rank + _options.Multiple - 1) / _options.Multiple * _options.Multiple;
    }

    /// <summary>How many singular values of the weights are signal; of groups the most.</summary>
    private int AboveNoise(string name, LayerBlocks blocks)
    {
        int rank = 0;
        foreach (Matrix block in blocks.Blocks)
        {
            double[] values = SingularValueDecomposition.SingularValues(block);
            var edge = NoiseEdge.Of(values, block.Rows, block.Columns);
            rank = Math.Max(rank, edge.RankOf(values));
            _thresholds[name] = Math.Max(_thresholds.GetValueOrDefault(name), edge.Threshold);
        }
        return rank;
    }

    /// <summary>The parameters outside the layers that can be factored.</summary>
    private long Rest => _target.Parameters - _spectra.Values.Sum(spectrum => spectrum.Layer.Parameters);

    /// <summary>Shares what the budget leaves to the layers that can be factored.</summary>
    private void Share()
    {
        long budget = (long)Math.Floor(_options.Value * _target.Parameters);
        if (Rest > budget)
            throw new InvalidInputException(
                $"The model has {Rest} parameters outside the layers that can be factored, more than the {budget} that are to be kept; keep a larger share.");
        _allocation = RankBudget.Choose([.. _choices.Values], budget - Rest);
        Take(_allocation.Ranks, "the budget leaves it whole");
    }

    /// <summary>Looks for the fewest parameters that keep the accuracy.</summary>
    private void Search()
    {
        // What floating point makes of a share such as 0.7 % of 1,000 samples is no sample less.
        const double Rounding = 1e-9;
        int least = Math.Max(0, _trials!.Right - (int)Math.Floor((_options.Value * _trials.SampleCount) + Rounding));
        int[] ranks = new int[_choices.Count];
        if (ranks.Length > 0) (ranks, _weights) = RankSearch.Find(_trials, [.. _choices.Values], least, FactorsOf, _options.Progress);
        Trial chosen = _trials.Try(FactorsOf(ranks))!;
        _search = new AccuracySearch(
            _options.Value, new AccuracyChange(_trials.Name, _trials.SampleCount, _trials.Right, chosen.Right, chosen.Lost), _trials.Count);
        Take(ranks, "no rank of it was found that would save parameters and keep the accuracy");
    }

    private void Take(IReadOnlyList<int> ranks, string reason)
    {
        foreach ((int l, string name) in _choices.Keys.Index())
        {
            if (ranks[l] > 0) _ranks[name] = ranks[l];
            else _reasons[name] = reason;
        }
    }

    /// <summary>Sizes along a path, half of them between the smallest and the largest, half near the chosen one, and what they cost on both data.</summary>
    private List<PathPoint> Path(long chosen)
    {
        var points = new List<PathPoint>();
        if (_options.PathPoints < 2 || _choices.Count == 0) return points;
        var path = new RankPath([.. _choices.Values], _weights ?? [.. _choices.Select(_ => 1.0)]);
        _trials ??= _target.Trials(isTest: false) is { } samples ? new ModelTrials(samples, _options.Cancellation) : null;
        ModelTrials? test = _target.Trials(isTest: true) is { } others ? new ModelTrials(others, _options.Cancellation) : null;
        double low = Rest + path.Sizes[0], high = Rest + path.Sizes[^1];
        int half = _options.PathPoints / 2;
        IEnumerable<double> sizes =
            Spread(low, high, _options.PathPoints - half).Concat(Spread(Math.Max(low, 0.5 * chosen), Math.Min(high, 2.0 * chosen), half));
        int[] steps =
            [.. sizes.Select(size => Math.Max(0, path.Sizes.TakeWhile(one => Rest + one <= size * (1 + 1e-9)).Count() - 1)).Distinct().Order()];
        foreach (int step in steps)
        {
            _options.Progress?.Invoke($"size {points.Count + 1} of {steps.Length} for the page");
            int[] ranks = path.RanksAt(step);
            IReadOnlyDictionary<string, LayerFactors> factors = FactorsOf(ranks);
            Trial? trial = _trials?.Try(factors);
            double[] errors = [.. _choices.Values.Zip(ranks, (layer, rank) => rank == 0 ? 0 : layer.Spectrum.RelativeErrorAt(rank))];
            points.Add(new PathPoint(
                Rest + path.Sizes[step], Reduction.Norm(errors) / Math.Sqrt(errors.Length), trial?.RelativeError, Accuracy(_trials, trial),
                Accuracy(test, test?.Try(factors))));
        }
        return points;

        static IEnumerable<double> Spread(double from, double to, int count) =>
            Enumerable.Range(0, count).Select(i => from * Elementary.Exp(Elementary.Log(to / from) * i / Math.Max(1, count - 1)));

        static AccuracyChange? Accuracy(ModelTrials? trials, Trial? trial) => trials is { HasAccuracy: true } && trial is not null
            ? new AccuracyChange(trials.Name, trials.SampleCount, trials.Right, trial.Right, trial.Lost) : null;
    }

    private Dictionary<string, LayerFactors> FactorsOf(IReadOnlyList<int> ranks)
    {
        var factors = new Dictionary<string, LayerFactors>();
        foreach ((int l, string name) in _choices.Keys.Index())
        {
            if (ranks[l] > 0) factors[name] = FactorsOf(_layers[name], ranks[l]);
        }
        return factors;
    }

    private LayerFactors FactorsOf(CompressibleLayer layer, int rank)
    {
        LayerFactors factors = _spectra[layer.Name].FactorsAt(rank);
        return layer.Type == ElementType.F64 ? factors : factors.Map(value => ElementWriter.Round(value, layer.Type));
    }

    private void Factor(CompressibleLayer layer)
    {
        if (_ranks.TryGetValue(layer.Name, out int rank)) _factors[layer.Name] = FactorsOf(layer, rank);
    }

    private CompressedLayer Describe(CompressibleLayer layer)
    {
        var result = new CompressedLayer
        {
            Name = layer.Name,
            Kind = layer.Kind,
            ShapeText = layer.ShapeText,
            ParametersBefore = layer.Parameters,
            ParametersAfter = layer.Parameters,
            FullRank = _spectra.TryGetValue(layer.Name, out LayerSpectrum? spectrum) ? spectrum.FullRank : null,
            NoiseThreshold = _thresholds.TryGetValue(layer.Name, out double threshold) ? threshold : null,
        };
        double norm = spectrum is null ? 0 : NormOf(spectrum.Layer);
        if (_certificates.TryGetValue(layer.Name, out (int Rank, double Bound) certificate))
            result = result with { Certificate = certificate.Bound, IsCertificateVacuous = spectrum is not null && certificate.Bound >= norm };
        if (!_factors.TryGetValue(layer.Name, out LayerFactors? factors)) return result with { Reason = _reasons[layer.Name] };
        return result with
        {
            Rank = factors.Rank,
            ParametersAfter = spectrum!.Layer.ParametersAt(factors.Rank),
            IsFittedToData = spectrum.IsOfData,
            ErrorBound = spectrum.RelativeErrorAt(factors.Rank),
            WeightError = norm > 0 ? factors.ErrorOf(spectrum.Layer) / norm : 0,
            DataError = spectrum.IsOfData ? DataError(spectrum.Layer, factors, _outputs![layer.Name].Roots) : null,
            IsBiasCorrected = factors.BiasChange is not null,
        };
    }

    /// <summary>
    /// ‖(W − Up·Down)·X‖/‖W·X‖ from Y = W·X alone: Down = Uᵀ·W up to rounding, so that Up·Down·X = Up·Uᵀ·Y.
    /// </summary>
    private static double DataError(LayerBlocks layer, LayerFactors factors, IReadOnlyList<Matrix> outputs)
    {
        double squares = 0, total = 0;
        for (int g = 0; g < layer.Blocks.Count; g++)
        {
            Matrix rest = Product.Multiply(factors.Up[g], Product.MultiplyTransposedLeft(factors.Up[g], outputs[g]));
            TensorPrimitives.Subtract(outputs[g].AsSpan(), rest.AsSpan(), rest.AsSpan());
            squares += Reduction.SumOfSquares(rest.AsSpan());
            total += Reduction.SumOfSquares(outputs[g].AsSpan());
        }
        return total > 0 ? Math.Sqrt(squares / total) : 0;
    }

    private static double NormOf(LayerBlocks layer) => Math.Sqrt(layer.Blocks.Sum(block => Reduction.SumOfSquares(block.AsSpan())));
}
