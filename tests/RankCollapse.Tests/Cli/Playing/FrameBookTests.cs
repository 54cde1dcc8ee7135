using RankCollapse.Cli.Playing;

namespace RankCollapse.Tests.Cli.Playing;

public sealed class FrameBookTests
{
    [Fact]
    public void LongRecording_StaysBounded_KeepsBothEnds_AndIsSpreadEvenly()
    {
        var book = new FrameBook(16);
        for (int i = 0; i < 1000; i++)
        {
            book.Add([(byte)i]);
            int[] numbers = [.. book.All.Select(one => one.Number)];
            Assert.InRange(numbers.Length, 1, 16);
            Assert.Equal((0, i), (numbers[0], numbers[^1]));
            Assert.All(numbers.SkipLast(1), number => Assert.Equal(0, number % book.Spacing));
        }
        Assert.InRange(book.All.Count, 8, 16);
        Assert.All(book.All, one => Assert.Equal((byte)one.Number, one.Frame[0]));
        Assert.Equal(999, Assert.Single(book.After(998)).Number);
    }
}
