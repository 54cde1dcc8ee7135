namespace RankCollapse.Models.Compression;

/// <summary>
/// Looks for the ranks with the fewest parameters that keep enough samples right. How much the error of each layer counts is measured: the change of the
/// outputs with that layer alone factored. The path of <see cref="RankPath"/> with these weights, that with equal ones, and one rank for all layers are each
/// searched by halving; then the weights are varied, one layer at a time, for choices of fewer parameters; last single ranks are lowered, and one layer's rank
/// is raised where another's can be lowered for more parameters.
/// </summary>
/// <remarks>
/// Halving takes accuracy to rise with size, which it does but for a few samples. Whatever is returned was tried on all samples and kept enough.
/// </remarks>
internal sealed class RankSearch
{
    /// <summary>The relative error of a layer that shows how much it counts: neither lost in rounding nor beyond what is linear.</summary>
    private const double ProbeError = 0.1;
    private const int ProbeSamples = 1000;
    private const int FixedTrials = 80;
    private const int TrialsByLayer = 2;

    /// <summary>Factors that the weight of a layer is varied by.</summary>
    private static readonly double[] Variations = [4, 0.25];

    private readonly ModelTrials _trials;
    private readonly RankChoices[] _layers;
    private readonly int _leastRight;
    private readonly Func<IReadOnlyList<int>, IReadOnlyDictionary<string, LayerFactors>> _factors;
    private readonly Action<string>? _progress;
    private readonly Dictionary<string, bool> _known = [];
    private readonly int _mostTrials;
    private int[] _best;
    private long _bestCost;

    private RankSearch(
        ModelTrials trials, IReadOnlyList<RankChoices> layers, int leastRight, Func<IReadOnlyList<int>, IReadOnlyDictionary<string, LayerFactors>> factors,
        Action<string>? progress)
    {
        (_trials, _layers, _leastRight, _factors, _progress) = (trials, [.. layers], leastRight, factors, progress);
        _mostTrials = FixedTrials + (TrialsByLayer * _layers.Length);
        _best = new int[_layers.Length];
        _bestCost = CostOf(_best);
    }

    /// <summary>Searches.</summary>
    /// <param name="trials">The samples.</param>
    /// <param name="layers">What each layer can have.</param>
    /// <param name="leastRight">How many samples must be right, at most as many as the model gets right.</param>
    /// <param name="factors">The factors of a choice of ranks, 0 for whole layers.</param>
    /// <param name="progress">Is told what goes on.</param>
    /// <returns>The ranks, 0 for whole layers, and how much the error of each layer counts.</returns>
    public static (int[] Ranks, double[] Weights) Find(
        ModelTrials trials, IReadOnlyList<RankChoices> layers, int leastRight, Func<IReadOnlyList<int>, IReadOnlyDictionary<string, LayerFactors>> factors,
        Action<string>? progress)
    {
        var search = new RankSearch(trials, layers, leastRight, factors, progress);
        double[] weights = search.Sensitivities();
        search.Halve(new RankPath(layers, weights));
        search.Halve(new RankPath(layers, [.. weights.Select(_ => 1.0)]));
        search.HalveOneRank();
        weights = search.Vary(weights);
        search.Lower();
        while (search.Exchange()) search.Lower();
        return (search._best, weights);
    }

    /// <summary>The squared change of the outputs for each squared relative error of a layer, on the hardest samples.</summary>
    private double[] Sensitivities()
    {
        var weights = new double[_layers.Length];
        for (int l = 0; l < weights.Length; l++)
        {
            _progress?.Invoke($"how much layer {l + 1} of {weights.Length} counts");
            LayerSpectrum spectrum = _layers[l].Spectrum;
            int rank = _layers[l].Ranks.FirstOrDefault(candidate => spectrum.RelativeErrorAt(candidate) <= ProbeError, _layers[l].Ranks[^1]);
            var ranks = new int[weights.Length];
            ranks[l] = rank;
            double error = spectrum.RelativeErrorAt(rank), change = _trials.Try(_factors(ranks), mostSamples: ProbeSamples)!.RelativeError;
            weights[l] = error > 0 ? change * change / (error * error) : 0;
        }

        // A layer that nothing is seen of counts little, not nothing.
        double least = 1e-6 * Math.Max(weights.Max(), 1e-300);
        return [.. weights.Select(weight => Math.Max(weight, least))];
    }

    /// <summary>The fewest steps of a path that keep enough right.</summary>
    private void Halve(RankPath path)
    {
        int low = -1, high = path.Sizes.Count - 1;
        while (high - low > 1)
        {
            int middle = (low + high) / 2;
            if (Keeps(path.RanksAt(middle))) high = middle;
            else low = middle;
        }
    }

