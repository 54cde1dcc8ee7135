using System.Runtime.InteropServices;
using RankCollapse.Collapse;
using RankCollapse.Data;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using RankCollapse.Theory.Certificates;
using RankCollapse.Training;

namespace RankCollapse.Cli.Playing;

/// <summary>What the features of every layer are projected to.</summary>
internal enum PlaneKind
{
    /// <summary>A plane drawn at random with the run's seed, as in Figure 7.</summary>
    Random,

    /// <summary>The two leading principal axes of the features at the moment at which they were chosen.</summary>
    Principal,
}

/// <summary>How much of a frame is computed anew.</summary>
internal enum FrameDetail
{
    /// <summary>Points and numbers, and as many Gram matrices and spectra as there is time for; others are those of earlier frames.</summary>
    Moving,

    /// <summary>Everything.</summary>
    Whole,
}

/// <summary>
/// Takes the pictures of a training that the page shows: of every layer the points in a plane, the Gram matrix, singular values, TCV and rank, as bytes whose
/// order <c>play.js</c> knows.
/// </summary>
internal sealed class FrameCamera
{
    /// <summary>The most samples that are drawn as points; more are thinned evenly.</summary>
    public const int MostPoints = 600;

    private const int MostGramSamples = 64;
    private const int MostSingularValues = 48;
    private const double LargestShort = short.MaxValue;
    private const double LargestByte = 127;

    private readonly DataSet _data;
    private readonly NetworkSpecification _specification;
    private readonly long _seed;
    private readonly Partition? _classes;
    private readonly int[] _points;
    private readonly int[] _gram;
    private readonly int _values;
    private readonly FeaturePlane[] _planes;
    private readonly LayerGram[] _grams;
    private readonly LayerSpectra[] _spectra;
    private LowRankCertificate? _certificate;
    private int _nextGram;
    private int _nextSpectra;
    private int _planeNumber;

    /// <summary>Prepares for trainings of one shape on one data set.</summary>
    public FrameCamera(DataSet data, NetworkSpecification specification, long seed)
    {
        _data = data;
        _specification = specification;
        _seed = seed;
        _classes = Partition.OfClasses(data);
        int[] order = [.. Enumerable.Range(0, data.SampleCount).OrderBy(i => data.Labels.Length == 0 ? 0 : data.Labels[i])];
        _points = Thin(order, MostPoints);
        _gram = Thin(order, MostGramSamples);
        int most = Enumerable.Range(1, specification.Depth).Max(l => Math.Min(specification.Width(l), Math.Max(data.SampleCount, specification.Width(l - 1))));
        _values = Math.Min(most, Math.Clamp(3 * data.OutputDimension, 12, MostSingularValues));
        _planes = new FeaturePlane[specification.Depth + 1];
        _grams = [.. Enumerable.Range(0, specification.Depth + 1).Select(_ => new LayerGram())];
        _spectra = [.. Enumerable.Range(0, specification.Depth + 1).Select(_ => new LayerSpectra())];
        Choose(PlaneKind.Random, []);
    }

    /// <summary>The class of each point; empty where there are none.</summary>
    public IEnumerable<int> PointClasses => _data.Labels.Length == 0 ? [] : _points.Select(i => _data.Labels[i]);

    /// <summary>The class of each row of a Gram matrix; empty where there are none.</summary>
    public IEnumerable<int> GramClasses => _data.Labels.Length == 0 ? [] : _gram.Select(i => _data.Labels[i]);

    /// <summary>How many singular values a layer shows.</summary>
    public int SingularValues => _values;

    /// <summary>Whether Theorem 3.4's bound is computed.</summary>
    public bool ShowsBound { get; set; }

    /// <summary>Chooses the planes of the frames from now on.</summary>
    /// <param name="kind">How.</param>
    /// <param name="features">Z^0 … Z^L of the moment, for principal axes.</param>
    public void Choose(PlaneKind kind, IReadOnlyList<Matrix> features)
    {
        for (int l = 1; l <= _specification.Depth; l++)
            _planes[l] = kind == PlaneKind.Random ? FeaturePlane.Random(_specification.Width(l), _seed, l) : FeaturePlane.Principal(features[l]);
        _planeNumber++;
    }

