using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using RankCollapse.Cli.Output;
using RankCollapse.Collapse.Metrics;
using RankCollapse.Reporting.Figures;
using RankCollapse.Reporting.Pages;
using RankCollapse.Reporting.Panels;
using RankCollapse.Reporting.Text;
using RankCollapse.Runs;
using RankCollapse.Sweeps.Live;

namespace RankCollapse.Cli.Serving;

/// <summary>What the page asks for, as JSON.</summary>
internal sealed class LiveAnswers(LiveHub hub, ServedFolder folder, AddressGuard guard)
{
    private const int MostTrials = 200;
    private const int MostTraining = 50;
    private const int MostKept = 256;
    private const string WholeNetwork = "whole network";
    private const string NoView = "There is no such sweep here, and no such run.";

    private readonly ConcurrentDictionary<string, (long Version, byte[] Answer)> _kept = new(StringComparer.Ordinal);

    /// <summary>
    /// Where a view stands: its counts, what is trained, the settings and metrics to choose from; null where <c>known</c> is the present version.
    /// </summary>
    /// <exception cref="InvalidInputException">There is no such view.</exception>
    public async Task<byte[]?> StateAsync(HttpRequest request)
    {
        LiveView? view = await hub.FindAsync(Name(request, "view"));
        if (view is null && request.Query.ContainsKey("view")) throw new InvalidInputException(NoView);
        LiveSnapshot? now = view?.Snapshot;
        if (now is not null && request.Query["known"] == now.Version.ToString(CultureInfo.InvariantCulture)) return null;
        return Kept(request, now, () => State(view, now));
    }

    /// <summary>The heat map of a metric over two settings.</summary>
    /// <exception cref="InvalidInputException">A name is unknown.</exception>
    public async Task<byte[]> GridAsync(HttpRequest request)
    {
        LiveSnapshot now = (await ViewAsync(request)).Snapshot;
        return Kept(request, now, () =>
        {
            using var stream = new MemoryStream();
            using (var writer = new Utf8JsonWriter(stream)) LiveGrid.Of(now, Name(request, "x"), Name(request, "y")).Write(writer, Metric(request));
            return stream.ToArray();
        });
    }

    /// <summary>The first trials of a cell or of a state.</summary>
    /// <exception cref="InvalidInputException">A name is unknown.</exception>
    public async Task<byte[]> TrialsAsync(HttpRequest request)
    {
        LiveSnapshot now = (await ViewAsync(request)).Snapshot;
        return Kept(request, now, () =>
        {
            LiveMetric metric = Metric(request);
            (int X, int Y)? cell = int.TryParse(request.Query["cellX"], out int x) && int.TryParse(request.Query["cellY"], out int y) ? (x, y) : null;
            string? state = Name(request, "state");
            LiveTrial[] found =
                [.. LiveGrid.Of(now, Name(request, "x"), Name(request, "y")).Trials(cell).Where(trial => state is null || trial.State == state)];
            return Json(writer =>
            {
                writer.WriteNumber("total", found.Length);
                writer.WriteStartArray("trials");
                foreach (LiveTrial trial in found.Take(MostTrials)) Trial(writer, now, trial, metric);
                writer.WriteEndArray();
            });
        });
    }

    /// <summary>The view that a request names.</summary>
    /// <exception cref="InvalidInputException">There is none.</exception>
    public async Task<LiveView> ViewAsync(HttpRequest request) => await hub.FindAsync(Name(request, "view")) ?? throw new InvalidInputException(NoView);

    private byte[] State(LiveView? view, LiveSnapshot? now)
    {
        return Json(writer =>
        {
            writer.WriteStartArray("views");
            foreach ((string id, LiveView other) in hub.Views)
            {
                writer.WriteStartObject();
                writer.WriteString("id", id);
                writer.WriteString("name", other.IsSweep ? id == "." ? other.Name : id : "runs of their own");
                writer.WriteEndObject();
            }
            writer.WriteEndArray();
            if (view is null || now is null) return;
            writer.WriteString("view", hub.IdOf(view));
            writer.WriteString("name", view.IsSweep ? view.Name : "Runs");
            writer.WriteBoolean("isSweep", view.IsSweep);
            writer.WriteNumber("version", now.Version);
            writer.WriteStartObject("counts");
            foreach ((string state, int count) in now.Counts) writer.WriteNumber(state, count);
            writer.WriteEndObject();
            writer.WriteNumber("trials", now.Trials.Count);
            ChartJson.Number(writer, "perMinute", now.TrialsPerMinute);
            writer.WriteString("left", now.SecondsLeft is { } left ? NumberText.Duration(Math.Ceiling(left)) : null);
            writer.WriteString("problem", now.Problem);
            Texts(writer, "names", now.Names);
            Texts(writer, "metrics", MetricTable.Of(MetricScopes.Network).Select(metric => metric.Key));
            Texts(writer, "layerMetrics", MetricTable.Of(MetricScopes.Layers).Select(metric => metric.Key));
            writer.WriteNumber("depth", now.Trials.Select(trial => trial.Depth).DefaultIfEmpty(0).Max());
            writer.WriteStartObject("headings");
            foreach (Metric metric in MetricTable.All) writer.WriteString(metric.Key, metric.Heading);
            writer.WriteEndObject();
            writer.WriteStartArray("training");
            foreach (var worker in now.Training.Take(MostTraining))
            {
                writer.WriteStartObject();
                writer.WriteString("trial", worker.Trial);
                writer.WriteString("settings", Settings(now, now.Find(worker.Trial!)));
                writer.WriteString("host", worker.Host);
                writer.WriteNumber("epoch", worker.TrialEpoch);
                ChartJson.Number(writer, "objective", worker.TrialObjective);
                writer.WriteNumber("seconds", Math.Round(worker.TrialSeconds));
                writer.WriteEndObject();
            }
            writer.WriteEndArray();
        });
    }

