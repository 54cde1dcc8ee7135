using System.Buffers.Binary;
using System.Text;
using RankCollapse.Formats;
using RankCollapse.Models.Onnx;
using RankCollapse.Runs;

namespace RankCollapse.Models.Reading;

/// <summary>Tells the kinds of model files apart, by their first bytes and then by their names.</summary>
internal static class ModelFile
{
    private const string Readable = "safetensors, npz, npy or ONNX";

    /// <summary>The line that turns PyTorch's files, which can run any program when they are loaded, into ones that cannot.</summary>
    private const string PyTorchAdvice =
        "convert it with python: import torch, safetensors.torch; safetensors.torch.save_file({k: v.contiguous() for k, v in torch.load('FILE', map_location='cpu', weights_only=True).items()}, 'model.safetensors')";

    /// <summary>Opens a model.</summary>
    public static ModelTensors Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (Directory.Exists(path)) return OpenFolder(path);
        if (path.EndsWith(".index.json", StringComparison.OrdinalIgnoreCase)) return ShardedSafetensorsModel.Open(path, path);
        Span<byte> start = stackalloc byte[16];
        long length;
        using (FileStream file = InputFile.Open(path))
        {
            length = file.Length;
            start = start[..file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)];
        }
        if (length == 0) throw new InvalidInputException($"{path} is empty; expected a model as {Readable}; get the file again.");
        if (start.StartsWith("PK"u8)) return OpenZip(path);
        if (start.StartsWith((ReadOnlySpan<byte>)[0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'])) return new NpyModel(path);
        if (Foreign(start) is { } kind) throw new InvalidInputException($"{path} is {kind}, which is not read; expected {Readable}.");
        if (start.StartsWith((ReadOnlySpan<byte>)[0x80, 0x02]) && !HasExtension(path, ".onnx", ".safetensors"))
            throw new InvalidInputException($"{path} is a pickle of Python, which is not read because loading one can run any program; {PyTorchAdvice.Replace("FILE", Path.GetFileName(path))}.");
        if (HasExtension(path, ".safetensors") || LooksLikeSafetensors(start, length)) return SafetensorsModel.Open(path, path, ModelFormat.Safetensors);
        if (HasExtension(path, ".onnx") || start[0] == 0x08) return OnnxModel.Open(path, path);
        if (HasExtension(path, ".npz")) return NpzModel.OpenArchive(path);
        if (HasExtension(path, ".npy")) return new NpyModel(path);
        throw new InvalidInputException($"{path} is no model that is read; expected {Readable}, or the folder of a run.");
    }

    private static ModelTensors OpenFolder(string path)
    {
        string File(string name) => Path.Combine(path, name);

        if (IsRun(path)) return SafetensorsModel.Open(path, RunFolder.Open(path).WeightsPath, ModelFormat.Run);
        string[] files;
        try
        {
            files = [.. Directory.EnumerateFiles(path).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidInputException($"Cannot read the folder {path}: {e.Message.ReplaceLineEndings(" ").TrimEnd('.')}; check its permissions.", e);
        }
        string[] indices = [.. files.Where(file => file.EndsWith(".safetensors.index.json", StringComparison.OrdinalIgnoreCase))];
        if (indices is [var index]) return ShardedSafetensorsModel.Open(path, File(index));
        string[] models = [.. files.Where(file => HasExtension(file, ".safetensors", ".onnx", ".npz"))];
        if (models.Contains("model.safetensors")) models = ["model.safetensors"];
        return models switch
        {
            [var single] => Open(File(single)),
            [] => throw new InvalidInputException($"The folder {path} holds no model ({Readable}) and no run; give the file of a model or the folder of a run."),
            _ => throw new InvalidInputException($"The folder {path} holds {models.Length} models: {string.Join(", ", models.Take(5).Select(ErrorText.Printable))}{(models.Length > 5 ? ", …" : "")}; give one of them."),
        };
    }

    /// <summary>Whether a folder is that of a run: other programs' models have a config.json too, but no weights of this name beside it.</summary>
    private static bool IsRun(string path) =>
        File.Exists(Path.Combine(path, "config.json")) && (File.Exists(Path.Combine(path, "weights.safetensors")) || File.Exists(Path.Combine(path, "dataset.safetensors")));

    /// <summary>An archive of NumPy, or one of PyTorch, which holds a pickle.</summary>
    private static NpzModel OpenZip(string path)
    {
        NpzModel model = NpzModel.OpenArchive(path);
        if (model.Skipped.All(tensor => !IsPickle(tensor.Name))) return model;
        model.Dispose();
        throw new InvalidInputException($"{path} is a file of PyTorch, which is not read because loading one can run any program; {PyTorchAdvice.Replace("FILE", Path.GetFileName(path))}.");
    }

    private static bool IsPickle(string name) => name.EndsWith(".pkl", StringComparison.Ordinal);

    private static bool LooksLikeSafetensors(ReadOnlySpan<byte> start, long length) =>
        start.Length > 8 && start[8] == '{' && BinaryPrimitives.ReadUInt64LittleEndian(start) is > 1 and var header && header <= (ulong)length;

    private static string? Foreign(ReadOnlySpan<byte> start)
    {
        if (start.StartsWith("GGUF"u8)) return "a GGUF file of llama.cpp";
        if (start.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'H', (byte)'D', (byte)'F'])) return "an HDF5 file, as Keras writes them";
        if (start.Length >= 8 && start[4..8].SequenceEqual("TFL3"u8)) return "a TensorFlow Lite model";
        if (start.Length >= 8 && start[4..8].SequenceEqual("ORTM"u8)) return "a model in ONNX Runtime's own format";
        return start.StartsWith("<!"u8) || start.StartsWith("<h"u8) ? "a web page" : Encoding.ASCII.GetString(start).StartsWith("version https", StringComparison.Ordinal) ? "a Git LFS pointer, not the file itself (git lfs pull gets it)" : null;
    }

    private static bool HasExtension(string path, params ReadOnlySpan<string> extensions)
    {
        foreach (string extension in extensions)
        {
            if (path.EndsWith(extension, StringComparison.OrdinalIgnoreCase)) return true;
        }
        return false;
    }
}
