using RankCollapse.Models.Reading;

namespace RankCollapse.Models.Formats;

/// <summary>A .npz archive of NumPy.</summary>
internal sealed class NpzFormat() : ModelFormat("npz", "npz")
{
    public override Recognition Recognise(ModelStart start) =>
        start.BeginsWith("PK"u8) ? Recognition.ByContent : start.HasEnding(".npz") ? Recognition.ByName : Recognition.None;

    /// <summary>Opens an archive, unless it is one of PyTorch, which holds a pickle.</summary>
    public override ModelTensors Open(string path)
    {
        NpzModel model = NpzModel.OpenArchive(path);
        if (model.Skipped.All(tensor => !tensor.Name.EndsWith(".pkl", StringComparison.Ordinal))) return model;
        model.Dispose();
        throw Pickle(path, "a file of PyTorch");
    }

    /// <summary>Refuses a pickle, with the line that turns PyTorch's files into ones that cannot run programs.</summary>
    internal static InvalidInputException Pickle(string path, string kind) => new(
        $"{path} is {kind}, which is not read because loading one can run any program; convert it with python: import torch, safetensors.torch; "
        + $"safetensors.torch.save_file({{k: v.contiguous() for k, v in torch.load('{Path.GetFileName(path)}', map_location='cpu', "
            + "weights_only=True).items()}}, 'model.safetensors').");
}
