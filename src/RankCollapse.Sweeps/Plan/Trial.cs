using System.Text.Json;
using RankCollapse.Runs;

namespace RankCollapse.Sweeps.Plan;

/// <summary>One training of a sweep: its identity and the settings in which it differs from others.</summary>
public sealed class Trial
{
    private readonly SettingsTemplate _template;
    private readonly JsonElement _row;

    internal Trial(SettingsTemplate template, JsonElement row, int number, string id)
    {
        _template = template;
        _row = row;
        Number = number;
        Id = id;
    }

    /// <summary>Its identity: 20 hexadecimal digits; see <see cref="TrialIdentity"/>.</summary>
    public string Id { get; }

    /// <summary>Its place in the plan, from 0.</summary>
    public int Number { get; }

    /// <summary>The values of the plan's <see cref="SweepPlan.Names"/>, in their order.</summary>
    public IEnumerable<JsonElement> Values => _row.EnumerateArray().Skip(1);

    /// <summary>Every setting, resolved; built anew at each call.</summary>
    public RunConfiguration Configuration => TrialIdentity.Resolve(_template.Fill(Values));
}
