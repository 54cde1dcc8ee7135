using RankCollapse.LinearAlgebra;
using RankCollapse.Models.Features;

namespace RankCollapse.Models.Compression;

/// <summary>Runs a model with factors in place of layers, a batch at a time: the output that is looked at, a sample a row.</summary>
internal delegate IEnumerable<Matrix> FactoredRuns(IReadOnlyDictionary<string, LayerFactors> factors);

/// <summary>Samples that a model can be tried on.</summary>
/// <param name="Name">What they are.</param>
/// <param name="Labels">The label of each sample; null where there are none.</param>
/// <param name="Prediction">What the output predicts; null where it predicts no labels.</param>
/// <param name="Reason">Why it does not; null where it does.</param>
/// <param name="Prepare">Makes the samples ready in an order; null leaves them as they are.</param>
internal sealed record TrialSamples(
    string Name, IReadOnlyList<int>? Labels, Prediction? Prediction, string? Reason, Func<int[]?, FactoredRuns> Prepare);

/// <summary>What a trial came to.</summary>
/// <param name="Right">How many samples are predicted right.</param>
/// <param name="Lost">How many that the model gets right are predicted wrong.</param>
/// <param name="RelativeError">‖f_r(X) − f(X)‖_F/‖f(X)‖_F of the output that is looked at.</param>
internal sealed record Trial(int Right, int Lost, double RelativeError);

/// <summary>
/// Tries factors of a model on samples. The samples that the model gets wrong or nearly wrong come first, so that a trial that cannot come to what is asked
/// ends early.
/// </summary>
internal sealed class ModelTrials
{
    private static readonly Dictionary<string, LayerFactors> None = [];
    private readonly CancellationToken _cancellation;
    private readonly FactoredRuns _runs;
    private readonly Prediction? _prediction;
    private readonly Matrix[] _outputs;
    private readonly int[] _labels = [];

    /// <summary>Runs the model as it is.</summary>
    /// <param name="samples">The samples.</param>
    /// <param name="cancellation">Stops between batches.</param>
    public ModelTrials(TrialSamples samples, CancellationToken cancellation)
    {
        (Name, _prediction, _cancellation) = (samples.Name, samples.Prediction, cancellation);
        int[]? order = null;
        if (_prediction is not null)
        {
            IReadOnlyList<int> labels = samples.Labels!;
            double[] margins =
                [.. samples.Prepare(null)(None).SelectMany(Rows).Select((row, i) => _prediction.Margin(row.AsSpan(), labels[i]))];
            order = [.. Enumerable.Range(0, margins.Length)];
            Array.Sort(margins, order);
            _labels = [.. order.Select(i => labels[i])];
        }
        _runs = samples.Prepare(order);
        _outputs = [.. _runs(None)];
        SampleCount = _outputs.Sum(batch => batch.Rows);
        Right = _labels.Length == 0 ? 0 : _outputs.SelectMany(Rows).Where((row, i) => IsRight(i, row.AsSpan())).Count();
    }

    /// <summary>What the samples are.</summary>
    public string Name { get; }

    /// <summary>N.</summary>
    public int SampleCount { get; }

    /// <summary>Whether there are labels that the output predicts.</summary>
    public bool HasAccuracy => _prediction is not null;

    /// <summary>How many samples the model gets right.</summary>
    public int Right { get; }

    /// <summary>How many trials there were.</summary>
    public int Count { get; private set; }

    /// <summary>Tries factors.</summary>
    /// <param name="factors">The factors.</param>
    /// <param name="leastRight">What must be right; as soon as that is out of reach the trial ends without a result.</param>
    /// <param name="mostSamples">How many samples are enough, the hardest ones.</param>
    public Trial? Try(IReadOnlyDictionary<string, LayerFactors> factors, int leastRight = 0, int mostSamples = int.MaxValue)
    {
        Count++;
        int done = 0, right = 0, lost = 0, number = 0;
        double squares = 0, total = 0;
        foreach (Matrix batch in _runs(factors))
        {
            _cancellation.ThrowIfCancellationRequested();
            Matrix whole = _outputs[number++];

            // How many numbers some models put out depends on their values; others than the model's are none of them.
            double distance = batch.Length == whole.Length ? Reduction.Distance(batch.AsSpan(), whole.AsSpan()) : Reduction.Norm(whole.AsSpan());
            squares += distance * distance;
            total += Reduction.SumOfSquares(whole.AsSpan());
            for (int i = 0; i < batch.Rows; i++, done++)
            {
                if (!HasAccuracy) continue;
                if (IsRight(done, batch.Row(i))) right++;
                else if (IsRight(done, whole.Row(i))) lost++;
            }
            if (HasAccuracy && right + SampleCount - done < leastRight) return null;
            if (done >= mostSamples) break;
        }
        return new Trial(right, lost, total > 0 ? Math.Sqrt(squares / total) : 0);
    }

    private bool IsRight(int sample, ReadOnlySpan<double> outputs) => _prediction!.Label(outputs) == _labels[sample];

    private static IEnumerable<Matrix> Rows(Matrix batch) => Enumerable.Range(0, batch.Rows).Select(i => batch.RowView(i, 1));
}
