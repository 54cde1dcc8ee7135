using System.Numerics.Tensors;
using RankCollapse.Formats;
using RankCollapse.LinearAlgebra;

namespace RankCollapse.Models.Compression;

/// <summary>The ranks and factors that were chosen.</summary>
internal sealed class CompressionPlan
{
    private readonly ICompressionTarget _target;
    private readonly CompressionOptions _options;
    private readonly Dictionary<string, LayerSpectrum> _spectra = [];
    private readonly Dictionary<string, int> _ranks = [];
    private readonly Dictionary<string, string> _reasons = [];
    private readonly Dictionary<string, LayerFactors> _factors = [];
    private readonly IReadOnlyDictionary<string, (int Rank, double Bound)> _certificates;
    private IReadOnlyDictionary<string, IReadOnlyList<Matrix>>? _outputs;
    private RankAllocation? _allocation;

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
        CompressibleLayer[] open = [.. target.Layers.Where(plan.IsOpen)];
        MemoryBudget.Require(open.Sum(layer => 32.0 * layer.Parameters), "Decomposing the model's layers", "name fewer layers");
        plan._outputs = target.Outputs(open);
        for (int i = 0; i < open.Length; i++)
        {
            options.Cancellation.ThrowIfCancellationRequested();
            options.Progress?.Invoke($"layer {i + 1} of {open.Length}: {ErrorText.Printable(open[i].Name)} ({open[i].ShapeText})");
            plan.Decompose(open[i]);
        }
        if (options.Rule == RankRule.Budget) plan.Share();
        foreach (CompressibleLayer layer in open.Where(layer => plan._spectra.ContainsKey(layer.Name))) plan.Factor(layer);
        return plan;
    }

    /// <summary>What it came to.</summary>
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
            IsOptimal = _allocation?.IsOptimal,
            BudgetError = _allocation is { } allocation ? (allocation.Error, allocation.LowerBound) : null,
        };
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

    private void Decompose(CompressibleLayer layer)
    {
        LayerBlocks blocks = layer.Load!();
        foreach (Matrix block in blocks.Blocks)
        {
            if (TensorPrimitives.IsFiniteAll<double>(block.AsSpan())) continue;
            _reasons[layer.Name] = "its weights are not all finite";
            return;
        }
        if (blocks.LargestUsefulRank < 1)
        {
            _reasons[layer.Name] = $"two layers of rank 1 would have {blocks.ParametersAt(1)} parameters, no fewer than its {blocks.Parameters}";
            return;
        }
        LayerSpectrum spectrum = _outputs is not null && _outputs.TryGetValue(layer.Name, out IReadOnlyList<Matrix>? outputs)
            ? LayerSpectrum.OfOutputs(blocks, outputs)
            : LayerSpectrum.OfWeights(blocks);
        if (RankOf(layer, spectrum) is not { } rank) return;
        _spectra[layer.Name] = spectrum;
        if (_options.Rule != RankRule.Budget) _ranks[layer.Name] = rank;
    }

    /// <summary>The rank by a rule for each layer alone; null with a reason where the layer stays whole.</summary>
    private int? RankOf(CompressibleLayer layer, LayerSpectrum spectrum)
    {
        if (_options.Rule == RankRule.Budget) return 0;
        int rank;
        if (_options.Rule == RankRule.Certificate)
        {
            if (!_certificates.TryGetValue(layer.Name, out (int Rank, double Bound) certificate))
            {
                _reasons[layer.Name] = "its weights are not penalised, so that Theorem 3.4 says nothing about them; fit them to what they do on data, with "
                    + "another rule";
                return null;
            }
            rank = Math.Min(certificate.Rank, spectrum.FullRank);
        }
        else
        {
            rank = _options.Rule switch
            {
                RankRule.Energy => spectrum.RankKeeping(_options.Value),
                RankRule.Tolerance => spectrum.RankWithin(_options.Value * spectrum.ErrorAt(0)),
                _ => Math.Min(_options.Rank!.Value, spectrum.FullRank),
            };
        }
        if (rank <= spectrum.Layer.LargestUsefulRank) return rank;
        _reasons[layer.Name] = $"rank {rank} would need {spectrum.Layer.ParametersAt(rank)} parameters, no fewer than its {spectrum.Layer.Parameters}";
        return null;
    }

    /// <summary>Shares what the budget leaves to the layers that can be factored.</summary>
    private void Share()
    {
        string[] names = [.. _spectra.Keys];
        long rest = _target.Parameters - names.Sum(name => _spectra[name].Layer.Parameters);
        long budget = (long)Math.Floor(_options.Value * _target.Parameters);
        if (rest > budget)
            throw new InvalidInputException(
                $"The model has {rest} parameters outside the layers that can be factored, more than the {budget} that are to be kept; keep a larger share.");
        _allocation = RankBudget.Choose([.. names.Select(name => _spectra[name])], budget - rest);
        for (int i = 0; i < names.Length; i++)
        {
            if (_allocation.Ranks[i] > 0) _ranks[names[i]] = _allocation.Ranks[i];
            else _reasons[names[i]] = "the budget leaves it whole";
        }
    }

    private void Factor(CompressibleLayer layer)
    {
        if (!_ranks.TryGetValue(layer.Name, out int rank)) return;
        LayerFactors factors = _spectra[layer.Name].FactorsAt(rank);
        _factors[layer.Name] = layer.Type == ElementType.F64 ? factors : factors.Map(value => ElementWriter.Round(value, layer.Type));
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
            ErrorBound = spectrum.TotalEnergy > 0 ? spectrum.ErrorAt(factors.Rank) / spectrum.ErrorAt(0) : 0,
            WeightError = norm > 0 ? factors.ErrorOf(spectrum.Layer) / norm : 0,
            DataError = spectrum.IsOfData ? DataError(spectrum.Layer, factors, _outputs![layer.Name]) : null,
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
