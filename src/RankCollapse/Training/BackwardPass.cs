using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;

namespace RankCollapse.Training;

/// <summary>What backpropagation sends through the layers; the memory is owned, so that a pass allocates nothing.</summary>
internal sealed class BackwardPass
{
    private readonly NetworkSpecification _specification;

    /// <summary>Reserves the memory for a shape and a number of samples.</summary>
    /// <param name="specification">The shape.</param>
    /// <param name="samples">N.</param>
    /// <param name="keepsErrors">Whether the errors of all layers are kept, or those of the last layer that was done alone.</param>
    public BackwardPass(NetworkSpecification specification, int samples, bool keepsErrors)
    {
        _specification = specification;

        // Sensitivities are needed for two layers at a time: two buffers take turns and stay in cache.
        // Errors that nobody keeps overwrite those that no skip needs.
        int widest = specification.Widths.Max();
        Matrix[] turns = [new Matrix(widest, samples), new Matrix(widest, samples)];
        Sensitivities = Layers((l, width) => turns[l % 2].RowView(0, width));
        bool inPlace = !keepsErrors && specification.Architecture != Architecture.Residual;
        Matrix? own = keepsErrors || inPlace ? null : new Matrix(widest, samples);
        Errors = inPlace ? Sensitivities : Layers((_, width) => own?.RowView(0, width) ?? new Matrix(width, samples));

        Matrix[] Layers(Func<int, int, Matrix> create) =>
            [.. Enumerable.Range(0, specification.Depth + 1).Select(l => create(l, l == 0 ? 0 : specification.Width(l)))];
    }

    /// <summary>∂J/∂Z^l, n_l×N, of this layer and the one before.</summary>
    public IReadOnlyList<Matrix> Sensitivities { get; }

    /// <summary>∂J/∂P^l, the errors at the preactivations, n_l×N; they may have the memory of the layer's sensitivities.</summary>
    public IReadOnlyList<Matrix> Errors { get; }

    /// <summary>Writes the derivatives of a layer's parameters, and the sensitivities before it, from its errors and sensitivities.</summary>
    /// <param name="layer">l.</param>
    /// <param name="network">Θ.</param>
    /// <param name="point">The objective after an evaluation there, for its features.</param>
    /// <param name="gradient">Where the layer's derivatives go.</param>
    /// <param name="features">What takes the place of the features before the layer in the derivatives, n_{l−1}×N.</param>
    public void Through(int layer, Network network, Objective point, Network gradient, Matrix? features = null)
    {
        Matrix error = Errors[layer];
        if (layer > 1)
        {
            Matrix before = Sensitivities[layer - 1];
            bool skip = _specification.HasSkip(layer);
            if (skip) Sensitivities[layer].CopyTo(before);
            Product.MultiplyTransposedLeft(network.Weights(layer), error, before, accumulate: skip);
        }
        if (layer > 1 || features is not null) Product.MultiplyTransposedRight(error, features ?? point.Features[layer - 1], gradient.Weights(layer));
        else Product.Multiply(error, point.InputsTransposed, gradient.Weights(1));
        if (gradient.Bias(layer) is not { } bias) return;
        for (int i = 0; i < bias.Rows; i++) bias[i, 0] = Reduction.Sum(error.Row(i));
    }
}
