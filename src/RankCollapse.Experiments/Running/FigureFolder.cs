using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using RankCollapse.Formats;
using RankCollapse.Runs;
using RankCollapse.Sweeps.Engines;
using RankCollapse.Sweeps.Storage;

namespace RankCollapse.Experiments.Running;

/// <summary>The folder of one figure: the settings that guard it, the sweep of its trainings, data, pictures and result.</summary>
internal static class FigureFolder
{
    private const string SweepName = "sweep";
    private const string SettingsFile = "settings.json";
    private const long LargestSettings = 1 << 20;

    /// <summary>Where earlier versions kept trainings a second time.</summary>
    private const string FormerStore = "cells";

    /// <summary>The folder of the sweep that trains for a figure.</summary>
    public static string SweepOf(string path) => Path.Combine(path, SweepName);

    /// <summary>Checks that results of these settings can go into a folder; nothing is changed.</summary>
    /// <param name="path">The path.</param>
    /// <param name="settings">The settings of the results that are to come.</param>
    /// <param name="experiment">The figure.</param>
    /// <param name="force">Whether results that are there are going to be deleted.</param>
    /// <exception cref="InvalidInputException">It holds results of other settings that are not to be deleted, or a sweep that is still at work.</exception>
    public static void Check(string path, ReproductionSettings settings, Experiment experiment, bool force)
    {
        if (force) RequireNoTasks(SweepOf(path));
        string settingsPath = Path.Combine(path, SettingsFile);
        if (force || !File.Exists(settingsPath)) return;
        (string digest, string inWords) = ReadDigest(settingsPath, settings);
        if (digest != Digest(settings, experiment))
            throw new InvalidInputException($"{path} holds results {inWords}; choose another out, or give force to replace them.")
            {
                Settings = ["out",
                "force"]
            };
    }

    /// <summary>Opens or makes a folder that was checked.</summary>
    /// <param name="path">The path.</param>
    /// <param name="settings">The settings of the results that are to come.</param>
    /// <param name="experiment">The figure.</param>
    /// <param name="force">Whether results that are there are deleted.</param>
    /// <exception cref="InvalidInputException">It cannot be made.</exception>
    public static void Open(string path, ReproductionSettings settings, Experiment experiment, bool force)
    {
        try
        {
            FileSteps.MakeFolder(path);
            if (force)
            {
                foreach (string folder in (string[])[SweepOf(path), Path.Combine(path, FormerStore)])
                {
                    if (Directory.Exists(folder)) FileSteps.DeleteFolder(folder);
                }
                FileSteps.Delete(Path.Combine(path, FigureResult.FileName));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidInputException($"The folder {path} cannot be made: {e.Message.TrimEnd('.')}; choose another out.", e) { Settings = ["out"] };
        }
        byte[] content = Encoding.UTF8.GetBytes(
            ToJson(settings, Digest(settings, experiment)).ToJsonString(new JsonSerializerOptions { WriteIndented = true }));
        AtomicFile.WriteInside(Path.Combine(path, SettingsFile), content);
    }

    /// <summary>A sweep whose tasks may still work on a cluster is not taken away from under them.</summary>
    private static void RequireNoTasks(string path)
    {
        if (!SweepFolder.IsSweep(path)) return;
        if (SweepEngines.ActiveJobsOf(SweepFolder.Open(path)).FirstOrDefault() is { } job)
        {
            string tasks = $"The sweep {path} still has tasks on a cluster ({job.Description})";
            throw new InvalidInputException($"{tasks}; end them with rankcollapse sweep cancel {path}, then give force again.") { Settings = ["force"] };
        }
    }

    /// <summary>A digest of the trainings and of what is recorded of them.</summary>
    private static string Digest(ReproductionSettings settings, Experiment experiment)
    {
        IEnumerable<string> parts = experiment.Trainings(settings).Select(training => training.Id).Prepend(experiment.Recording?.Name ?? "")
            .Prepend(experiment.Name);
        return Sha256.Hex(Encoding.UTF8.GetBytes(string.Join('\n', parts)));
    }

    private static JsonObject ToJson(ReproductionSettings settings, string digest) => new()
    {
        ["version"] = TrainingRun.ProgramVersion,
        [Arithmetic.JsonName] = Arithmetic.Current.ToString(),
        ["quick"] = settings.IsQuick,
        ["seed"] = settings.Seed,
        ["digest"] = digest,
    };

    /// <summary>The digest of stored results, and what they are of.</summary>
    private static (string Digest, string InWords) ReadDigest(string path, ReproductionSettings asked)
    {
        try
        {
            JsonNode? stored = JsonNode.Parse(InputFile.ReadSmall(path, LargestSettings));
            bool isQuick = stored?["quick"]?.GetValue<bool>() == true;
            long seed = stored?["seed"]?.GetValue<long>() ?? 0;
            string digest = stored?["digest"]?.GetValue<string>() ?? "", version = ErrorText.Printable($"{stored?["version"]}");
            string arithmetic = stored?[Arithmetic.JsonName] is { } told ? ErrorText.Printable($"{told}") : "of an earlier version";
            return (digest, new ReproductionSettings(isQuick, seed) == asked
                ? $"that another build of the program computed (version {version}, arithmetic {arithmetic}; here it is {Arithmetic.Current})"
                : $"of other settings ({(isQuick ? "quick" : "full")}, seed {seed}, version {version})");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            return ("", "of unknown settings, because its settings.json cannot be read");
        }
    }
}
