using RankCollapse.Formats;
using RankCollapse.LinearAlgebra;

namespace RankCollapse.Data;

/// <summary>Labelled images from a pair of IDX files, such as the full MNIST training set, Fashion-MNIST or EMNIST.</summary>
public sealed class IdxImages
{
    private const double WhitePixel = 255;

    private readonly string _name;
    private readonly IdxFile _images;
    private readonly int[] _labels;

    internal IdxImages(string name, IdxFile images, IdxFile labels)
    {
        if (images.Dimensions.Count < 2)
            throw new InvalidInputException(
                $"{name} holds {images.Dimensions.Count} dimension (labels), expected images with 2 or 3; give the file of the images.");
        if (labels.Dimensions.Count != 1)
            throw new InvalidInputException($"The labels of {name} have {labels.Dimensions.Count} dimensions, expected 1; give the file of the labels.");
        if (images.Dimensions[0] != labels.Dimensions[0])
            throw new InvalidInputException($"{name} holds {images.Dimensions[0]} images but {labels.Dimensions[0]} labels; give files that belong together.");
        if (images.Values.Length == 0)
            throw new InvalidInputException(
                $"{name} holds {string.Join("×", images.Dimensions)} values, expected at least one image with one pixel; get the file again.");
        _name = name;
        _images = images;
        _labels = [.. labels.Values.Select(value => (int)value)];
    }

    /// <summary>d, the number of pixels of an image.</summary>
    public int Pixels => _images.Values.Length / _labels.Length;

    /// <summary>The class of each image, in the file's order.</summary>
    public IReadOnlyList<int> Labels => _labels;

    /// <summary>Reads images and labels; either file may be packed with gzip.</summary>
    /// <param name="imagesPath">The file of the images, such as <c>train-images-idx3-ubyte</c>.</param>
    /// <param name="labelsPath">The file of the labels; null for the neighbour that <see cref="LabelsPathOf"/> finds.</param>
    /// <exception cref="InvalidInputException">A file is missing, damaged or of the wrong kind, or they do not belong together.</exception>
    public static IdxImages Read(string imagesPath, string? labelsPath = null)
    {
        IdxFile images = IdxFile.Read(imagesPath);
        if (images.Dimensions.Count < 2)
            throw new InvalidInputException($"{imagesPath} holds {images.Dimensions.Count} dimension (labels), expected images; give the file of the "
                + "images, its labels are found beside it.");
        return new IdxImages(Path.GetFileName(imagesPath), images, IdxFile.Read(labelsPath ?? LabelsPathOf(imagesPath)));
    }

    /// <summary>
    /// The file of the labels that belongs to a file of images: <c>images-idx3</c> becomes <c>labels-idx1</c> (or with dots, <c>images.idx3</c> becomes
    /// <c>labels.idx1</c>), with or without <c>.gz</c>.
    /// </summary>
    /// <exception cref="InvalidInputException">The name does not follow the rule, or there is no such file.</exception>
    public static string LabelsPathOf(string imagesPath)
    {
        ArgumentNullException.ThrowIfNull(imagesPath);
        string file = Path.GetFileName(imagesPath);
        string labels = file.Replace("images-idx3", "labels-idx1").Replace("images.idx3", "labels.idx1");
        if (labels == file)
            throw new InvalidInputException($"The labels of {imagesPath} cannot be found: its name holds neither 'images-idx3' nor 'images.idx3'; rename "
                + "the files like train-images-idx3-ubyte and train-labels-idx1-ubyte.");
        string path = Path.Combine(Path.GetDirectoryName(imagesPath) ?? "", labels);
        string other = path.EndsWith(".gz", StringComparison.Ordinal) ? path[..^3] : path + ".gz";
        return File.Exists(path) || !File.Exists(other) ? path : other;
    }

    /// <summary>All images in the file's order, with their labels as they are: X ∈ [0, 1]^{d×N} with pixels divided by 255.</summary>
    public Samples All() => new(_name, Inputs([.. Enumerable.Range(0, _labels.Length)]), Targets: null, _labels);

    /// <summary>
    /// Takes a seeded subsample, as <see cref="Mnist.Subsample"/> does: X ∈ [0, 1]^{d×N} with pixels divided by 255, one-hot Y, sorted by class.
    /// </summary>
    /// <param name="samples">N; when it is the number of images in the classes and no counts are given, all are taken.</param>
    /// <param name="classes">K: the classes 0 … K−1 are taken, others left out.</param>
    /// <param name="seed">The seed of the choice.</param>
    /// <param name="classCounts">The number of samples of each class; null for equal counts.</param>
    /// <exception cref="InvalidInputException">More samples than there are, or counts that do not fit.</exception>
    public DataSet Subsample(int samples, int classes, long seed, IReadOnlyList<int>? classCounts = null)
    {
        int[] labels = Samples.FromZero(_labels, out string note);
        int[] chosen = ClassSubsample.Choose(_name, labels, samples, classes, seed, classCounts);
        var data = DataSet.FromLabels(_name, Inputs(chosen), [.. chosen.Select(i => labels[i])], classes);
        if (note.Length > 0) data.Understood = note.TrimStart(';', ' ');
        return data;
    }

    private Matrix Inputs(int[] chosen)
    {
        int pixels = Pixels;
        MemoryBudget.Require(8.0 * pixels * chosen.Length, $"{chosen.Length} samples of {_name} with {pixels} pixels", "ask for fewer samples");
        var inputs = new Matrix(pixels, chosen.Length);
        Span<double> entries = inputs.AsSpan();
        for (int column = 0; column < chosen.Length; column++)
        {
            ReadOnlySpan<byte> image = _images.Values.AsSpan(chosen[column] * pixels, pixels);
            for (int pixel = 0; pixel < pixels; pixel++)
                entries[(pixel * chosen.Length) + column] = image[pixel] / WhitePixel;
        }
        return inputs;
    }
}
