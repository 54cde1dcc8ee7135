using System.Text.Json;
using RankCollapse.Runs;

namespace RankCollapse.Sweeps.Plan;

/// <summary>Settings of which some are left open: what all trials share, and the names of what varies.</summary>
/// <param name="shared">What trials share.</param>
/// <param name="names">The settings that vary, by their names in files.</param>
internal sealed class SettingsTemplate(RunConfiguration shared, IReadOnlyList<string> names)
{
    private readonly Setting[] _varied = [.. names.Select(name => RunSettings.Find(name, "The plan"))];

    /// <summary>What trials share.</summary>
    public RunConfiguration Shared => shared;

    /// <summary>The settings that vary.</summary>
    public IReadOnlyList<string> Names => names;

    /// <summary>The same from the table of settings.</summary>
    public IReadOnlyList<Setting> Varied => _varied;

    /// <summary>The settings with these values of <see cref="Names"/>; null is the default.</summary>
    /// <exception cref="InvalidInputException">A value has the wrong type.</exception>
    public RunConfiguration Fill(IEnumerable<JsonElement> values)
    {
        RunConfiguration filled = shared;
        int place = 0;
        foreach (JsonElement value in values)
        {
            Setting setting = _varied[place++];
            filled = setting.With(filled, value.ValueKind == JsonValueKind.Null ? setting.Default : setting.Read(value, "The plan"));
        }
        return filled;
    }
}
