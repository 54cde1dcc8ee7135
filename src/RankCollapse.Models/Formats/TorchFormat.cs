using System.Text;
using RankCollapse.Formats;
using RankCollapse.Models.Reading;
using RankCollapse.Models.Torch;

namespace RankCollapse.Models.Formats;

/// <summary>A file of PyTorch: a state dictionary, a checkpoint or a module, whose pickle is read as data and runs nothing.</summary>
internal sealed class TorchFormat() : ModelFormat("torch", "PyTorch (pt, pth, bin)")
{
    private static readonly string[] Endings = [".pt", ".pth", ".ckpt"];

    /// <summary>How files named .bin begin that are models of PyTorch; others are data of other formats.</summary>
    private static readonly string[] Names = ["pytorch_model", "diffusion_pytorch_model", "adapter_model"];

    public override Recognition Recognise(ModelStart start)
    {
        ArgumentNullException.ThrowIfNull(start);
        string name = Path.GetFileName(start.Path);
        bool isNamed = Endings.Any(start.HasEnding)
            || (start.HasEnding(".bin") && Names.Any(stem => name.StartsWith(stem, StringComparison.OrdinalIgnoreCase)));
        return IsTorch(start) ? Recognition.ByContent : isNamed ? Recognition.ByName : Recognition.None;
    }

    /// <summary>Whether the content of a file is that of <c>torch.save</c>.</summary>
    public static bool IsTorch(ModelStart start) => TorchFile.IsStart(start.Bytes.Span) || start.HasEntry(TorchFile.IsPickle);

    public override ModelTensors Open(string path)
    {
        var start = ModelStart.Of(path);
        return IsTorch(start) ? TorchModel.Open(path)
            : throw new InvalidInputException(
                $"{path} has the name of a PyTorch model, but is "
                + $"{(IsTar(path) ? "a tar archive, as PyTorch wrote before 2017" : "none that torch.save wrote")}, "
                + "which is not read; save the model's state_dict with torch.save, or as safetensors.");
    }

    private static bool IsTar(string path)
    {
        const int Place = 257;
        using FileStream file = InputFile.Open(path);
        var magic = new byte[5];
        if (file.Length < Place + magic.Length) return false;
        file.Position = Place;
        return file.ReadAtLeast(magic, magic.Length, throwOnEndOfStream: false) == magic.Length && Encoding.ASCII.GetString(magic) == "ustar";
    }
}
