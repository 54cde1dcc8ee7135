using System.Text.Json;
using RankCollapse.LinearAlgebra;
using RankCollapse.Runs;
using RankCollapse.Sweeps.Plan;

namespace RankCollapse.Sweeps.Specification;

/// <summary>The values of one setting: a list, a range, or, in random samples, what to draw from.</summary>
internal sealed class ValueAxis
{
    private const long MostValues = 1_000_000;

    private readonly Setting _setting;
    private readonly JsonElement[] _list = [];
    private readonly double _from;
    private readonly double _to;
    private readonly bool _isLogarithmic;

    private ValueAxis(Setting setting, JsonElement[] list)
    {
        _setting = setting;
        _list = list;
    }

    private ValueAxis(Setting setting, double from, double to, bool isLogarithmic)
    {
        _setting = setting;
        _from = from;
        _to = to;
        _isLogarithmic = isLogarithmic;
    }

    /// <summary>The values of an axis of a grid.</summary>
    /// <exception cref="InvalidInputException">They are neither a list nor a range, or have the wrong type.</exception>
    public static JsonElement[] Values(Setting setting, JsonElement element, string place)
    {
        if (element.ValueKind != JsonValueKind.Object) return ListOf(setting, element, place);
        JsonReading.RequireObject(element, place, "from", "to", "count", "step", "scale");
        ValueAxis range = Range(setting, element, place);
        bool hasCount = element.TryGetProperty("count", out JsonElement count), hasStep = element.TryGetProperty("step", out _);
        if (hasCount == hasStep) throw new InvalidInputException($"{place} needs either a count or a step; give one of both.");
        double[] points = hasCount
            ? SpacedValues.Between(range._from, range._to, (int)JsonReading.Whole(count, $"{place}.count", 1, MostValues), range._isLogarithmic)
            : range.Steps(JsonReading.Number(element, "step", place), place);
        return CheckedValues(setting, points, place);
    }

    /// <summary>What random samples draw from: a list of equally likely values, or a range (uniform, or uniform in the logarithm).</summary>
    public static ValueAxis ToDrawFrom(Setting setting, JsonElement element, string place)
    {
        if (element.ValueKind != JsonValueKind.Object) return new ValueAxis(setting, ListOf(setting, element, place));
        JsonReading.RequireObject(element, place, "from", "to", "scale");
        ValueAxis range = Range(setting, element, place);
        CheckedValues(setting, [range._from, range._to], place);
        return range;
    }

    /// <summary>Draws a value.</summary>
    public JsonElement Draw(RandomStream random)
    {
        if (_list.Length > 0) return _list[random.NextInteger(_list.Length)];
        double position = random.NextUniform();
        if (_setting.IsWhole && !_isLogarithmic)
            return SettingValues.Of(_setting, _from + Math.Floor(position * (_to - _from + 1)));
        return SettingValues.Of(_setting, At(position));
    }

    private static JsonElement[] ListOf(Setting setting, JsonElement element, string place)
    {
        IReadOnlyList<JsonElement> values = JsonReading.List(
            element, place, "a list such as [1, 2] or a range such as {\"from\": 1e-5, \"to\": 1e-1, \"count\": 9, \"scale\": \"log\"}");
        for (int i = 0; i < values.Count; i++) setting.Read(values[i], $"{place}[{i}]");
        return [.. values];
    }

    private static ValueAxis Range(Setting setting, JsonElement element, string place)
    {
        if (!setting.IsNumber) throw new InvalidInputException($"{place} is a range, but {setting.JsonName} is not a number; give a list.");
        double from = JsonReading.Number(element, "from", place), to = JsonReading.Number(element, "to", place);
        string scale = element.TryGetProperty("scale", out JsonElement given) ? JsonReading.Text(given, $"{place}.scale") : "linear";
        if (scale is not ("linear" or "log")) throw new InvalidInputException($"{place}.scale is '{ErrorText.Printable(scale)}'; known are linear, log.");
        if (scale == "log" && !(from > 0 && to > 0)) throw new InvalidInputException($"{place} goes from {from} to {to} on a log scale; both must be above 0.");
        return new ValueAxis(setting, from, to, scale == "log");
    }

    private static JsonElement[] CheckedValues(Setting setting, double[] points, string place)
    {
        JsonElement[] values = [.. points.Select(point => SettingValues.Of(setting, point)).DistinctBy(value => value.GetRawText())];
        setting.Read(values[0], place);
        setting.Read(values[^1], place);
        return values;
    }

    /// <summary>from, from + step, … up to and with <c>to</c>; on a log scale each is step times the one before.</summary>
    private double[] Steps(double step, string place)
    {
        double steps = _isLogarithmic ? Elementary.Log(_to / _from) / Elementary.Log(step) : (_to - _from) / step;
        if (!(steps >= 0) || !(steps < MostValues) || (_isLogarithmic && step <= 0))
            throw new InvalidInputException($"{place} does not come from {_from} to {_to} in at most {MostValues} steps of {step}; choose another step.");
        const double Rounding = 1e-9;
        int last = (int)Math.Floor(steps + Rounding);
        return [.. Enumerable.Range(0, last + 1).Select(i => SpacedValues.Clean(_isLogarithmic ? _from * Elementary.Power(step, i) : _from + (i * step)))];
    }

    /// <summary>The point at a position from 0 to 1.</summary>
    private double At(double position) => SpacedValues.At(_from, _to, position, _isLogarithmic);
}
