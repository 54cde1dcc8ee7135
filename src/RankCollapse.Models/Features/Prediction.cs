namespace RankCollapse.Models.Features;

/// <summary>What a model predicts from its outputs.</summary>
internal static class Prediction
{
    /// <summary>
    /// The place of the largest output, the first of equal ones. A single output of a model that tells two classes apart is their log-odds:
    /// above 0 is the larger label.
    /// </summary>
    public static int Of(ReadOnlySpan<double> outputs, IReadOnlyList<int> labels)
    {
        if (outputs.Length == 1) return outputs[0] > 0 ? labels[^1] : labels[0];
        int largest = 0;
        for (int k = 1; k < outputs.Length; k++)
        {
            if (outputs[k] > outputs[largest]) largest = k;
        }
        return largest;
    }
}
