using RankCollapse.Formats;

namespace RankCollapse.Models.Torch;

/// <summary>Numbers of one type in a file, which tensors share parts of.</summary>
/// <param name="Key">Its name in the file.</param>
/// <param name="TypeName">The type as PyTorch names it.</param>
/// <param name="Type">The type; null for one that is not read.</param>
/// <param name="Count">How many numbers it has.</param>
/// <param name="First">Where it begins in the storage of that name, in numbers; old files have storages that are parts of others.</param>
internal sealed record TorchStorage(string Key, string TypeName, ElementType? Type, long Count, long First);

/// <summary>A tensor: which numbers of a storage, and in what order.</summary>
/// <param name="Storage">The storage.</param>
/// <param name="Type">The type of its numbers; for storages of bytes another than theirs.</param>
/// <param name="Offset">Its first number's place in the storage.</param>
/// <param name="Shape">Its sizes.</param>
/// <param name="Strides">The steps between neighbours of each dimension, in numbers.</param>
internal sealed record TorchTensor(TorchStorage Storage, ElementType Type, long Offset, long[] Shape, long[] Strides)
{
    /// <summary>How many numbers it has.</summary>
    public long Count => Shape.Aggregate(1L, (product, size) => product * size);

    /// <summary>Whether its numbers lie one after the other, the last dimension fastest.</summary>
    public bool IsContiguous
    {
        get
        {
            long expected = 1;
            for (int d = Shape.Length - 1; d >= 0; d--)
            {
                if (Shape[d] != 1 && Strides[d] != expected) return Count == 0;
                expected *= Shape[d];
            }
            return true;
        }
    }
}

/// <summary>A tensor whose numbers are not read, and why.</summary>
/// <param name="Reason">The end of a sentence that begins with its name.</param>
/// <param name="IsOfModel">Whether it can be a part of a model.</param>
internal sealed record UnreadTensor(string Reason, bool IsOfModel = true);

/// <summary>A value that is known and no tensor: a type of numbers, a device, a date.</summary>
internal sealed record PlainValue;
