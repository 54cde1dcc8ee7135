namespace RankCollapse.Models.Compression;

/// <summary>Ranks that share a number of parameters.</summary>
/// <param name="Ranks">r of each layer; 0 where the layer stays whole.</param>
/// <param name="Error">Σ over layers of the relative squared errors.</param>
/// <param name="LowerBound">A number that no choice within the budget is below.</param>
/// <param name="Parameters">What the layers have together.</param>
/// <param name="IsOptimal">Whether no choice within the budget has a smaller error.</param>
internal sealed record RankAllocation(IReadOnlyList<int> Ranks, double Error, double LowerBound, long Parameters, bool IsOptimal);

/// <summary>
/// Shares a budget of parameters among layers so that Σ_l ‖W_l − W_{l,r_l}‖²/‖W_l‖² is smallest, in the norm of each layer's spectrum:
/// a multiple-choice knapsack, whose items are the ranks of a layer and the whole layer.
/// </summary>
/// <remarks>
/// The Lagrangian relaxation, which is the lower convex hull of every layer's choices taken by gain per parameter, gives a bound and a first choice.
/// Dynamic programming over the layers then keeps all pairs of parameters and error that are not worse in both than another and that could still beat the best
/// choice known; where these are not too many, the result is optimal.
/// </remarks>
internal static class RankBudget
{
    private const int MostStates = 200_000;
    private const int MostCandidates = 10_000_000;
    private const long MostSteps = 100_000_000;

    /// <summary>Chooses ranks.</summary>
    /// <param name="layers">What each layer can have.</param>
    /// <param name="budget">The most parameters of all layers together.</param>
    /// <exception cref="InvalidInputException">The budget is below rank 1 in every layer.</exception>
    public static RankAllocation Choose(IReadOnlyList<RankChoices> layers, long budget)
    {
        ArgumentNullException.ThrowIfNull(layers);
        RankChoice[][] choices = [.. layers.Select(layer => layer.Choices.ToArray())];
        long least = choices.Sum(layer => layer[0].Cost);
        if (least > budget)
            throw new InvalidInputException(
                $"The layers have at least {least} parameters (at the lowest ranks), more than the {budget} that are left for them; ask for a larger model.");
        Relaxation[] suffixes = Relaxations(layers);
        (int[] best, double error) = Greedy(layers, choices, budget);
        double bound = suffixes[0].Bound(budget);
        bool isOptimal = TryImprove(choices, suffixes, budget, ref best, ref error);
        return new RankAllocation(
            [.. best.Select((choice, l) => choices[l][choice].Rank)], error, isOptimal ? error : Math.Min(bound, error),
                best.Select((choice, l) => choices[l][choice].Cost).Sum(), isOptimal);
    }

    /// <summary>The relaxed problem of the layers from one on: start, and steps by falling gain with the sums before each.</summary>
    private sealed record Relaxation(long StartCost, double StartError, long[] Costs, double[] Errors)
    {
        /// <summary>The least error of fractional choices within a budget; +∞ where rank 1 is too much.</summary>
        public double Bound(long budget)
        {
            long room = budget - StartCost;
            if (room < 0) return double.PositiveInfinity;
            int full = Array.BinarySearch(Costs, room);
            if (full < 0) full = ~full - 1;
            double error = StartError - Errors[full];
            if (full + 1 < Costs.Length) error -= (Errors[full + 1] - Errors[full]) * (room - Costs[full]) / (Costs[full + 1] - Costs[full]);
            return Math.Max(0, error);
        }
    }

    private static Relaxation[] Relaxations(IReadOnlyList<RankChoices> choices)
    {
        var suffixes = new Relaxation[choices.Count + 1];
        var steps = new List<(long Cost, double Error)>();
        long cost = 0;
        double error = 0;
        suffixes[^1] = new Relaxation(0, 0, [0], [0]);
        for (int l = choices.Count - 1; l >= 0; l--)
        {
            IReadOnlyList<int> hull = choices[l].Hull;
            cost += choices[l].Choices[0].Cost;
            error += choices[l].Choices[0].Error;
            for (int i = 1; i < hull.Count; i++)
            {
                RankChoice from = choices[l].Choices[hull[i - 1]], to = choices[l].Choices[hull[i]];
                steps.Add((to.Cost - from.Cost, from.Error - to.Error));
            }
            steps.Sort((a, b) => (b.Error / b.Cost).CompareTo(a.Error / a.Cost));
            var costs = new long[steps.Count + 1];
            var errors = new double[costs.Length];
            for (int i = 0; i < steps.Count; i++) (costs[i + 1], errors[i + 1]) = (costs[i] + steps[i].Cost, errors[i] + steps[i].Error);
            suffixes[l] = new Relaxation(cost, error, costs, errors);
        }
        return suffixes;
    }

