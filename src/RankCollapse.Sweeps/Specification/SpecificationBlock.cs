using System.Text.Json;

namespace RankCollapse.Sweeps.Specification;

/// <summary>Values of settings by their names.</summary>
internal sealed class Settings : Dictionary<string, JsonElement>;

/// <summary>
/// A block of a specification: every combination of its fixed settings, grid, list, random samples, inner blocks and seeds, without those that it excludes.
/// Settings of an inner block win over the fixed settings of the block around it.
/// </summary>
internal sealed class SpecificationBlock
{
    private const long MostTrials = 1_000_000;

    /// <summary>Where it stands, for errors.</summary>
    public required string Place { get; init; }

    /// <summary>The settings that all its trials share, unless an inner block gives another value.</summary>
    public Settings Fixed { get; } = [];

    /// <summary>What is combined: the axes of the grid, the list, the random samples. The first varies slowest.</summary>
    public List<IReadOnlyList<Settings>> Factors { get; } = [];

    /// <summary>Inner blocks, of each of which one trial is taken.</summary>
    public List<SpecificationBlock> Product { get; } = [];

    /// <summary>Inner blocks, of which one after the other gives its trials.</summary>
    public List<SpecificationBlock> Union { get; } = [];

    /// <summary>Seeds, which vary fastest; null for none.</summary>
    public IReadOnlyList<Settings>? Seeds { get; set; }

    /// <summary>What is left out.</summary>
    public List<Exclusion> Exclusions { get; } = [];

    /// <summary>The settings that this block names, without those inside it.</summary>
    public IEnumerable<string> OwnNames => Fixed.Keys.Concat(VaryingNames).Distinct();

    /// <summary>The settings that vary in this block, without those inside it.</summary>
    public IEnumerable<string> VaryingNames =>
        Factors.Concat(Seeds is null ? [] : [Seeds]).SelectMany(factor => factor).SelectMany(settings => settings.Keys).Distinct();

    /// <summary>The settings that this block or one inside it names.</summary>
    public IEnumerable<string> AllNames => OwnNames.Concat(Inner.SelectMany(block => block.AllNames)).Distinct();

    /// <summary>The blocks inside it.</summary>
    public IEnumerable<SpecificationBlock> Inner => Product.Concat(Union);

    /// <summary>The number of trials before exclusions, as a number that cannot overflow.</summary>
    public double CountBeforeExclusions()
    {
        double count = Seeds?.Count ?? 1;
        foreach (IReadOnlyList<Settings> factor in Factors) count *= factor.Count;
        foreach (SpecificationBlock block in Product) count *= block.CountBeforeExclusions();
        return Union.Count == 0 ? count : count * Union.Sum(block => block.CountBeforeExclusions());
    }

    /// <summary>All trials: for each name its value, undefined where the trial leaves it to the default.</summary>
    /// <param name="names">The names, in the order of the values.</param>
    /// <exception cref="InvalidInputException">There are more than a million.</exception>
    public List<JsonElement[]> Expand(IReadOnlyList<string> names)
    {
        double count = CountBeforeExclusions();
        if (count > MostTrials) throw new InvalidInputException($"{Place} specifies {count:0} trials, expected at most {MostTrials}; split the sweep.");
        var places = new Dictionary<string, int>();
        for (int i = 0; i < names.Count; i++) places[names[i]] = i;
        return Expand(places);
    }

    private List<JsonElement[]> Expand(Dictionary<string, int> places)
    {
        List<JsonElement[]> trials = Rows([Fixed], places);
        foreach (IReadOnlyList<Settings> factor in Factors) trials = Combine(trials, Rows(factor, places));
        foreach (SpecificationBlock block in Product) trials = Combine(trials, block.Expand(places));
        if (Union.Count > 0) trials = Combine(trials, [.. Union.SelectMany(block => block.Expand(places))]);
        if (Seeds is not null) trials = Combine(trials, Rows(Seeds, places));
        if (Exclusions.Count > 0) trials.RemoveAll(trial => Exclusions.Any(exclusion => exclusion.Matches(name => trial[places[name]])));
        return trials;
    }

    private static List<JsonElement[]> Rows(IReadOnlyList<Settings> factor, Dictionary<string, int> places)
    {
        var rows = new List<JsonElement[]>(factor.Count);
        foreach (Settings settings in factor)
        {
            var row = new JsonElement[places.Count];
            foreach ((string name, JsonElement value) in settings) row[places[name]] = value;
            rows.Add(row);
        }
        return rows;
    }

    /// <summary>Every row of one with every row of the other, whose values win.</summary>
    private static List<JsonElement[]> Combine(List<JsonElement[]> outer, List<JsonElement[]> inner)
    {
        var combined = new List<JsonElement[]>(outer.Count * inner.Count);
        foreach (JsonElement[] below in outer)
        {
            foreach (JsonElement[] above in inner)
            {
                var row = (JsonElement[])below.Clone();
                for (int i = 0; i < row.Length; i++)
                {
                    if (above[i].ValueKind != JsonValueKind.Undefined) row[i] = above[i];
                }
                combined.Add(row);
            }
        }
        return combined;
    }
}
