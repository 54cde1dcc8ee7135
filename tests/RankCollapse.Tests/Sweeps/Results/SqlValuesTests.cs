using System.Text;
using System.Text.Json;
using RankCollapse.Sweeps.Results;
using RankCollapse.Tests.Cli;

namespace RankCollapse.Tests.Sweeps.Results;

public sealed class SqlValuesTests
{
    /// <summary>Values of every kind that SQL has, also those that .NET has no type for: each is shown, in every format.</summary>
    [Fact]
    public void EveryValue_IsShownInEveryFormat()
    {
        using var folder = new TemporaryFolder();
        CommandLine.Train(folder.File("run"), "--max-epochs", "1", "--no-report");
        string[] values =
        [
            "'infinity'::timestamp", "'-infinity'::date", "'24:00:00'::time", "'infinity'::timestamptz",
            "12345678901234567890123456789012345678::DECIMAL(38,0)",
            "0.1::DECIMAL(38,37)", "INTERVAL '3 months'", "1::UNION(num INTEGER, str VARCHAR)", "'101'::BIT", "'ab'::BLOB", "[1, NULL]", "['infinity'::date]",
            "{'a': 'infinity'::timestamp}", "{'a': 1, 'b': [true]}", "MAP {'k': 1}", "MAP {1: 'infinity'::date}", "'a'::ENUM('a', 'b')", "uuid()", "NULL",
            "170141183460469231731687303715884105727::HUGEINT", "'nan'::DOUBLE", "'inf'::FLOAT", "'2020-01-02 03:04:05.678'::timestamp", "'03:04'::time",
            "[1, 2]::INTEGER[2]", "timestamp_ns '2262-01-01'", "chr(27) || chr(0)", "DATE '2026-01-02'", "'04:05:06+02'::timetz", "1::UTINYINT", "'x'",
        ];
        using var all = ResultDatabase.Open(ResultSearch.Find([folder.Root]), $"SELECT {string.Join(", ", values)}");
        using var json = new MemoryStream();
        all.Write(ResultFormat.Json, json);
        using var document = JsonDocument.Parse(json.ToArray());
        Assert.Equal(values.Length, document.RootElement[0].EnumerateObject().Count());
        Assert.Contains("infinity", Encoding.UTF8.GetString(json.ToArray()), StringComparison.Ordinal);
        foreach (string value in values)
        {
            using var one = ResultDatabase.Open([], $"SELECT {value} AS a");
            Assert.Single(one.Read().Rows);
        }
    }
}
