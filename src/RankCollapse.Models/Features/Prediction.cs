namespace RankCollapse.Models.Features;

/// <summary>What a model is trained to tell of a sample.</summary>
public enum PredictionTask
{
    /// <summary>One of K classes: the place of the largest of K outputs.</summary>
    Multiclass,

    /// <summary>One of two classes: whether one output, log-odds or a probability, lies above its middle; or the larger of two.</summary>
    Binary,

    /// <summary>Any number of classes.</summary>
    Multilabel,

    /// <summary>A class for each place of a sequence.</summary>
    Tokens,

    /// <summary>Real numbers.</summary>
    Regression,

    /// <summary>No classes.</summary>
    None,
}

/// <summary>What a model predicts from its outputs.</summary>
internal sealed class Prediction
{
    private readonly IReadOnlyList<int> _labels;
    private readonly double? _middle;

    private Prediction(IReadOnlyList<int> labels, double? middle) => (_labels, _middle) = (labels, middle);

    /// <summary>How one label for each sample follows from an output; null, with the reason, where none does.</summary>
    /// <param name="task">What the user says that the model is trained for; null where its output says so.</param>
    /// <param name="shape">The sizes of the output for one sample; null where it has no place for each sample.</param>
    /// <param name="isProbability">Whether the output is a sigmoid, whose middle is ½ and not 0.</param>
    /// <param name="labels">The labels that occur, ascending.</param>
    /// <param name="reason">Why there are none.</param>
    public static Prediction? Of(PredictionTask? task, IReadOnlyList<long>? shape, bool isProbability, IReadOnlyList<int> labels, out string? reason)
    {
        long[] sizes = shape is null ? [] : [.. shape.Where(size => size != 1)];
        string text = shape is null or [] ? "one number" : string.Join("×", shape);
        reason = task switch
        {
            PredictionTask.None or PredictionTask.Regression => $"The task is {EnumNames.Of(task.Value)}.",
            PredictionTask.Multilabel or PredictionTask.Tokens => "Labels are one for each sample, and the task has several.",
            _ when shape is null => "The output has no place for each sample.",
            _ when sizes.Length > 1 => $"The output has {text} numbers for a sample, expected one, or one for each class; choose another output.",
            PredictionTask.Multiclass when sizes.Length == 0 => "The output has one number for a sample, expected one for each class.",
            PredictionTask.Binary when sizes is [> 2] => $"The output has {text} numbers for a sample, expected one or two to tell two classes apart.",
            _ when sizes.Length == 0 && labels.Count > 2 =>
                $"The output has one number for a sample, which tells two classes apart, and there are {labels.Count}.",
            _ when sizes is [var most] && labels[^1] >= most =>
                $"Labels go from {labels[0]} to {labels[^1]}, but the output's places from 0 to {most - 1}; number the labels like the output.",
            _ => null,
        };
        return reason is not null ? null : new Prediction(labels, sizes.Length > 0 ? null : isProbability ? 0.5 : 0);
    }

    /// <summary>
    /// The label that is predicted: the place of the largest output, the first of equal ones; of a single output the larger label above the middle.
    /// </summary>
    public int Label(ReadOnlySpan<double> outputs)
    {
        if (_middle is { } middle) return outputs[0] > middle ? _labels[^1] : _labels[0];
        int largest = 0;
        for (int k = 1; k < outputs.Length; k++)
        {
            if (outputs[k] > outputs[largest]) largest = k;
        }
        return largest;
    }

    /// <summary>
    /// By how much the output of a label is above the largest other one, or a single output on its label's side of the middle; negative where wrong.
    /// </summary>
    public double Margin(ReadOnlySpan<double> outputs, int label)
    {
        if (_middle is { } middle) return label == _labels[^1] ? outputs[0] - middle : middle - outputs[0];
        double largest = double.NegativeInfinity;
        for (int k = 0; k < outputs.Length; k++)
        {
            if (k != label) largest = Math.Max(largest, outputs[k]);
        }
        return outputs[label] - largest;
    }
}