    /// <summary>Steps along the hulls by gain while they fit, then the best single improvements that are left.</summary>
    private static (int[] Choice, double Error) Greedy(IReadOnlyList<RankChoices> layers, RankChoice[][] choices, long budget)
    {
        var chosen = new int[choices.Length];
        long room = budget - choices.Sum(layer => layer[0].Cost);
        var steps = new PriorityQueue<(int Layer, int Step), double>();
        for (int l = 0; l < choices.Length; l++) Enqueue(l, 1);
        while (steps.TryDequeue(out (int Layer, int Step) next, out _))
        {
            RankChoice[] layer = choices[next.Layer];
            int to = layers[next.Layer].Hull[next.Step];
            long cost = layer[to].Cost - layer[chosen[next.Layer]].Cost;
            if (cost > room) continue;
            room -= cost;
            chosen[next.Layer] = to;
            Enqueue(next.Layer, next.Step + 1);
        }
        for (bool isBetter = true; isBetter;)
        {
            isBetter = false;
            for (int l = 0; l < choices.Length; l++)
            {
                for (int i = choices[l].Length - 1; i > chosen[l]; i--)
                {
                    long cost = choices[l][i].Cost - choices[l][chosen[l]].Cost;
                    if (cost > room) continue;
                    room -= cost;
                    chosen[l] = i;
                    isBetter = true;
                    break;
                }
            }
        }
        return (chosen, chosen.Select((choice, l) => choices[l][choice].Error).Sum());

        void Enqueue(int layer, int step)
        {
            IReadOnlyList<int> hull = layers[layer].Hull;
            if (step < hull.Count) steps.Enqueue((layer, step), -layers[layer].Gain(hull[step - 1], hull[step]));
        }
    }

    private readonly record struct State(long Cost, double Error, int Parent, int Choice);

    /// <summary>Dynamic programming; false where there are too many states, and the choice stays what it was.</summary>
    private static bool TryImprove(RankChoice[][] choices, Relaxation[] suffixes, long budget, ref int[] best, ref double error)
    {
        const double Slack = 1e-12;
        var stages = new List<State[]> { new State[] { new(0, 0, -1, -1) } };
        long steps = 0;
        for (int l = 0; l < choices.Length; l++)
        {
            var next = new List<State>();
            State[] current = stages[^1];
            steps += (long)current.Length * choices[l].Length;
            if (steps > MostSteps) return false;
            for (int s = 0; s < current.Length; s++)
            {
                for (int c = 0; c < choices[l].Length; c++)
                {
                    long cost = current[s].Cost + choices[l][c].Cost;
                    double sum = current[s].Error + choices[l][c].Error;
                    if (next.Count == MostCandidates) return false;
                    if (sum + suffixes[l + 1].Bound(budget - cost) < error * (1 - Slack)) next.Add(new State(cost, sum, s, c));
                }
            }
            if (next.Count == 0) return true;
            next.Sort((a, b) => a.Cost != b.Cost ? a.Cost.CompareTo(b.Cost) : a.Error.CompareTo(b.Error));
            var kept = new List<State>();
            foreach (State state in next)
            {
                if (kept.Count == 0 || state.Error < kept[^1].Error) kept.Add(state);
            }
            if (kept.Count > MostStates) return false;
            stages.Add([.. kept]);
        }
        int last = stages[^1].Length - 1;
        error = stages[^1][last].Error;
        best = new int[choices.Length];
        for (int l = choices.Length; l > 0; l--)
        {
            State state = stages[l][last];
            best[l - 1] = state.Choice;
            last = state.Parent;
        }
        return true;
    }
}