    /// <summary>Takes a picture.</summary>
    /// <param name="moment">What is seen.</param>
    /// <param name="detail">How much is computed anew.</param>
    /// <param name="points">Where the time of points and Gram matrices is counted.</param>
    /// <param name="spectra">What time there is for spectra and bounds.</param>
    public byte[] Take(FrameMoment moment, FrameDetail detail, TimeShare points, TimeShare spectra)
    {
        Measure(moment, detail == FrameDetail.Whole, points, spectra);
        return points.Spend(() => Bytes(moment));
    }

    private byte[] Bytes(FrameMoment moment)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write((double)moment.Epoch);
        writer.Write(moment.Seconds);
        writer.Write(moment.Value.Total);
        writer.Write(moment.Value.Total - moment.Value.WeightPenalty - moment.Value.FeaturePenalty);
        writer.Write(moment.Value.WeightPenalty);
        writer.Write(moment.Value.FeaturePenalty);
        writer.Write(moment.RelativeGradient);
        foreach (int number in (int[])[moment.Leg, _points.Length, _gram.Length, _values, _specification.Depth, _planeNumber]) writer.Write(number);
        for (int l = 1; l <= _specification.Depth; l++) Write(writer, moment, l);
        return stream.ToArray();
    }

    private void Measure(FrameMoment moment, bool isWhole, TimeShare points, TimeShare spectra)
    {
        int depth = _specification.Depth;
        // One Gram matrix with each frame at least, which is what a frame costs where time is short.
        for (int i = 0; i < depth && (isWhole || i == 0 || points.Allows(moment.Seconds)); i++)
        {
            int l = 1 + (_nextGram++ % depth);
            points.Spend(() => _grams[l] = GramOf(moment, l));
        }
        for (int i = 0; i < depth && (isWhole || spectra.Allows(moment.Seconds)); i++)
        {
            int l = 1 + (_nextSpectra++ % depth);
            spectra.Spend(() => _spectra[l] = LayerSpectra.Of(moment, l));
        }
        if (!ShowsBound) _certificate = null;
        else if (isWhole || _certificate is null || spectra.Allows(moment.Seconds))
        {
            _certificate = spectra.Spend(() => LowRankCertificate.Compute(moment.Network, _data, moment.Objective,
                new LowRankCertificateOptions { HasCurvatureBound = false, CurvatureSamples = 0, Restarts = 0 }));
        }
    }

    private void Write(BinaryWriter writer, FrameMoment moment, int layer)
    {
        Matrix plane = _planes[layer].Project(moment.Features[layer]);
        double scale = 0;
        foreach (double value in plane.AsSpan()) scale = Math.Max(scale, Math.Abs(value));
        LayerGram gram = _grams[layer];
        LayerSpectra spectra = _spectra[layer];
        LayerCertificate? certificate = _certificate?.Layers[layer - 1];
        foreach (double number in (double[])[scale, gram.Largest, gram.Lowest, gram.Variation, gram.Epoch, spectra.Rank, spectra.Epoch,
            certificate?.Distance ?? double.NaN, certificate?.Best?.ExactBound ?? double.NaN])
            writer.Write((float)number);
        WriteValues(writer, spectra.Features);
        WriteValues(writer, spectra.Weights);
        Span<short> coordinates = stackalloc short[2 * MostPoints];
        double factor = scale > 0 && double.IsFinite(scale) ? LargestShort / scale : 0;
        for (int i = 0; i < _points.Length; i++)
        {
            coordinates[2 * i] = (short)Math.Round(factor * plane[0, _points[i]]);
            coordinates[(2 * i) + 1] = (short)Math.Round(factor * plane[1, _points[i]]);
        }
        writer.Write(MemoryMarshal.AsBytes(coordinates[..(2 * _points.Length)]));
        writer.Write(MemoryMarshal.AsBytes(gram.Shades.AsSpan()));
        for (int i = gram.Shades.Length; i % sizeof(float) != 0; i++) writer.Write((sbyte)0);
    }

    private void WriteValues(BinaryWriter writer, double[] values)
    {
        for (int i = 0; i < _values; i++) writer.Write(i < values.Length ? (float)values[i] : float.NaN);
    }

    private LayerGram GramOf(FrameMoment moment, int layer)
    {
        Matrix features = moment.Features[layer], gram = Gram(features);
        double largest = 0, lowest = 0;
        foreach (double value in gram.AsSpan())
        {
            largest = Math.Max(largest, Math.Abs(value));
            lowest = Math.Min(lowest, value);
        }
        double shade = largest > 0 && double.IsFinite(largest) ? LargestByte / largest : 0;
        var shades = new sbyte[gram.Length];
        ReadOnlySpan<double> values = gram.AsSpan();
        for (int i = 0; i < shades.Length; i++) shades[i] = (sbyte)Math.Round(shade * values[i]);
        return new LayerGram
        {
            Shades = shades,
            Largest = largest,
            Lowest = largest > 0 ? lowest / largest : 0,
            Variation = _classes is null ? double.NaN : WithinClusterSumOfSquares.Of(features, _data.Targets, _classes),
            Epoch = moment.Epoch,
        };
    }

    private Matrix Gram(Matrix features)
    {
        var chosen = new Matrix(features.Rows, _gram.Length);
        for (int row = 0; row < features.Rows; row++)
        {
            ReadOnlySpan<double> from = features.Row(row);
            Span<double> to = chosen.Row(row);
            for (int i = 0; i < _gram.Length; i++) to[i] = from[_gram[i]];
        }
        return Product.Gram(chosen);
    }

    private static int[] Thin(int[] order, int most) =>
        order.Length <= most ? order : [.. Enumerable.Range(0, most).Select(i => order[(int)((long)i * order.Length / most)])];

    /// <summary>The Gram matrix of a layer at an epoch, and its TCV.</summary>
    private sealed class LayerGram
    {
        /// <summary>The entries, each divided by the largest.</summary>
        public sbyte[] Shades { get; init; } = [];

        public double Largest { get; init; }

        /// <summary>The lowest entry, divided by the largest.</summary>
        public double Lowest { get; init; }

        public double Variation { get; init; } = double.NaN;

        public double Epoch { get; init; } = double.NaN;
    }

    /// <summary>The singular values of a layer at an epoch.</summary>
    private sealed class LayerSpectra
    {
        public double[] Features { get; private init; } = [];

        public double[] Weights { get; private init; } = [];

        public double Rank { get; private init; } = double.NaN;

        public double Epoch { get; private init; } = double.NaN;

        public static LayerSpectra Of(FrameMoment moment, int layer)
        {
            double[] features = SingularValueDecomposition.SingularValues(moment.Features[layer]);
            return new LayerSpectra
            {
                Features = features,
                Weights = SingularValueDecomposition.SingularValues(moment.Network.Weights(layer)),
                Rank = NumericalRank.Of(features),
                Epoch = moment.Epoch,
            };
        }
    }
}

/// <summary>A moment of a training.</summary>
/// <param name="Leg">Which settings it is trained with, counted from 0.</param>
/// <param name="Epoch">Epochs since the weights were drawn.</param>
/// <param name="Seconds">Seconds of training of this leg.</param>
/// <param name="Value">The objective.</param>
/// <param name="RelativeGradient">The relative gradient norm.</param>
/// <param name="Network">The network.</param>
/// <param name="Features">Z^0 … Z^L.</param>
/// <param name="Objective">What is minimised.</param>
internal sealed record FrameMoment(
    int Leg, long Epoch, double Seconds, ObjectiveValue Value, double RelativeGradient, Network Network, IReadOnlyList<Matrix> Features,
    ObjectiveSettings Objective);
