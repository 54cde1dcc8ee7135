namespace RankCollapse.Models.Compression;

/// <summary>
/// Nested choices of ranks from the smallest model to the whole one: the steps on the lower convex hulls of all layers' errors over their parameters, those
/// that save most error for each parameter first. Every choice on it is the best for its number of parameters, of Σ_l w_l·‖W_l − W_{l,r_l}‖²/‖W_l‖².
/// </summary>
internal sealed class RankPath
{
    private readonly RankChoices[] _layers;
    private readonly (int Layer, int From, int To)[] _steps;
    private readonly long[] _sizes;

    /// <summary>Orders the steps.</summary>
    /// <param name="layers">What each layer can have.</param>
    /// <param name="weights">w: how much the error of each layer counts.</param>
    public RankPath(IReadOnlyList<RankChoices> layers, IReadOnlyList<double> weights)
    {
        _layers = [.. layers];
        _steps = [.. layers.SelectMany((layer, l) => layer.Hull.Zip(layer.Hull.Skip(1), (from, to) => (Layer: l, From: from, To: to)))
            .OrderByDescending(step => weights[step.Layer] * layers[step.Layer].Gain(step.From, step.To))];
        _sizes = new long[_steps.Length + 1];
        _sizes[0] = layers.Sum(layer => layer.Choices[layer.Hull[0]].Cost);
        for (int i = 0; i < _steps.Length; i++)
        {
            (int layer, int from, int to) = _steps[i];
            _sizes[i + 1] = _sizes[i] + _layers[layer].Choices[to].Cost - _layers[layer].Choices[from].Cost;
        }
    }

    /// <summary>The parameters of the layers after so many steps, ascending.</summary>
    public IReadOnlyList<long> Sizes => _sizes;

    /// <summary>The ranks after so many steps; 0 for whole layers.</summary>
    public int[] RanksAt(int steps)
    {
        int[] places = [.. _layers.Select(layer => layer.Hull[0])];
        foreach ((int layer, _, int to) in _steps.AsSpan(0, steps)) places[layer] = to;
        return [.. places.Select((place, l) => _layers[l].Choices[place].Rank)];
    }
}
