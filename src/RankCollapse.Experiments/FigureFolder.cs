using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using RankCollapse.Formats;
using RankCollapse.Runs;
using RankCollapse.Sweeps.Engines.Slurm;
using RankCollapse.Sweeps.Storage;

namespace RankCollapse.Experiments;

/// <summary>The folder of one figure: its settings, the cells that are done, data, pictures and result.</summary>
internal sealed class FigureFolder
{
    /// <summary>The folder, below the figure's, of the sweep that trains for it.</summary>
    public const string SweepName = "sweep";

    private const string SettingsFile = "settings.json";
    private const string CellsFolder = "cells";
    private const string CellExtension = ".safetensors";
    private const long LargestSettings = 1 << 20;

    private FigureFolder(string path) => FolderPath = path;

    /// <summary>Its path.</summary>
    public string FolderPath { get; }

    /// <summary>Checks that results of these settings can go into a folder; nothing is changed.</summary>
    /// <param name="path">The path.</param>
    /// <param name="settings">The settings of the results that are to come.</param>
    /// <param name="cells">The cells of these settings.</param>
    /// <param name="force">Whether results that are there are going to be deleted.</param>
    /// <exception cref="InvalidInputException">It holds results of other settings that are not to be deleted, or a sweep that is still at work.</exception>
    public static void Check(string path, ReproductionSettings settings, IReadOnlyList<ExperimentCell> cells, bool force)
    {
        if (force) RequireNoTasks(Path.Combine(path, SweepName));
        string settingsPath = Path.Combine(path, SettingsFile);
        if (force || !File.Exists(settingsPath)) return;
        (string digest, string inWords) = ReadDigest(settingsPath, settings);
        if (digest != Digest(cells)) throw new InvalidInputException($"{path} holds results {inWords}; choose another --out, or give --force to replace them.");
    }

    /// <summary>Opens or makes a folder that was checked.</summary>
    /// <param name="path">The path.</param>
    /// <param name="settings">The settings of the results that are to come.</param>
    /// <param name="cells">The cells of these settings.</param>
    /// <param name="force">Whether results that are there are deleted.</param>
    /// <exception cref="InvalidInputException">It cannot be made.</exception>
    public static FigureFolder Open(string path, ReproductionSettings settings, IReadOnlyList<ExperimentCell> cells, bool force)
    {
        try
        {
            if (force) Remove(Path.Combine(path, CellsFolder), Path.Combine(path, SweepName));
            Directory.CreateDirectory(Path.Combine(path, CellsFolder));
            if (force) File.Delete(Path.Combine(path, FigureResult.FileName));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidInputException($"The folder {path} cannot be made: {e.Message.TrimEnd('.')}; choose another --out.", e);
        }
        AtomicFile.Write(Path.Combine(path, SettingsFile), Encoding.UTF8.GetBytes(ToJson(settings, Digest(cells)).ToJsonString(new JsonSerializerOptions { WriteIndented = true })));
        return new FigureFolder(path);
    }

    /// <summary>The stored result of a cell; null where it has to be computed.</summary>
    public CellResult? Read(ExperimentCell cell) => CellResult.Read(CellPath(cell), cell.Fingerprint);

    /// <summary>Stores the result of a cell.</summary>
    public void Write(ExperimentCell cell, CellResult result) => result.Write(CellPath(cell), cell.Fingerprint);

    /// <summary>A sweep whose tasks may still work on a cluster is not taken away from under them.</summary>
    private static void RequireNoTasks(string path)
    {
        if (!SweepFolder.IsSweep(path)) return;
        if (SlurmArrays.Read(SweepFolder.Open(path)).FirstOrDefault(array => !array.HasEnded) is { } array)
            throw new InvalidInputException($"The sweep {path} still has tasks on a cluster ({array.Describe()}); end them with rankcollapse sweep cancel {path}, then give --force again.");
    }

    private static void Remove(params string[] folders)
    {
        foreach (string folder in folders.Where(Directory.Exists)) Directory.Delete(folder, recursive: true);
    }

    private string CellPath(ExperimentCell cell) => Path.Combine(FolderPath, CellsFolder, cell.Key + CellExtension);

    private static string Digest(IReadOnlyList<ExperimentCell> cells) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', cells.Select(cell => cell.Fingerprint)))));

    private static JsonObject ToJson(ReproductionSettings settings, string digest) => new()
    {
        ["version"] = TrainingRun.ProgramVersion,
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
            return (digest, new ReproductionSettings(isQuick, seed) == asked
                ? $"that another build of the program computed (version {version}), and which might differ now"
                : $"of other settings ({(isQuick ? "quick" : "full")}, seed {seed}, version {version})");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            return ("", "of unknown settings, because its settings.json cannot be read");
        }
    }
}
