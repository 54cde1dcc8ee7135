using RankCollapse.Formats;

namespace RankCollapse.Runs;

/// <summary>The files of a run as its manifest covers them: each is announced before it has its name, and checked before it is read.</summary>
/// <param name="folder">The run's folder.</param>
/// <param name="own">The names of the files that training writes; others are made of them.</param>
internal sealed class CoveredFiles(string folder, IReadOnlyList<string> own)
{
    private readonly HashSet<string> _checked = new(StringComparer.Ordinal);
    private RunManifest? _manifest;

    /// <summary>The identity of the run; null where it is not known.</summary>
    public string? Identity => _manifest?.Identity;

    /// <summary>Begins a run, with no files yet.</summary>
    public void Begin() => _manifest = new RunManifest();

    /// <summary>Reads the manifest of an existing run; one of an earlier version has none.</summary>
    /// <exception cref="InvalidInputException">It is damaged.</exception>
    public void Read() => _manifest = RunManifest.Read(folder);

    /// <summary>Checks every file that the manifest names and that is there.</summary>
    /// <exception cref="InvalidInputException">A file has another content than was written; the message names it.</exception>
    public void Verify()
    {
        foreach (string name in (string[])[.. _manifest?.Names ?? []])
        {
            if (IsThere(name)) Check(name);
        }
    }

    /// <summary>Requires that a file has a content that the manifest knows. Whoever trains may replace it just now, with the manifest.</summary>
    /// <exception cref="InvalidInputException">It has another one.</exception>
    public void Check(string name)
    {
        if (_manifest is null || !_checked.Add(name) || _manifest.Accepts(folder, name)) return;
        const int Looks = 3;
        for (int look = 0; look < Looks; look++)
        {
            if (RunManifest.Read(folder) is not { } now || now.Accepts(folder, name)) return;
        }
        _checked.Remove(name);
        throw new InvalidInputException($"{At(name)} does not have the content that {RunManifest.FileName} says: it is damaged, of another run, or was "
            + "changed; restore it, train again, or accept it as it is (accept-changed).")
        { Settings = ["accept-changed"] };
    }

    /// <summary>Writes a file that the manifest knows before it is there.</summary>
    public void Put(string name, Action<Stream> write)
    {
        // A run of an earlier version gets its manifest when it goes on.
        _manifest ??= OfExisting();
        ManifestFile? written = null;
        AtomicFile.WriteInside(At(name), write, content =>
        {
            written = new ManifestFile(name, content.Length, Sha256.Hex(content));
            _manifest.Announce(written);
            _manifest.Write(folder);
        });
        _manifest.Settle(written!);
    }

    /// <summary>Writes files that are made of a run's own, and has the manifest cover them; what lies outside the folder is not covered.</summary>
    /// <param name="write">Writes them, and gives their paths.</param>
    public void Cover(Func<IReadOnlyList<string>> write)
    {
        Read();
        if (_manifest is null)
        {
            write();
            return;
        }
        // Until all are written, the manifest says nothing about those that are there.
        string[] derived = [.. _manifest.Names.Where(name => !own.Contains(name))];
        foreach (string name in derived) _manifest.Forget(name);
        if (derived.Length > 0) _manifest.Write(folder);
        string root = Path.GetFullPath(folder) + Path.DirectorySeparatorChar;
        IEnumerable<string> inside = write().Select(Path.GetFullPath).Where(file => file.StartsWith(root, StringComparison.Ordinal));
        foreach (string name in derived.Union(inside.Select(file => file[root.Length..].Replace('\\', '/'))))
        {
            if (IsThere(name)) _manifest.Settle(RunManifest.Describe(folder, name));
        }
        _manifest.Write(folder);
    }

    /// <summary>Takes the files as they are now; those of training where the manifest itself is damaged.</summary>
    /// <returns>The names of the files that had changed.</returns>
    /// <exception cref="InvalidInputException">Another process has the folder, or it cannot be written.</exception>
    public IReadOnlyList<string> Accept()
    {
        RunManifest? manifest;
        bool isReadable = true;
        try
        {
            manifest = RunManifest.Read(folder);
        }
        catch (InvalidInputException e) when (e.Settings.Contains("accept-changed"))
        {
            manifest = new RunManifest();
            isReadable = false;
        }
        if (manifest is null) return [];
        using FolderClaim claim = FolderClaim.Take(folder);
        var changed = new List<string>();
        foreach (string name in (string[])[.. isReadable ? manifest.Names : own])
        {
            if (!IsThere(name) || (isReadable && manifest.Accepts(folder, name))) continue;
            manifest.Settle(RunManifest.Describe(folder, name));
            changed.Add(name);
        }
        if (changed.Count > 0) manifest.Write(folder);
        return changed;
    }

    private string At(string name) => Path.Combine(folder, name);

    private bool IsThere(string name) => File.Exists(At(name));

    private RunManifest OfExisting()
    {
        var manifest = new RunManifest();
        foreach (string name in own.Where(IsThere)) manifest.Announce(RunManifest.Describe(folder, name));
        return manifest;
    }
}
