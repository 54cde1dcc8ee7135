using RankCollapse.Formats;
using RankCollapse.Models.Reading;

namespace RankCollapse.Models.Formats;

/// <summary>The formats that models are read in.</summary>
public static class ModelFormats
{
    private const int MostNames = 5;

    /// <summary>Every format, in the order of help.</summary>
    public static Registry<ModelFormat> All { get; } = new(
        "model format", format => format.Name, new SafetensorsFormat(), ShardedFormat.Torch, ShardedFormat.Safetensors, new TorchFormat(), new NpzFormat(),
            new ArrayFormat(), new OnnxFormat(), new RunFormat(), new FeatureFilesFormat());

    /// <summary>What models can be, for people: <c>safetensors, npz or the folder of a run</c>.</summary>
    public static string Readable => string.Join(", ", All.SkipLast(1).Select(format => format.Description)) + " or " + All[^1].Description;

    /// <summary>Opens a model of any format, or the only one in a folder.</summary>
    /// <param name="path">The file or folder.</param>
    /// <exception cref="InvalidInputException">It is missing, damaged, hostile or of a kind that is not read; the message says how to convert it.</exception>
    public static ModelTensors Open(string path) => Open(path, out _);

    /// <summary>Opens a model of any format, or the only one in a folder.</summary>
    /// <param name="path">The file or folder.</param>
    /// <param name="format">Its format.</param>
    /// <exception cref="InvalidInputException">It is missing, damaged, hostile or of a kind that is not read; the message says how to convert it.</exception>
    public static ModelTensors Open(string path, out ModelFormat format)
    {
        ArgumentNullException.ThrowIfNull(path);
        InputFile.RequirePath(path);
        var start = ModelStart.Of(path);
        (ModelFormat? found, Recognition recognition) = Find(start);
        if (start.IsFolder && found is null)
        {
            start = ModelStart.Of(ModelInside(path));
            (found, recognition) = Find(start);
        }
        if (!start.IsFolder) Require(start, recognition);
        format = found ?? throw new InvalidInputException($"{start.Path} is no model that is read; expected {Readable}.");
        return format.Open(start.Path);
    }

    private static (ModelFormat? Format, Recognition Recognition) Find(ModelStart start)
    {
        (ModelFormat Format, Recognition Recognition) best = All.Select(format => (format, format.Recognise(start))).MaxBy(found => found.Item2);
        return best.Recognition == Recognition.None ? (null, Recognition.None) : best;
    }

    /// <summary>Refuses files that are known and not read.</summary>
    private static void Require(ModelStart start, Recognition recognition)
    {
        if (start.Length == 0) throw new InvalidInputException($"{start.Path} is empty; expected a model as {Readable}; get the file again.");
        if (start.ForeignKind() is { } kind) throw new InvalidInputException($"{start.Path} is {kind}, which is not read; expected {Readable}.");
        if (recognition < Recognition.ByName && start.Bytes.Span is [0x80, <= 5, ..])
            throw new InvalidInputException(
                $"{start.Path} is a pickle of Python that torch.save did not write, which is not read because loading one can run any program; save the "
                + "weights with torch.save, or as safetensors.");
    }

    /// <summary>Of several models in a folder, the first of these that only one of them is.</summary>
    private static readonly Predicate<string>[] Preferred =
    [
        name => name.EndsWith(ShardedFormat.Safetensors.Ending, StringComparison.OrdinalIgnoreCase)
            && !name.EndsWith(ShardedFormat.Torch.Ending, StringComparison.OrdinalIgnoreCase),
        name => name == "model.safetensors",
        name => name.EndsWith(ShardedFormat.Torch.Ending, StringComparison.OrdinalIgnoreCase),
        name => name == "pytorch_model.bin",
    ];

    /// <summary>The only model in a folder: the index of several files before these, and the usual names before others.</summary>
    private static string ModelInside(string folder)
    {
        string[] files;
        try
        {
            files = [.. Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidInputException($"Cannot read the folder {folder}: {e.Message.ReplaceLineEndings(" ").TrimEnd('.')}; check its permissions.", e);
        }
        string[] models = [.. files.Where(
            file => All.Any(format => format.IsWholeModel && format.Recognise(new ModelStart(file, IsFolder: false, default, 0)) == Recognition.ByName))];
        string[] first = Preferred.Select(isPreferred => models.Where(file => isPreferred(Path.GetFileName(file))).ToArray())
            .FirstOrDefault(found => found.Length == 1, models);
        IEnumerable<string> shown = models.Take(MostNames).Select(file => ErrorText.Printable(Path.GetFileName(file)));
        return first switch
        {
            [var single] => single,
            [] => throw new InvalidInputException($"The folder {folder} holds no model ({Readable}); give the file of a model or the folder of a run."),
            _ => throw new InvalidInputException(
                $"The folder {folder} holds {models.Length} models: {string.Join(", ", shown)}{(models.Length > MostNames ? ", …" : "")}; give one of them."),
        };
    }
}
