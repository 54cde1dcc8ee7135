using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using RankCollapse.Runs;
using RankCollapse.Sweeps.Engines.Slurm;
using RankCollapse.Sweeps.Plan;

namespace RankCollapse.Sweeps.Specification;

/// <summary>Trainings that a program has made up, as a specification: what all share, and a list of what differs.</summary>
public static class TrainingList
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>The specification's content; <see cref="SweepSpecification.Parse"/> reads it, and it may be kept as a file.</summary>
    /// <param name="name">The sweep's name.</param>
    /// <param name="trainings">The settings, in the order in which trials are to begin; at least one.</param>
    /// <param name="keep">What is kept of a trial.</param>
    /// <param name="slurm">What is asked of Slurm; null leaves it out.</param>
    /// <returns>JSON in UTF-8.</returns>
    public static byte[] ToSpecification(string name, IReadOnlyList<RunConfiguration> trainings, KeptFiles keep, SlurmOptions? slurm = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(trainings);
        ArgumentOutOfRangeException.ThrowIfZero(trainings.Count);
        RunConfiguration[] all = [.. trainings.Select(training => training.Resolve())];
        Setting[] varying = [.. RunSettings.All.Where(setting => all.Any(training => !setting.AreEqual(setting.Get(training), setting.Get(all[0]))))];
        Setting[] shared = [.. RunSettings.All.Except(varying).Where(setting => !setting.AreEqual(setting.Get(all[0]), setting.Default))];
        var specification = new JsonObject { ["name"] = name, ["settings"] = Part(all[0], shared) };
        if (varying.Length > 0) specification["list"] = new JsonArray([.. all.Select(settings => Part(settings, varying))]);
        specification["limits"] = new JsonObject { ["keep"] = JsonNamingPolicy.KebabCaseLower.ConvertName(keep.ToString()) };
        if (slurm is not null) specification["slurm"] = slurm.ToJson();
        return Encoding.UTF8.GetBytes(specification.ToJsonString(Indented) + "\n");
    }

    /// <summary>Some of a training's settings, without those that do not concern it.</summary>
    private static JsonObject Part(RunConfiguration training, Setting[] settings) => new(settings.Where(setting => setting.Concerns(training))
        .Select(setting => KeyValuePair.Create(setting.JsonName, JsonNode.Parse(SettingValues.Of(setting, setting.Get(training)).GetRawText()))));
}
