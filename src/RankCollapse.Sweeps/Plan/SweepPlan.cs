using System.Security.Cryptography;
using System.Text;
using RankCollapse.Runs;

namespace RankCollapse.Sweeps.Plan;

/// <summary>The trials of a sweep, resolved, and how they are run.</summary>
public sealed class SweepPlan
{
    private readonly Dictionary<string, Trial> _byId;

    internal SweepPlan(string name, SweepLimits limits, SweepNeeds needs, SettingsTemplate template, IReadOnlyList<Trial> trials, IReadOnlyDictionary<string, string>? dataHashes = null)
    {
        DataHashes = dataHashes ?? new Dictionary<string, string>();
        Name = name;
        Limits = limits;
        Needs = needs;
        Template = template;
        Trials = trials;
        _byId = trials.ToDictionary(trial => trial.Id);
        Identity = IdentityOf(trials.Select(trial => trial.Id));
    }

    /// <summary>A name for people.</summary>
    public string Name { get; }

    /// <summary>The hash of all trials' identities, in whatever order: 20 hexadecimal digits.</summary>
    public string Identity { get; }

    /// <summary>How trials are run and what is kept.</summary>
    public SweepLimits Limits { get; }

    /// <summary>What the trials need.</summary>
    public SweepNeeds Needs { get; }

    /// <summary>What all trials share; the values of <see cref="Names"/> in it mean nothing.</summary>
    public RunConfiguration Shared => Template.Shared;

    /// <summary>The settings in which trials differ, in camel case.</summary>
    public IReadOnlyList<string> Names => Template.Names;

    /// <summary>The trials, in the specification's order.</summary>
    public IReadOnlyList<Trial> Trials { get; }

    /// <summary>The hashes of the data files' contents, by path, that the trials were planned with.</summary>
    public IReadOnlyDictionary<string, string> DataHashes { get; }

    internal SettingsTemplate Template { get; }

    /// <summary>The trial of an identity; null when it is not in the plan.</summary>
    public Trial? Find(string id) => _byId.GetValueOrDefault(id);

    private static string IdentityOf(IEnumerable<string> ids)
    {
        string[] sorted = [.. ids];
        Array.Sort(sorted, StringComparer.Ordinal);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(string.Join('\n', sorted))))[..20];
    }
}
