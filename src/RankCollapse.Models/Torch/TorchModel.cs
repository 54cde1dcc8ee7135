using RankCollapse.Formats;
using RankCollapse.Models.Reading;

namespace RankCollapse.Models.Torch;

/// <summary>A model in a file of PyTorch; its numbers stay in the file until they are read.</summary>
internal sealed class TorchModel : ModelTensors
{
    private const int Block = 1 << 20;

    private readonly TorchFile _file;
    private readonly Dictionary<string, TorchTensor> _tensors;

    private TorchModel(string path, TorchFile file)
        : base(path)
    {
        _file = file;
        string alone = System.IO.Path.GetFileNameWithoutExtension(path);
        (IReadOnlyList<(string Name, TorchTensor Tensor)> tensors, IReadOnlyList<SkippedTensor> skipped) =
            InputFile.Guard(path, () => TorchNames.Find(file.Root, alone));
        if (tensors.Count == 0)
            throw new InvalidInputException(
                $"{path} holds no tensors that are read{(skipped.Count == 0 ? "" : $": {Said(skipped[0])}")}; give a file of weights.");
        _tensors = tensors.ToDictionary(one => one.Name, one => one.Tensor, StringComparer.Ordinal);
        Announce([.. tensors.Select(one => new TensorEntry(one.Name, one.Tensor.Type, one.Tensor.Shape))], skipped);
    }

    /// <summary>Opens a file.</summary>
    /// <exception cref="InvalidInputException">It is missing, damaged or no file of PyTorch, or holds no tensors.</exception>
    public static TorchModel Open(string path)
    {
        var file = TorchFile.Open(path);
        try
        {
            return new TorchModel(path, file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    internal override void CopyBytes(string name, Stream destination)
    {
        TorchTensor tensor = _tensors[Describe(name).Name];
        InputFile.Guard(Path, () =>
        {
            if (!tensor.IsContiguous || _file.IsBigEndian)
            {
                destination.Write(Gather(tensor));
                return true;
            }
            long left = tensor.Count * ElementBytes.Size(tensor.Type);
            Stream source = At(tensor, 0);
            var block = new byte[Math.Min(left, Block)];
            while (left > 0)
            {
                int count = (int)Math.Min(left, block.Length);
                source.ReadExactly(block, 0, count);
                destination.Write(block, 0, count);
                left -= count;
            }
            return true;
        });
    }

    protected override double[] ReadNumbers(TensorEntry entry)
    {
        TorchTensor tensor = _tensors[entry.Name];
        var values = new double[tensor.Count];
        if (tensor.IsContiguous) ElementBytes.ReadDoubles(At(tensor, 0), tensor.Type, _file.IsBigEndian, values);
        else ElementBytes.ToDoubles(Gather(tensor), tensor.Type, values);
        return values;
    }

    protected override void Dispose(bool disposing) => _file.Dispose();

    private static string Said(SkippedTensor skipped) => $"{ErrorText.Printable(skipped.Name)}: {skipped.Reason}";

    /// <summary>The file from a number of a tensor's storage on, counted from the tensor's first.</summary>
    private Stream At(TorchTensor tensor, long number)
    {
        int size = ElementBytes.Size(tensor.Type), storageSize = ElementBytes.Size(tensor.Storage.Type ?? tensor.Type);
        return tensor.Count == 0 ? Stream.Null
            : _file.At(tensor.Storage, (tensor.Storage.First * storageSize) + ((tensor.Offset + number) * size));
    }

    /// <summary>
    /// The bytes of a tensor in the order of its dimensions, little-endian. Its dimensions are walked by falling steps, so that the file is read once and
    /// forwards where no numbers are repeated, and the bytes go to where they belong.
    /// </summary>
    private byte[] Gather(TorchTensor tensor)
    {
        int size = ElementBytes.Size(tensor.Type);
        long total = tensor.Count * size;
        if (total > Array.MaxLength || _file.IsPacked(tensor.Storage))
            throw new NotSupportedException("a tensor does not lie as it is numbered, and is too large or packed; save its contiguous()");
        MemoryBudget.Require(total, $"{Path}: a tensor whose numbers lie in another order", "save its contiguous()");
        var result = new byte[total];
        int[] order = [.. Enumerable.Range(0, tensor.Shape.Length).Where(d => tensor.Shape[d] > 1).OrderByDescending(d => tensor.Strides[d])];
        var steps = new long[tensor.Shape.Length];
        for (long d = steps.Length - 1, step = 1; d >= 0; step *= tensor.Shape[d--]) steps[d] = step;
        var index = new long[order.Length];
        var window = new byte[(int)Math.Min(Block, Math.Max(1, Span(tensor)) * size)];
        long first = 0, held = 0;
        for (long n = 0; n < tensor.Count; n++)
        {
            long from = 0, to = 0;
            for (int k = 0; k < order.Length; k++)
            {
                from += index[k] * tensor.Strides[order[k]];
                to += index[k] * steps[order[k]];
            }
            if (from < first || from >= first + held)
            {
                held = Math.Min(window.Length / size, Span(tensor) - from);
                first = from;
                At(tensor, first).ReadExactly(window, 0, (int)held * size);
            }
            Span<byte> number = result.AsSpan((int)to * size, size);
            window.AsSpan((int)(from - first) * size, size).CopyTo(number);
            if (_file.IsBigEndian) number.Reverse();
            for (int k = order.Length - 1; k >= 0 && ++index[k] == tensor.Shape[order[k]]; k--) index[k] = 0;
        }
        return result;
    }

    /// <summary>How many numbers lie from the first of a tensor to its last.</summary>
    private static long Span(TorchTensor tensor) => 1 + tensor.Shape.Zip(tensor.Strides, (size, stride) => (size - 1) * stride).Sum();
}
