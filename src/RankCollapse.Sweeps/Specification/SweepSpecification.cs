using System.Text.Json;
using RankCollapse.Sweeps.Engines;
using RankCollapse.Sweeps.Plan;
using RankCollapse.Sweeps.Work;

namespace RankCollapse.Sweeps.Specification;

/// <summary>What a user asks for: a JSON file of settings that are fixed, vary or are drawn, and how the trials are run. docs/sweeps.md describes it.</summary>
public sealed class SweepSpecification
{
    private static readonly string[] OwnParts = ["name", "limits"];

    private readonly string _file;
    private readonly SpecificationBlock _block;
    private readonly IReadOnlyDictionary<string, EngineSettings> _engines;

    /// <summary>The most bytes of a specification.</summary>
    public const long LargestFile = 64 << 20;

    private SweepSpecification(string file, SpecificationBlock block, string name, SweepLimits limits, IReadOnlyDictionary<string, EngineSettings> engines)
    {
        _file = file;
        _block = block;
        Name = name;
        Limits = limits;
        _engines = engines;
    }

    /// <summary>Its name, by default that of the file.</summary>
    public string Name { get; }

    /// <summary>How the trials are run and what is kept.</summary>
    public SweepLimits Limits { get; }

    /// <summary>What is asked of an engine, where it is used.</summary>
    public EngineSettings AskedOf(Engine engine)
    {
        ArgumentNullException.ThrowIfNull(engine);
        return _engines.GetValueOrDefault(engine.Name, EngineSettings.None);
    }

    /// <summary>Reads a specification and checks its names, types and structure.</summary>
    /// <exception cref="InvalidInputException">The file is missing, or something in it cannot be used; the message names the place.</exception>
    public static SweepSpecification Read(string path) => Of(JsonReading.ReadObject(path), Path.GetFileName(path));

    /// <summary>Reads the content of a specification.</summary>
    /// <param name="content">JSON in UTF-8.</param>
    /// <param name="name">What it is called, for errors and, without its ending, as the sweep's name where it gives none.</param>
    /// <exception cref="InvalidInputException">As for <see cref="Read"/>.</exception>
    public static SweepSpecification Parse(byte[] content, string name) => Of(JsonReading.ParseObject(content, name), name);

    private static SweepSpecification Of(JsonElement root, string file)
    {
        JsonReading.RequireObject(root, file, [.. OwnParts, .. SweepEngines.All.Names, .. BlockReader.Parts]);
        string name = root.TryGetProperty("name", out JsonElement given) ? JsonReading.Text(given, $"{file}: name") : Path.GetFileNameWithoutExtension(file);
        if (name.Length is 0 or > 60 || name.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.')) || name[0] is '.' or '-')
            throw new InvalidInputException(
                $"{file}: the name is '{ErrorText.Printable(name)}', expected up to 60 letters, digits, '-', '_', '.', not '-' or '.' first; give \"name\".");
        return new SweepSpecification(file, BlockReader.Read(root, file), name, ReadLimits(root, file), ReadEngines(root, file));
    }

    /// <summary>Resolves and checks every trial.</summary>
    /// <exception cref="InvalidInputException">A trial's settings cannot be used; the message names the trial and the setting. Nothing was written.</exception>
    public PlannedSweep Plan() => SweepPlanner.Plan(_file, Name, Limits, _block);

    private static Dictionary<string, EngineSettings> ReadEngines(JsonElement root, string file)
    {
        var engines = new Dictionary<string, EngineSettings>();
        foreach (Engine engine in SweepEngines.All)
        {
            if (root.TryGetProperty(engine.Name, out JsonElement part)) engines[engine.Name] = engine.Read(part, $"{file}: {engine.Name}");
        }
        return engines;
    }

    private static SweepLimits ReadLimits(JsonElement root, string file)
    {
        var limits = new SweepLimits();
        if (!root.TryGetProperty("limits", out JsonElement given)) return limits;
        string place = $"{file}: limits";
        JsonReading.RequireObject(given, place, "attempts", "trialSeconds", "leaseSeconds", "keep");
        if (given.TryGetProperty("attempts", out JsonElement attempts))
            limits = limits with { Attempts = (int)JsonReading.Whole(attempts, $"{place}.attempts", 1, 1000) };
        if (given.TryGetProperty("trialSeconds", out _)) limits = limits with { TrialSeconds = Seconds(given, "trialSeconds", place) };
        if (given.TryGetProperty("leaseSeconds", out _)) limits = limits with { LeaseSeconds = Seconds(given, "leaseSeconds", place) };
        if (given.TryGetProperty("keep", out JsonElement keep))
        {
            string[] known = [.. Enum.GetNames<KeptFiles>().Select(name => name.ToLowerInvariant())];
            string text = JsonReading.Text(keep, $"{place}.keep");
            if (!known.Contains(text)) throw new InvalidInputException($"{place}.keep is '{ErrorText.Printable(text)}'; {NearMatches.Advice(text, known)}");
            limits = limits with { Keep = Enum.Parse<KeptFiles>(text, ignoreCase: true) };
        }
        return limits;
    }

    private static double Seconds(JsonElement element, string name, string place)
    {
        // What is shorter than a heartbeat takes, or longer than a century, is a mistake.
        const double Least = 0.01, Most = 3.2e9;
        double value = JsonReading.Number(element, name, place);
        return value is >= Least and <= Most ? value
            : throw new InvalidInputException($"{place}.{name} is {value}, expected seconds from {Least} to {Most:0}.");
    }
}
