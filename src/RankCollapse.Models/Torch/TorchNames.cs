using RankCollapse.Models.Reading;

namespace RankCollapse.Models.Torch;

/// <summary>Finds the tensors in what a pickle describes, and names each by the keys on the way to it: <c>model.fc.weight</c>.</summary>
/// <remarks>
/// Modules of PyTorch, whatever their class, have their tensors in the entries <c>_parameters</c>, <c>_buffers</c> and <c>_modules</c> of their state, and are
/// named as their <c>state_dict</c> names them. What is reached on several ways has the name of the first, but tensors have all of theirs.
/// </remarks>
internal sealed class TorchNames
{
    /// <summary>Optimisers have few entries of their own; with this many, a dictionary is one of tensors.</summary>
    private const int MostEntries = 20;
    private const int Deepest = 100;
    private const long MostCharacters = 100_000_000;

    private readonly HashSet<object> _seen = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private long _characters;

    private TorchNames()
    {
    }

    private List<(string Name, TorchTensor Tensor)> Tensors { get; } = [];

    private List<SkippedTensor> Skipped { get; } = [];

    /// <summary>The tensors, and what is none or is not read.</summary>
    /// <param name="root">What the pickle describes.</param>
    /// <param name="alone">The name of a tensor that is alone in its file.</param>
    /// <exception cref="InvalidDataException">Names are longer than any model's.</exception>
    public static (IReadOnlyList<(string Name, TorchTensor Tensor)> Tensors, IReadOnlyList<SkippedTensor> Skipped) Find(object? root, string alone)
    {
        var found = new TorchNames();
        if (root is TorchTensor or UnreadTensor) found.Visit(root, alone, 0);
        else if (IsOptimizer(root)) found.Skip("", "optimizer", "it is the state of an optimiser and no weights", isOfModel: false);
        else found.Visit(root, "", 0);
        return (found.Tensors, found.Skipped);
    }

    private void Visit(object? value, string name, int depth)
    {
        switch (value)
        {
            case TorchTensor tensor:
                if (Count(name) && _names.Add(name)) Tensors.Add((name, tensor));
                else Skip("", name, "another tensor before it has this name", isOfModel: true);
                return;
            case UnreadTensor unread:
                Skip("", name, unread.Reason, unread.IsOfModel);
                return;
            case TorchStorage:
                Skip("", name, "it is a storage, numbers without a shape", isOfModel: false);
                return;
            case PickleDictionary or PickleObject or List<object?> or object?[] when depth > Deepest:
                Skip("", name, $"it lies more than {Deepest} levels deep", isOfModel: true);
                return;
            case PickleDictionary dictionary when _seen.Add(value):
                Entries(dictionary, name, depth, mayBeOptimizer: true);
                return;
            case PickleObject made when _seen.Add(value):
                VisitObject(made, name, depth);
                return;
            case List<object?> or object?[] when _seen.Add(value):
                Elements((IReadOnlyList<object?>)value, name, depth);
                return;
            default:
                return;
        }
    }

    private void VisitObject(PickleObject made, string name, int depth)
    {
        if (made.State is PickleDictionary state && (state.Find("_parameters") ?? state.Find("_modules")) is PickleDictionary)
        {
            foreach (string part in (string[])["_parameters", "_buffers", "_modules"])
            {
                if (state.Find(part) is PickleDictionary held) Entries(held, name, depth, mayBeOptimizer: false);
            }
            return;
        }
        int before = Tensors.Count + Skipped.Count;
        Entries(made.Entries, name, depth, mayBeOptimizer: true);
        Elements(made.Elements, name, depth);
        Visit(made.State, name, depth + 1);
        Elements(made.Arguments, name, depth);
        if (Tensors.Count + Skipped.Count > before) return;
        Skip("", name, $"it is an object of {ErrorText.Printable(made.Type)}, which is not made", isOfModel: false);
    }

    private void Entries(PickleDictionary dictionary, string name, int depth, bool mayBeOptimizer)
    {
        var last = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach ((object? key, object? value) in dictionary.Entries) last[key is string or long ? $"{key}" : $"[{last.Count}]"] = value;
        foreach ((string key, object? value) in last)
        {
            bool isContainer = value is PickleDictionary or List<object?> or PickleObject;
            if (mayBeOptimizer && isContainer && (IsOptimizer(value) || key.Contains("optim", StringComparison.OrdinalIgnoreCase)))
                Skip(name, key, "it is the state of an optimiser and no weights", isOfModel: false);
            else Visit(value, Join(name, key), depth + 1);
        }
    }

    private void Elements(IReadOnlyList<object?> values, string name, int depth)
    {
        for (int i = 0; i < values.Count; i++)
        {
            if (values[i] is not (null or long or double or bool or string)) Visit(values[i], Join(name, $"{i}"), depth + 1);
        }
    }

    /// <summary>Every optimiser of PyTorch saves these two entries.</summary>
    private static bool IsOptimizer(object? value) =>
        value is PickleDictionary { Entries.Count: <= MostEntries } dictionary && dictionary.Find("state") is not null
            && dictionary.Find("param_groups") is not null;

    private void Skip(string folder, string name, string reason, bool isOfModel)
    {
        string whole = Join(folder, name);
        Count(whole);
        Skipped.Add(new SkippedTensor(whole.Length > 0 ? whole : "(the whole file)", reason) { IsOfModel = isOfModel });
    }

    private bool Count(string name) => (_characters += name.Length) <= MostCharacters
        ? true : throw new InvalidDataException($"its names have more than {MostCharacters} characters together");

    private static string Join(string folder, string name) => folder.Length == 0 ? name : $"{folder}.{name}";
}
