using System.Text.Json;
using RankCollapse.LinearAlgebra;
using RankCollapse.Runs;
using RankCollapse.Sweeps.Plan;

namespace RankCollapse.Sweeps.Specification;

/// <summary>Reads blocks of a specification, and refuses what is ambiguous.</summary>
internal static class BlockReader
{
    /// <summary>The names that a block may have.</summary>
    public static readonly IReadOnlyList<string> Parts = ["settings", "grid", "list", "random", "product", "union", "seeds", "exclude"];

    private const int MostDraws = 1_000_000;
    private const int DeepestNesting = 16;

    /// <summary>Reads a block.</summary>
    /// <param name="element">The block; its names were checked.</param>
    /// <param name="place">Where it stands, such as <c>sweep.json: union[2]</c>.</param>
    /// <param name="depth">How many blocks are around it.</param>
    /// <exception cref="InvalidInputException">Something in it cannot be used; the message names the place.</exception>
    public static SpecificationBlock Read(JsonElement element, string place, int depth = 0)
    {
        if (depth > DeepestNesting) throw new InvalidInputException($"{place} is nested more than {DeepestNesting} blocks deep; make it flatter.");
        var block = new SpecificationBlock { Place = place };
        if (element.TryGetProperty("settings", out JsonElement settings))
        {
            foreach ((string name, JsonElement value) in ReadSettings(settings, Within(place, "settings"))) block.Fixed[name] = value;
        }
        if (element.TryGetProperty("grid", out JsonElement grid)) AddGrid(block, grid, Within(place, "grid"));
        if (element.TryGetProperty("list", out JsonElement list)) AddList(block, list, Within(place, "list"));
        if (element.TryGetProperty("random", out JsonElement random)) AddRandom(block, random, Within(place, "random"));
        if (element.TryGetProperty("seeds", out JsonElement seeds)) block.Seeds = ReadSeeds(seeds, Within(place, "seeds"));
        RequireOnce(block);
        AddInner(element, "product", block, block.Product, depth);
        AddInner(element, "union", block, block.Union, depth);
        if (element.TryGetProperty("exclude", out JsonElement exclude))
        {
            string[] named = [.. block.AllNames];
            IReadOnlyList<JsonElement> all = JsonReading.List(exclude, Within(place, "exclude"), "a list of conditions such as [{ \"depth\": 2 }]");
            for (int i = 0; i < all.Count; i++) block.Exclusions.Add(Exclusion.Read(all[i], named, $"{Within(place, "exclude")}[{i}]"));
        }
        return block;
    }

    private static string Within(string place, string part) => place.Contains(": ") ? $"{place}.{part}" : $"{place}: {part}";

    private static Settings ReadSettings(JsonElement element, string place)
    {
        if (element.ValueKind != JsonValueKind.Object) throw JsonReading.Unexpected(element, place, "settings such as { \"depth\": 5 }");
        var settings = new Settings();
        foreach (JsonProperty property in element.EnumerateObject())
        {
            RunSettings.Find(property.Name, place).Read(property.Value, place);
            settings[property.Name] = property.Value;
        }
        return settings;
    }

    private static void AddGrid(SpecificationBlock block, JsonElement grid, string place)
    {
        if (grid.ValueKind != JsonValueKind.Object) throw JsonReading.Unexpected(grid, place, "settings with their values such as { \"depth\": [2, 3] }");
        foreach (JsonProperty property in grid.EnumerateObject())
        {
            JsonElement[] values = ValueAxis.Values(RunSettings.Find(property.Name, place), property.Value, $"{place}.{property.Name}");
            block.Factors.Add([.. values.Select(value => new Settings { [property.Name] = value })]);
        }
    }

    private static void AddList(SpecificationBlock block, JsonElement list, string place)
    {
        IReadOnlyList<JsonElement> entries = JsonReading.List(list, place, "a list of settings such as [{ \"depth\": 2, \"lambda\": 1e-3 }]");
        block.Factors.Add([.. entries.Select((entry, i) => ReadSettings(entry, $"{place}[{i}]"))]);
    }

