using System.Collections;

namespace RankCollapse;

/// <summary>
/// An ordered table of named entries that can grow: activations, solvers, metrics, figures, engines and model formats are each one entry of one such table.
/// </summary>
/// <param name="kind">What an entry is, in the singular, for errors: <c>activation</c>.</param>
/// <param name="nameOf">The name of an entry, as users write it.</param>
/// <param name="entries">The entries that the program comes with, in the order of help and tables.</param>
/// <typeparam name="T">An entry.</typeparam>
/// <remarks>Reading is safe on any thread, while entries are added too.</remarks>
public sealed class Registry<T>(string kind, Func<T, string> nameOf, params IEnumerable<T> entries) : IReadOnlyList<T>
    where T : class
{
    private readonly Lock _changing = new();
    private T[] _entries = [.. entries];

    /// <summary>The names of all entries, in order.</summary>
    public IReadOnlyList<string> Names => [.. _entries.Select(nameOf)];

    /// <inheritdoc/>
    public int Count => _entries.Length;

    /// <inheritdoc/>
    public T this[int index] => _entries[index];

    /// <summary>Adds an entry at the end.</summary>
    /// <param name="entry">The entry; its name must be new.</param>
    /// <returns>Takes the entry out again when it is disposed.</returns>
    /// <exception cref="InvalidInputException">There is an entry of that name.</exception>
    public IDisposable Register(T entry)
    {
        string name = nameOf(entry);
        lock (_changing)
        {
            if (Find(name) is not null) throw new InvalidInputException($"There is a {kind} '{name}' already; give the new one another name.");
            _entries = [.. _entries, entry];
        }
        return new Registration(this, entry);
    }

    /// <summary>The entry of a name, or null.</summary>
    public T? Find(string name) => Array.Find(_entries, entry => nameOf(entry) == name);

    /// <summary>The entry of a name.</summary>
    /// <exception cref="InvalidInputException">There is none; near names are listed.</exception>
    public T Parse(string name) => Find(name)
        ?? throw new InvalidInputException($"There is no {kind} '{ErrorText.Printable(name)}'; {NearMatches.Advice(name, Names)}");

    /// <inheritdoc/>
    public IEnumerator<T> GetEnumerator() => ((IEnumerable<T>)_entries).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private sealed class Registration(Registry<T> table, T entry) : IDisposable
    {
        public void Dispose()
        {
            lock (table._changing) table._entries = [.. table._entries.Where(other => !ReferenceEquals(other, entry))];
        }
    }
}
