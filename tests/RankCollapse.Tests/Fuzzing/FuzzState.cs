using System.IO.MemoryMappedFiles;

namespace RankCollapse.Tests.Fuzzing;

/// <summary>Which input is being tried, in a file in memory that outlives the process that tries it.</summary>
internal sealed class FuzzState : IDisposable
{
    private const int Bytes = 1 << 20;
    private const int InputStart = 16;

    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;

    public FuzzState(string path)
    {
        _file = MemoryMappedFile.CreateFromFile(path, FileMode.OpenOrCreate, null, Bytes);
        _view = _file.CreateViewAccessor();
    }

    /// <summary>The door's number.</summary>
    public int Door => _view.ReadInt32(0);

    /// <summary>The input's number.</summary>
    public int Index => _view.ReadInt32(4);

    /// <summary>How many inputs of the door were refused before.</summary>
    public int Refused => _view.ReadInt32(8);

    /// <summary>The input, or its beginning.</summary>
    public byte[] Input
    {
        get
        {
            var input = new byte[_view.ReadInt32(12)];
            _view.ReadArray(InputStart, input, 0, input.Length);
            return input;
        }
    }

    /// <summary>Says what is tried now.</summary>
    public void Set(int door, int index, int refused, byte[] input)
    {
        int length = Math.Min(input.Length, Bytes - InputStart);
        _view.Write(0, door);
        _view.Write(4, index);
        _view.Write(8, refused);
        _view.Write(12, length);
        _view.WriteArray(InputStart, input, 0, length);
    }

    public void Dispose()
    {
        _view.Dispose();
        _file.Dispose();
    }
}
