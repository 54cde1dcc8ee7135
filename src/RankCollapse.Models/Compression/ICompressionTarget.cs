using RankCollapse.Formats;

namespace RankCollapse.Models.Compression;

/// <summary>A layer that may be factored.</summary>
/// <param name="Name">The name of its weights.</param>
/// <param name="Kind"><c>linear</c> or <c>convolution</c>.</param>
/// <param name="ShapeText">The shape of its weights.</param>
/// <param name="Parameters">How many they are.</param>
/// <param name="Type">The type that factors are written in.</param>
/// <param name="Load">Reads the weights; null where the layer stays whole.</param>
/// <param name="Reason">Why it stays whole; null where it need not.</param>
internal sealed record CompressibleLayer(
    string Name, string Kind, string ShapeText, long Parameters, ElementType Type, Func<LayerBlocks>? Load, string? Reason);

/// <summary>A model whose layers can be factored.</summary>
internal interface ICompressionTarget
{
    /// <summary>Every layer with weights, in the model's order.</summary>
    IReadOnlyList<CompressibleLayer> Layers { get; }

    /// <summary>The real numbers of all tensors.</summary>
    long Parameters { get; }

    /// <summary>Whether a model without any replaced layer is worth writing, because it is of another format then.</summary>
    bool IsExport => false;

    /// <summary>
    /// What layers put out on the data, as <see cref="LayerSpectrum.OfOutputs"/> takes it; layers that are not known on the data are left out. Null without
    /// data.
    /// </summary>
    IReadOnlyDictionary<string, LayerOutputs>? Outputs(IReadOnlyList<CompressibleLayer> layers) => null;

    /// <summary>Whether there is a network that can be run, and not weights alone.</summary>
    bool CanRun => true;

    /// <summary>Samples to try factors on; null where there are none of the kind, or nothing can be run.</summary>
    /// <param name="isTest">Whether the other data are meant that models are compared on, and not those that layers are fitted to.</param>
    TrialSamples? Trials(bool isTest) => null;

    /// <summary>Makes ready to time layers; null where nothing can be run.</summary>
    ModelTimer? Timer() => null;

    /// <summary>How long the model takes with factors; empty where nothing can be run.</summary>
    IReadOnlyList<LatencyChange> Latency(IReadOnlyDictionary<string, LayerFactors> factors) => [];

    /// <summary>Theorem 3.4's bound of ‖W − W_r‖_F and its rank for layers that have one; empty where it is of no use.</summary>
    IReadOnlyDictionary<string, (int Rank, double Bound)> Certificates() => new Dictionary<string, (int Rank, double Bound)>();

    /// <summary>Writes the compressed model, whole or not at all, after running both models where they can be run.</summary>
    /// <param name="path">The file.</param>
    /// <param name="factors">The factors of the layers that are replaced, rounded to the layers' types.</param>
    /// <param name="reason">Why there is no check; null where there is one.</param>
    CompressionCheck? Write(string path, IReadOnlyDictionary<string, LayerFactors> factors, out string? reason);
}