    private static void AddRandom(SpecificationBlock block, JsonElement random, string place)
    {
        JsonReading.RequireObject(random, place, "count", "seed", "settings");
        if (!random.TryGetProperty("count", out JsonElement countGiven))
            throw new InvalidInputException($"{place} has no count; say how many samples to draw.");
        int count = (int)JsonReading.Whole(countGiven, $"{place}.count", 1, MostDraws);
        long seed = random.TryGetProperty("seed", out JsonElement seedGiven) ? JsonReading.Whole(seedGiven, $"{place}.seed", long.MinValue, long.MaxValue) : 0;
        if (!random.TryGetProperty("settings", out JsonElement settings) || settings.ValueKind != JsonValueKind.Object || !settings.EnumerateObject().Any())
            throw new InvalidInputException(
                $"{place} has no settings; say what to draw, such as {{ \"lambda\": {{ \"from\": 1e-5, \"to\": 1e-1, \"scale\": \"log\" }} }}.");
        var axes = new List<(string Name, ValueAxis Axis)>();
        foreach (JsonProperty property in settings.EnumerateObject())
        {
            axes.Add((property.Name, ValueAxis.ToDrawFrom(RunSettings.Find(property.Name, place), property.Value, $"{place}.settings.{property.Name}")));
        }
        var draws = new List<Settings>(count);
        for (int i = 0; i < count; i++)
        {
            // A stream for each draw: a larger count keeps those of a smaller one.
            var stream = new RandomStream(seed, RandomPurpose.Sampling, i);
            var draw = new Settings();
            foreach ((string name, ValueAxis axis) in axes) draw[name] = axis.Draw(stream);
            draws.Add(draw);
        }
        block.Factors.Add(draws);
    }

    private static List<Settings> ReadSeeds(JsonElement seeds, string place)
    {
        Setting seed = RunSettings.Of(nameof(RunConfiguration.Seed));
        if (seeds.ValueKind == JsonValueKind.Number)
        {
            long count = JsonReading.Whole(seeds, place, 1, MostDraws);
            return [.. Enumerable.Range(0, (int)count).Select(value => new Settings { [seed.JsonName] = SettingValues.Of(value) })];
        }
        if (seeds.ValueKind != JsonValueKind.Object)
            return [.. ValueAxis.Values(seed, seeds, place).Select(value => new Settings { [seed.JsonName] = value })];
        JsonReading.RequireObject(seeds, place, "from", "to");
        long from = (long)JsonReading.Number(seeds, "from", place), to = (long)JsonReading.Number(seeds, "to", place);
        if (to < from || to - from >= MostDraws)
            throw new InvalidInputException($"{place} goes from {from} to {to}; the last must not be below the first, and there can be at most {MostDraws}.");
        return [.. Enumerable.Range(0, (int)(to - from + 1)).Select(i => new Settings { [seed.JsonName] = SettingValues.Of(from + i) })];
    }

    private static void AddInner(JsonElement element, string part, SpecificationBlock block, List<SpecificationBlock> inner, int depth)
    {
        if (!element.TryGetProperty(part, out JsonElement blocks)) return;
        string place = Within(block.Place, part);
        IReadOnlyList<JsonElement> entries = JsonReading.List(blocks, place, "a list of blocks such as [{ \"grid\": { \"depth\": [2, 3] } }]");
        var taken = block.VaryingNames.ToDictionary(name => name, _ => block.Place);
        // What the other kind of inner blocks names is taken too: each trial combines both.
        foreach (string name in block.Inner.SelectMany(other => other.AllNames)) taken.TryAdd(name, block.Place);
        for (int i = 0; i < entries.Count; i++)
        {
            string at = $"{place}[{i}]";
            JsonReading.RequireObject(entries[i], at, Parts);
            SpecificationBlock read = Read(entries[i], at, depth + 1);
            foreach (string name in read.AllNames)
            {
                if (taken.TryGetValue(name, out string? other))
                    throw new InvalidInputException($"{at} gives {name}, which {other} varies too; give it in one of both.");
            }
            inner.Add(read);
            if (part == "product")
            {
                foreach (string name in read.AllNames) taken[name] = at;
            }
        }
    }

    /// <summary>A setting is given once by the block's own parts.</summary>
    private static void RequireOnce(SpecificationBlock block)
    {
        var seen = new HashSet<string>(block.Fixed.Keys);
        IEnumerable<IReadOnlyList<Settings>> factors = block.Seeds is null ? block.Factors : block.Factors.Append(block.Seeds);
        foreach (IReadOnlyList<Settings> factor in factors)
        {
            string[] names = [.. factor.SelectMany(settings => settings.Keys).Distinct()];
            if (names.FirstOrDefault(seen.Contains) is { } twice)
                throw new InvalidInputException($"{block.Place} gives {twice} twice; give it in one of settings, grid, list, random and seeds.");
            seen.UnionWith(names);
        }
    }
}
