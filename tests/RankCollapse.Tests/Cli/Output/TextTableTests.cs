using RankCollapse.Cli.Output;

namespace RankCollapse.Tests.Cli.Output;

public sealed class TextTableTests
{
    [Fact]
    public void WithoutATerminal_EveryColumnStands() => Assert.Equal(
        """

        layer  rank   tail  note
        ────────────────────────
        1        10  0.570  none
        2         9   1e-9  some


        """.ReplaceLineEndings("\n"), Written(columns: null));

    [Fact]
    public void ANarrowTerminal_LosesColumnsByPriority_AndIsTold() => Assert.Equal(
        """

        layer  rank  note
        ─────────────────
        1        10  none
        2         9  some

        Left out for want of
          room: tail; --wide
          shows all columns.

        """.ReplaceLineEndings("\n"), Written(20));

    [Fact]
    public void WhereNoColumnMayGo_RowsBecomeRecords()
    {
        var table = new TextTable("run", "objective");
        table.Add("runs/a-run-with-a-long-name", "0.0192");
        Assert.Equal(
            """

            run
              runs/a-run-with-a-long-name
            objective  0.0192


            """.ReplaceLineEndings("\n"), OnScreen(30, table.Write));
    }

    private static string Written(int? columns)
    {
        var table = new TextTable("layer", "rank", new Column("tail", 2), new Column("note", 1) { IsText = true });
        table.Add("1", "10", "0.570", "none");
        table.Add("2", "9", "1e-9", "some");
        return OnScreen(columns, table.Write);
    }

    private static string OnScreen(int? columns, Action<TextWriter> write)
    {
        using var text = new StringWriter { NewLine = "\n" };
        if (columns is not { } width) write(text);
        else
        {
            using var screen = new ScreenWriter(text, () => width);
            write(screen);
        }
        return text.ToString();
    }
}
