using System.Globalization;
using System.Text.RegularExpressions;
using RankCollapse.Formats;
using RankCollapse.Models.Reading;

namespace RankCollapse.Models.Features;

/// <summary>
/// Where features of another program lie: one file of arrays, a folder whose files are chunks of the same layers in the natural order of their names, or a
/// folder of such files or folders for each epoch of training, named <c>epoch-N</c>. Labels are in each part, or in <c>labels.npy</c> or <c>labels.npz</c>
/// beside them.
/// </summary>
internal sealed partial class FeatureFiles : ModelTensors
{
    /// <summary>Arrays of these names are labels, the first before the second.</summary>
    public static readonly string[] LabelNames = ["labels", "y"];

    private static readonly string[] Endings = [".npz", ".safetensors"];
    private static readonly string[] LabelFiles = ["labels.npy", "labels.npz", "labels.safetensors"];

    /// <summary>The parts by epoch; of features without epochs those of epoch −1.</summary>
    private readonly SortedDictionary<long, string[]> _parts;
    private readonly string? _labels;

    private FeatureFiles(string path, SortedDictionary<long, string[]> parts, string? labels)
        : base(path)
    {
        _parts = parts;
        _labels = labels;
        Announce([], []);
    }

    /// <summary>The epochs, ascending; empty where there are none.</summary>
    public IReadOnlyList<long> Epochs => [.. _parts.Keys.Where(epoch => epoch >= 0)];

    /// <summary>The parts of an epoch, of the last one where none is given.</summary>
    public IReadOnlyList<string> PartsOf(long? epoch) => _parts[epoch ?? _parts.Keys.Last()];

    /// <summary>The file beside the parts that has the labels of all; null where there is none.</summary>
    public string? LabelsOf(long? epoch) => LabelsIn(System.IO.Path.GetDirectoryName(PartsOf(epoch)[0])) ?? _labels;

    /// <summary>
    /// Whether there are features: arrays beside <c>labels</c>, or beside a <c>y</c> of as many samples as one of them, or a folder with such files.
    /// </summary>
    public static bool AreAt(string path)
    {
        if (!Directory.Exists(path))
        {
            using ModelTensors? arrays = ArrayFile.TryOpen(path);
            if (arrays is null || FeatureLabels.FindIn(arrays, null) is not { } labels) return false;
            TensorEntry[] others = [.. arrays.Tensors.Where(array => array.Name != labels.Name && array.Shape.Count > 0)];
            return others.Length > 0 && (labels.Name == LabelNames[0] || others.Any(array => array.Shape[0] == labels.Count));
        }
        using FeatureFiles? files = Find(path);
        return files is not null && (files.Epochs.Count > 0 || files._labels is not null || AreAt(files.PartsOf(null)[0]));
    }

    /// <summary>Looks for features.</summary>
    /// <param name="path">A file, or a folder of files.</param>
    /// <exception cref="InvalidInputException">There are none, or files with epochs stand beside others.</exception>
    public static FeatureFiles Open(string path)
    {
        InputFile.RequirePath(path);
        if (Directory.Exists(path))
            return Find(path)
                ?? throw new InvalidInputException($"The folder {path} holds no features; expected files {string.Join(" or ", Endings)} in it, or folders "
                    + "epoch-N with such files.");
        InputFile.Open(path).Dispose();
        return new FeatureFiles(path, new() { [-1] = [path] }, LabelsIn(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))));
    }

    protected override double[] ReadNumbers(TensorEntry entry) => throw new NotSupportedException("features are read some samples at a time");

    protected override void Dispose(bool disposing)
    {
    }

    private static FeatureFiles? Find(string folder)
    {
        string[] entries;
        try
        {
            entries = Natural(Directory.EnumerateFileSystemEntries(folder));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidInputException($"Cannot read the folder {folder}: {FileSteps.Said(e)}; check its permissions.", e);
        }
        string[] files = [.. entries.Where(IsPart)];
        ILookup<long, string> byEpoch = entries.Where(entry => EpochOf(entry) >= 0 && (IsPart(entry) || Directory.Exists(entry))).ToLookup(EpochOf);
        var parts = new SortedDictionary<long, string[]>();
        foreach (IGrouping<long, string> epoch in byEpoch)
        {
            string[] found = [.. epoch.SelectMany(entry => Directory.Exists(entry) ? Natural(Directory.EnumerateFiles(entry)).Where(IsPart) : [entry])];
            if (found.Length > 0) parts.Add(epoch.Key, found);
        }
        if (parts.Count > 0 && Array.Find(files, file => EpochOf(file) < 0) is { } other)
        {
            throw new InvalidInputException($"The folder {folder} holds epochs of features, and {System.IO.Path.GetFileName(other)}, whose name has none; "
                + "expected names such as epoch-10.");
        }
        if (parts.Count == 0 && files.Length > 0) parts.Add(-1, files);
        string full = System.IO.Path.GetFullPath(folder);
        return parts.Count == 0 ? null
            : new FeatureFiles(folder, parts, LabelsIn(full) ?? (EpochOf(full) >= 0 ? LabelsIn(System.IO.Path.GetDirectoryName(full)) : null));
    }

    private static bool IsPart(string path) => Endings.Any(ending => path.EndsWith(ending, StringComparison.OrdinalIgnoreCase))
        && !LabelFiles.Contains(System.IO.Path.GetFileName(path)) && !Directory.Exists(path);

    private static string? LabelsIn(string? folder) =>
        LabelFiles.Select(name => System.IO.Path.Combine(string.IsNullOrEmpty(folder) ? "." : folder, name)).FirstOrDefault(File.Exists);

    private static long EpochOf(string path) =>
        EpochName().Match(System.IO.Path.GetFileName(System.IO.Path.TrimEndingDirectorySeparator(path))) is { Success: true } match
            && long.TryParse(match.Groups["number"].Value, NumberStyles.None, CultureInfo.InvariantCulture, out long epoch) ? epoch : -1;

    /// <summary>Names in the order of people: numbers in them by their size.</summary>
    private static string[] Natural(IEnumerable<string> paths) =>
        [.. paths.OrderBy(path => Digits().Replace(path, match => match.Value.TrimStart('0').PadLeft(20, '0')), StringComparer.Ordinal)];

    [GeneratedRegex("^epoch[-_]?(?<number>[0-9]+)", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    private static partial Regex EpochName();

    [GeneratedRegex("[0-9]+")]
    private static partial Regex Digits();
}
