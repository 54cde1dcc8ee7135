using System.Globalization;
using System.Text;
using RankCollapse.Reporting.Figures;
using RankCollapse.Reporting.Panels;
using RankCollapse.Reporting.Rendering;
using RankCollapse.Reporting.Text;
using RankCollapse.Runs;
using RankCollapse.Theory.Forecasts;
using RankCollapse.Theory.Paths;

namespace RankCollapse.Reporting;

/// <summary>Figures of what theory says of a run, as SVG and PNG, each with its data as CSV; every file is written whole or not at all.</summary>
public static class TheoryFigures
{
    /// <summary>
    /// Forecasts against what training reached: <c>forecast.svg</c>, <c>.png</c> and <c>.csv</c> (source, layer, matrix, index, forecast, trained).
    /// </summary>
    /// <param name="forecasts">The forecasts, at least one.</param>
    /// <param name="trained">The run's summary, of the same depth.</param>
    /// <param name="folder">The folder, which is created where it is missing.</param>
    /// <returns>The files written.</returns>
    /// <exception cref="InvalidInputException">There is no forecast, or the folder cannot be written.</exception>
    /// <exception cref="ShapeMismatchException">Depths differ.</exception>
    public static IReadOnlyList<string> WriteForecast(IReadOnlyList<Forecast> forecasts, RunSummary trained, string folder)
    {
        ArgumentNullException.ThrowIfNull(forecasts);
        ArgumentNullException.ThrowIfNull(trained);
        ArgumentNullException.ThrowIfNull(folder);
        if (forecasts.Count == 0) throw new InvalidInputException("There is no forecast to compare with the run.");
        if (forecasts.FirstOrDefault(f => f.Layers.Count != trained.Layers.Count) is { } other)
            throw new ShapeMismatchException($"The forecast of the {other.Source} has {other.Layers.Count} layers, but the run has {trained.Layers.Count}.");
        var table = new StringBuilder("source,layer,matrix,index,forecast,trained\n");
        foreach (ForecastPoint point in ForecastFigure.Points(forecasts, trained))
            table.Append(CultureInfo.InvariantCulture,
                $"{forecasts[point.Source].Source},{point.Layer},{(point.IsWeight ? "W" : "Z")},{point.Index + 1},{point.Forecast:R},{point.Trained:R}\n");
        return Write(ForecastFigure.Draw(forecasts, trained), table, folder);
    }

    /// <summary>
    /// The cost along a path: <c>path.svg</c>, <c>.png</c> and <c>.csv</c> (time, layer, segment, cost, error, limit, movingCost, why). Rank drops are rows of
    /// their own; the cost is lower at their time alone, so that the column limit, from before that time, is the one that never grows.
    /// </summary>
    /// <param name="path">The path.</param>
    /// <param name="folder">The folder, which is created where it is missing.</param>
    /// <returns>The files written.</returns>
    /// <exception cref="InvalidInputException">The folder cannot be written.</exception>
    public static IReadOnlyList<string> WritePath(CollapsePath path, string folder)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(folder);
        var rows = path.Samples.Select(s => (s.Time, Row: Row(s, path.LimitAtEnd))).Concat(path.RankDrops.Select(d => (d.Time, Row: Row(d))));
        var table = new StringBuilder("time,layer,segment,cost,error,limit,movingCost,why\n");
        foreach ((_, string row) in rows.OrderBy(r => r.Time)) table.Append(row).Append('\n');
        return Write(PathFigure.Draw(path), table, folder);
    }

    private static string Row(PathSample s, double limitAtEnd)
    {
        bool isEnd = s.Time >= 1;
        string segment = isEnd ? "end" : s.Segment == PathSegment.BrockettFlow ? "flow" : "singular-values";
        string why = isEnd ? "all ranks fall to that of Y at once" : "";
        double limit = isEnd ? limitAtEnd : s.Cost;
        return string.Create(CultureInfo.InvariantCulture, $"{s.Time:R},{s.Layer},{segment},{s.Cost:R},{s.Error:R},{limit:R},{s.MovingCost:R},{why}");
    }

    private static string Row(RankDrop d) => string.Create(CultureInfo.InvariantCulture,
        $"{d.Time:R},{d.Layer},rank-drop,{d.Cost - d.Drop:R},,{d.Cost:R},,the preimage of Z^{d.Layer} loses a rank at this time alone");

    /// <summary>Minimisers followed as δ → 0: <c>stability.svg</c>, <c>.png</c> and <c>.csv</c> (delta, layer, distance, objectivePerLambda).</summary>
    /// <param name="family">The family, at least one point.</param>
    /// <param name="folder">The folder, which is created where it is missing.</param>
    /// <returns>The files written.</returns>
    /// <exception cref="InvalidInputException">The family is empty, or the folder cannot be written.</exception>
    public static IReadOnlyList<string> WriteStability(StabilityFamily family, string folder)
    {
        ArgumentNullException.ThrowIfNull(family);
        ArgumentNullException.ThrowIfNull(folder);
        if (family.Points.Count == 0) throw new InvalidInputException("The family has no member; name at least one positive delta.");
        var table = new StringBuilder("delta,layer,distance,objectivePerLambda\n");
        foreach (StabilityPoint point in family.Points)
        {
            for (int l = 1; l <= point.Distances.Count; l++)
                table.Append(CultureInfo.InvariantCulture, $"{point.Delta:R},{l},{point.Distances[l - 1]:R},{point.Forecast.ObjectivePerLambda:R}\n");
        }
        return Write(StabilityFigure.Draw(family), table, folder);
    }

    private static string[] Write(Figure figure, StringBuilder table, string folder) =>
    [
        .. FigureFiles.Write(figure, Path.Combine(folder, figure.Name)),
        WholeFile.Write(Path.Combine(folder, figure.Name + ".csv"), Encoding.UTF8.GetBytes(table.ToString())),
    ];
}