    /// <summary>The curves of one trial, as charts.</summary>
    /// <exception cref="InvalidInputException">There is no such trial, or its file is damaged.</exception>
    public async Task<byte[]> CurveAsync(HttpRequest request)
    {
        LiveView view = await ViewAsync(request);
        LiveTrial trial = view.Snapshot.Find(request.Query["trial"].ToString()) ?? throw new InvalidInputException(NoView);
        IReadOnlyList<MetricRecord> records = LiveCurve.Read(view, trial, folder.Holds);
        var series = records.GroupBy(r => (r.Metric, r.Layer)).ToDictionary(g => g.Key, g => new MetricSeries(g));
        int depth = records.Count == 0 ? 0 : records.Max(r => r.Layer);
        return Json(writer =>
        {
            Trial(writer, "trial", view.Snapshot, trial);
            Colours(writer, depth);
            writer.WriteStartObject("charts");
            string[] whole = [.. records.Where(r => r.Layer == 0).Select(r => r.Metric).Distinct()];
            if (whole.Length > 0)
                Chart(writer, WholeNetwork, new Axis("value") { IsLogarithmic = true },
                    [.. whole.Select((name, i) => new Series(
                        MetricTable.All.Find(name)?.Heading ?? name, Palette.Kind(i), series[(name, 0)].Epochs, series[(name, 0)].Values))]);
            foreach (string metric in records.Where(r => r.Layer > 0).Select(r => r.Metric).Distinct())
                Chart(writer, metric, MetricTable.All.Find(metric) is { } entry ? Axis.Of(entry) : new Axis(metric) { IsLogarithmic = true },
                    [.. Enumerable.Range(1, depth).Where(l => series.ContainsKey((metric, l)))
                    .Select(l => Series.OfLayer(l, depth, series[(metric, l)].Epochs, series[(metric, l)].Values))]);
            writer.WriteEndObject();
            writer.WriteStartArray("files");
            foreach (LiveFile file in LiveFiles.All.Where(file => LiveFiles.Find(folder, trial, file) is not null))
            {
                string[] names = [hub.IdOf(view), trial.Id, file.Name];
                writer.WriteStartObject();
                writer.WriteString("name", file.Name);
                writer.WriteString("address", LiveFiles.Address
                    + new QueryString().Add("view", names[0]).Add("trial", names[1]).Add("name", names[2]).Add("key", guard.FileKey(names)));
                writer.WriteEndObject();
            }
            writer.WriteEndArray();
        });
    }

    // Many ask the same; what was answered is answered again until something changes.
    private byte[] Kept(HttpRequest request, LiveSnapshot? now, Func<byte[]> make)
    {
        string question = $"{request.Path}{request.QueryString}";
        long version = now?.Version ?? -1;
        if (_kept.TryGetValue(question, out (long Version, byte[] Answer) known) && known.Version == version) return known.Answer;
        byte[] answer = make();
        if (_kept.Count >= MostKept) _kept.Clear();
        _kept[question] = (version, answer);
        return answer;
    }

    private static void Chart(Utf8JsonWriter writer, string name, Axis value, Series[] lines)
    {
        writer.WritePropertyName(name);
        ChartJson.Write(writer, new Figure(name, "", "", new PanelBlock(new Panel { X = Axis.Epoch, Y = value, Series = lines })));
    }

    // A light and a dark colour for each layer; they depend on the depth.
    private static void Colours(Utf8JsonWriter writer, int depth)
    {
        writer.WriteStartObject("colours");
        foreach (string colour in Enumerable.Range(1, depth).Select(l => Palette.Layer(l, depth)))
            writer.WriteString(colour, $"light-dark({Palette.Light(colour)}, {Palette.Dark(colour)})");
        writer.WriteEndObject();
    }

    private static void Trial(Utf8JsonWriter writer, string name, LiveSnapshot now, LiveTrial trial)
    {
        writer.WritePropertyName(name);
        Trial(writer, now, trial, null);
    }

    private static void Trial(Utf8JsonWriter writer, LiveSnapshot now, LiveTrial trial, LiveMetric? metric)
    {
        writer.WriteStartObject();
        writer.WriteString("id", trial.Id);
        writer.WriteString("state", trial.State);
        writer.WriteString("status", trial.Status);
        writer.WriteString("reason", trial.Reason);
        writer.WriteString("settings", Settings(now, trial));
        if (metric is not null) ChartJson.Number(writer, "value", trial.Value(metric));
        writer.WriteEndObject();
    }

    private static string Settings(LiveSnapshot now, LiveTrial? trial) =>
        trial is null ? "" : string.Join(", ", now.Names.Zip(trial.Settings, (name, value) => $"{name} {MetricFigure.Label(value)}"));

    private static LiveMetric Metric(HttpRequest request)
    {
        string name = Name(request, "metric") ?? "objective";
        return LiveMetric.Find(name, Name(request, "layer"))
            ?? throw new InvalidInputException($"There is no metric '{ErrorText.Printable(name)}' of this layer.");
    }

    private static string? Name(HttpRequest request, string key) => request.Query[key].ToString() is { Length: > 0 } text ? text : null;

    private static void Texts(Utf8JsonWriter writer, string name, IEnumerable<string> texts)
    {
        writer.WriteStartArray(name);
        foreach (string text in texts) writer.WriteStringValue(text);
        writer.WriteEndArray();
    }

    private static byte[] Json(Action<Utf8JsonWriter> write)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            write(writer);
            writer.WriteEndObject();
        }
        return stream.ToArray();
    }
}
