using RankCollapse.Models.Compression;
using RankCollapse.Models.Formats;
using RankCollapse.Models.Reading;

namespace RankCollapse.Models;

/// <summary>Replaces layers of a model by two smaller ones.</summary>
public static class ModelCompression
{
    /// <summary>Compresses a model and writes it; nothing is written where no layer is replaced, unless a run is exported as ONNX.</summary>
    /// <param name="path">A file or folder of any of <see cref="ModelFormats.All"/>.</param>
    /// <param name="output">The file to write, with one of <see cref="ModelFormat.CompressedEndings"/>.</param>
    /// <param name="options">How.</param>
    /// <exception cref="InvalidInputException">An option or the file's name does not fit the model, or the model cannot be run on the data.</exception>
    /// <exception cref="ComputationFailedException">The compressed model does not give finite outputs where the model does.</exception>
    public static CompressionReport Run(string path, string output, CompressionOptions options)
    {
        ArgumentException.ThrowIfNullOrEmpty(output);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        using ModelTensors model = ModelFormats.Open(path, out ModelFormat format);
        if (!format.CompressedEndings.Any(ending => output.EndsWith(ending, StringComparison.OrdinalIgnoreCase)))
            throw new InvalidInputException(
                $"The output is {output}, but models of the format {format.Name} are written as {string.Join(" or ", format.CompressedEndings)}; choose "
                + "another out.")
            { Settings = ["out"] };
        if (options.Rule == RankRule.Certificate && !format.HasData)
            throw new InvalidInputException(
                $"Theorem 3.4 needs the data and the objective that a network was trained with, which {path} does not hold; choose ranks by energy, tolerance, "
                + "rank or a budget.");
        if (options.Rule == RankRule.Accuracy && options.Data is null && format.HasData) options = options with { Data = path };
        ICompressionTarget target = format.OpenTarget(model, output, options);
        if (!target.CanRun && (options.Rule == RankRule.Accuracy || options.OnlyFaster))
            throw new InvalidInputException(
                $"{path} holds weights without the network that they belong to, so that neither its accuracy nor its time can be measured; export the network "
                + "as ONNX, or choose ranks by energy, tolerance, rank, noise edge or a budget.");
        if (options.Rule == RankRule.Accuracy && options.Data is null)
            throw new InvalidInputException("Accuracy is measured on samples with labels, but no data are given; give some as data.") { Settings = ["data"] };
        var plan = CompressionPlan.Make(target, options);
        if (plan.Factors.Count == 0 && !target.IsExport) return plan.Report(path, null, null, "No layer was replaced, so that nothing was written.");
        options.Progress?.Invoke("checking and writing");
        CompressionCheck? check = target.Write(output, plan.Factors, out string? reason);
        return plan.Report(path, output, check, reason);
    }
}