    /// <summary>One rank for all layers in which it is allowed, the others whole; and a few below the least that halving finds.</summary>
    private void HalveOneRank()
    {
        const int Below = 3;
        int[] ranks = [.. _layers.SelectMany(layer => layer.Ranks).Distinct().Order()];
        int low = -1, high = ranks.Length;
        while (high - low > 1)
        {
            int middle = (low + high) / 2;
            if (Keeps(One(ranks[middle]))) high = middle;
            else low = middle;
        }
        for (int i = high - 1; i >= Math.Max(0, high - Below); i--) Keeps(One(ranks[i]));

        int[] One(int rank) => [.. _layers.Select(layer => layer.Ranks.Contains(rank) ? rank : 0)];
    }

    /// <summary>Varies the weight of one layer after the other, large ones first, and keeps what gives fewer parameters.</summary>
    private double[] Vary(double[] weights)
    {
        for (bool isBetter = true; isBetter && _trials.Count < _mostTrials;)
        {
            isBetter = false;
            foreach (int l in LargestFirst())
            {
                foreach (double factor in Variations)
                {
                    double[] varied = [.. weights];
                    varied[l] *= factor;
                    if (!Shrink(new RankPath(_layers, varied))) continue;
                    weights = varied;
                    isBetter = true;
                    break;
                }
            }
        }
        return weights;
    }

    /// <summary>Goes down a path from the best size that is known, in ever larger steps while enough is right.</summary>
    private bool Shrink(RankPath path)
    {
        bool isBetter = false;
        for (double share = 0.01; _trials.Count < _mostTrials; share *= 2)
        {
            int steps = Math.Max(0, path.Sizes.TakeWhile(size => size <= (1 - share) * _bestCost).Count() - 1);
            int[] ranks = path.RanksAt(steps);
            if (CostOf(ranks) >= _bestCost || !Keeps(ranks)) return isBetter;
            isBetter = true;
        }
        return isBetter;
    }

    /// <summary>Lowers single ranks, in ever larger steps while enough is right, until none can be.</summary>
    private void Lower()
    {
        for (bool isBetter = true; isBetter;)
        {
            isBetter = false;
            foreach (int l in LargestFirst())
            {
                IReadOnlyList<int> ranks = _layers[l].Ranks;
                for (int step = 1; _trials.Count < _mostTrials + _layers.Length; step *= 2)
                {
                    int place = Place(l) - step;
                    if (place < 0 && step == 1) break;
                    int[] lowered = [.. _best];
                    lowered[l] = ranks[Math.Max(0, place)];
                    if (lowered[l] == _best[l] || !Keeps(lowered)) break;
                    isBetter = true;
                }
            }
        }
    }

    /// <summary>
    /// Raises the rank of one layer, and lowers that of another as far as it takes to save parameters, until some such choice keeps enough right.
    /// </summary>
    private bool Exchange()
    {
        const int PartRaised = 8;
        int[] order = LargestFirst();
        foreach (int lowered in order)
        {
            foreach (int raised in order.Reverse())
            {
                if (raised == lowered || _best[raised] == 0 || _trials.Count >= _mostTrials) continue;
                int[] ranks = [.. _best];
                int up = Place(raised) + Math.Max(1, Place(raised) / PartRaised), down = Place(lowered);
                ranks[raised] = up < _layers[raised].Ranks.Count ? _layers[raised].Ranks[up] : 0;
                while (down > 0 && CostOf(ranks) >= _bestCost) ranks[lowered] = _layers[lowered].Ranks[--down];
                if (CostOf(ranks) < _bestCost && Keeps(ranks)) return true;
            }
        }
        return false;
    }

    /// <summary>The layers, those with most parameters first.</summary>
    private int[] LargestFirst() => [.. Enumerable.Range(0, _layers.Length).OrderByDescending(l => _layers[l].CostOf(_best[l]))];

    /// <summary>The place of a layer's rank among those that are allowed; their number for the whole layer.</summary>
    private int Place(int layer) => _best[layer] == 0
        ? _layers[layer].Ranks.Count : _layers[layer].Ranks.Index().First(entry => entry.Item == _best[layer]).Index;

    /// <summary>Whether a choice of ranks keeps enough right; the smallest one that does is remembered.</summary>
    private bool Keeps(int[] ranks)
    {
        string key = string.Join(' ', ranks);
        if (_known.TryGetValue(key, out bool known)) return known;
        long cost = CostOf(ranks);
        _progress?.Invoke($"trial {_trials.Count + 1}: {cost} parameters in the layers; {_bestCost} are enough");
        bool keeps = ranks.All(rank => rank == 0) || _trials.Try(_factors(ranks), _leastRight) is { } trial && trial.Right >= _leastRight;
        _known.Add(key, keeps);
        if (keeps && cost < _bestCost) (_best, _bestCost) = (ranks, cost);
        return keeps;
    }

    private long CostOf(int[] ranks) => ranks.Select((rank, l) => _layers[l].CostOf(rank)).Sum();
}
