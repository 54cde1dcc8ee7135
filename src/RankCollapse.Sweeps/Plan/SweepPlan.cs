using System.Text;
using RankCollapse.Formats;
using RankCollapse.Runs;

namespace RankCollapse.Sweeps.Plan;

/// <summary>The trials of a sweep, resolved, and how they are run.</summary>
public sealed class SweepPlan
{
    private readonly Dictionary<string, Trial> _byId;

    internal SweepPlan(string name, SweepLimits limits, SweepNeeds needs, SettingsTemplate template, IReadOnlyList<Trial> trials,
        IReadOnlyDictionary<string, string>? dataHashes = null)
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

    /// <summary>The arithmetic of all results.</summary>
    public Arithmetic Arithmetic { get; internal init; } = Arithmetic.Current;

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

    /// <summary>The plan of trials that a program has made up.</summary>
    /// <param name="name">A name for people.</param>
    /// <param name="trials">The settings, in the order in which trials are to begin; at least one. Equal ones are one trial.</param>
    /// <param name="limits">How trials are run and what is kept.</param>
    /// <exception cref="InvalidInputException">Settings or data cannot be used.</exception>
    public static SweepPlan Of(string name, IReadOnlyList<RunConfiguration> trials, SweepLimits limits)
    {
        ArgumentNullException.ThrowIfNull(trials);
        ArgumentOutOfRangeException.ThrowIfZero(trials.Count);
        var data = new TrialData();
        RunConfiguration[] all = [.. trials.Select(trial => TrialIdentity.Resolve(trial) with
        {
            Data = data.PathOf(trial.Data), TestData = trial.TestData is { } test ? data.PathOf(test) : null,
        })];
        Setting[] varying = [.. RunSettings.All.Where(setting => all.Any(trial => !Setting.AreEqual(setting.Get(trial), setting.Get(all[0]))))];
        using var builder = new PlanBuilder(new SettingsTemplate(all[0], [.. varying.Select(setting => setting.JsonName)]), data);
        foreach (RunConfiguration trial in all) builder.Add([.. varying.Select(setting => SettingValues.Of(setting.Get(trial)))]);
        return builder.ToPlan(name, limits);
    }

    /// <summary>The trial of an identity; null when it is not in the plan.</summary>
    public Trial? Find(string id) => _byId.GetValueOrDefault(id);

    private static string IdentityOf(IEnumerable<string> ids)
    {
        string[] sorted = [.. ids];
        Array.Sort(sorted, StringComparer.Ordinal);
        return Sha256.Hex(Encoding.ASCII.GetBytes(string.Join('\n', sorted)))[..20];
    }
}
