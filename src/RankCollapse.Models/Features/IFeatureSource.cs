using RankCollapse.LinearAlgebra;

namespace RankCollapse.Models.Features;

/// <summary>The last linear layer, whose outputs are compared with nearest class means.</summary>
/// <param name="Features">The tensor that it is applied to, H.</param>
/// <param name="Weights">W, one row a class.</param>
/// <param name="WeightsName">The name of W.</param>
internal sealed record LinearClassifier(string Features, Matrix Weights, string WeightsName);

/// <summary>Receives the features of a batch, one tensor at a time.</summary>
/// <param name="tensor">The number of the tensor among those that were asked for.</param>
/// <param name="first">The number of the batch's first sample.</param>
/// <param name="rows">B×n, a sample a row; valid during the call only.</param>
internal delegate void FeatureVisitor(int tensor, int first, Matrix rows);

/// <summary>Computes the features of samples in batches: a model of ONNX with data, or a run.</summary>
internal interface IFeatureSource : IDisposable
{
    /// <summary>What the features are of, for messages.</summary>
    string Name { get; }

    /// <summary>Every tensor that can be measured, in the order of computation.</summary>
    IReadOnlyList<FeatureTensor> Tensors { get; }

    /// <summary>Every other tensor.</summary>
    IReadOnlyList<SkippedItem> Skipped { get; }

    /// <summary>N.</summary>
    int SampleCount { get; }

    /// <summary>The label of each sample; null for data without labels.</summary>
    IReadOnlyList<int>? Labels { get; }

    /// <summary>What each sample is regressed on, N×K; null where there are classes or nothing.</summary>
    Matrix? Targets => null;

    /// <summary>The tensor whose largest entry is the prediction; null where there is none.</summary>
    FeatureTensor? Output { get; }

    /// <summary>Why there is no output.</summary>
    string WhyNoOutput => "The model has no output with a place for each sample.";

    /// <summary>Why there is no last linear layer.</summary>
    string WhyNoClassifier => "The model does not end with a linear layer.";

    /// <summary>Whether the output is a sigmoid, that is a probability and no log-odds.</summary>
    bool IsOutputProbability => false;

    /// <summary>The last linear layer; null where there is none.</summary>
    LinearClassifier? Classifier { get; }

    /// <summary>How many samples of a tensor come at once, where at most so many are asked for.</summary>
    int BatchSize(FeatureTensor tensor, int asked) => asked;

    /// <summary>Runs all samples, a batch at a time, in order.</summary>
    /// <exception cref="InvalidInputException">The model cannot be run on the data.</exception>
    void Run(IReadOnlyList<FeatureTensor> tensors, int batchSize, FeatureVisitor visit, CancellationToken cancellation);
}
