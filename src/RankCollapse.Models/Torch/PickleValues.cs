namespace RankCollapse.Models.Torch;

/// <summary>A name that a pickle asks Python to import; here it stays a name.</summary>
/// <param name="Module">The module.</param>
/// <param name="Name">The class or function in it.</param>
internal sealed record PickleGlobal(string Module, string Name)
{
    public override string ToString() => $"{Module}.{Name}";
}

/// <summary>A dictionary, in the order in which it was filled; of two entries of one key the later counts.</summary>
internal sealed class PickleDictionary
{
    public List<KeyValuePair<object?, object?>> Entries { get; } = [];

    /// <summary>The value of a key; null where there is none.</summary>
    public object? Find(string key) => Entries.FindLast(entry => entry.Key as string == key).Value;
}

/// <summary>An object of a class, or the result of a function, that is not known: what it would have been made of, and nothing made.</summary>
/// <param name="type">The class or function.</param>
/// <param name="arguments">What it would have been called with.</param>
internal sealed class PickleObject(string type, object?[] arguments)
{
    public string Type => type;

    public object?[] Arguments => arguments;

    /// <summary>What its attributes would have been set from.</summary>
    public object? State { get; set; }

    /// <summary>What it would have been given as a dictionary.</summary>
    public PickleDictionary Entries { get; } = new();

    /// <summary>What it would have been given as a list.</summary>
    public List<object?> Elements { get; } = [];
}
