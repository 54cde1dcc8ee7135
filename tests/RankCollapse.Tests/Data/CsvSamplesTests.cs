using System.Globalization;
using System.Text;
using RankCollapse.Data;

namespace RankCollapse.Tests.Data;

public sealed class CsvSamplesTests
{
    [Theory]
    [InlineData("1,2,0\n3,4,1\n")]
    [InlineData("a,b,class\r\n1,2,0\r\n3,4,1")]
    [InlineData("\uFEFF\"a, x\",b,class\n 1 , 2e0 ,0.0\n\n3,+4,1\n")]
    [InlineData("1,2,cat\n3,4,\"dog\"\n")]
    [InlineData("x,y,pet\n1,2,\"a \"\"cat\"\", small\"\n3,4,dog\n")]
    public void Samples_AreReadWithOrWithoutHeader(string text)
    {
        DataSet data = Load(text, 2, 2);
        Assert.Equal([0, 1], data.Labels);
        Assert.Equal([1.0, 2], data.Inputs.Column(0));
        Assert.Equal([3.0, 4], data.Inputs.Column(1));
    }

    [Fact]
    public void NamedClasses_AreNumberedAlphabetically()
    {
        DataSet data = Load("1,zebra\n2,ant\n3,zebra\n", 3, 2);
        Assert.Equal([0, 1, 1], data.Labels);
        Assert.Equal(2, data.Inputs[0, 0]);
    }

    [Theory]
    [InlineData("1,2,0\n3,x,1\n", "line 2, column 2: 'x' is not a number")]
    [InlineData("1,2,0\n3,,1\n", "line 2, column 2: '' is not a number")]
    [InlineData("1,2,0\n3,NaN,1\n", "line 2, column 2: NaN is not finite")]
    [InlineData("1,2,0\n3,1e999,1\n", "line 2, column 2: 1e999 is not finite")]
    [InlineData("1,x,0\n3,4,1\n", "line 1, column 2: 'x' is not a number")]
    [InlineData("1,2,0\n3,4\n", "line 2: there are 2 columns, but 3")]
    [InlineData("1\n2\n", "line 1: there is 1 column")]
    [InlineData("1,2,0\n3,4,1.5\n", "line 2, column 3: the label '1.5'")]
    [InlineData("1,2,0\n3,4,-1\n", "line 2, column 3: the label '-1'")]
    [InlineData("1,2,0\n3,4,cat\n", "line 2, column 3: the label 'cat'")]
    [InlineData("1,2,cat\n3,4,1\n", "line 2, column 3: the label '1' is a number")]
    [InlineData("1,2,0\n3,4,\n", "line 2, column 3: the label is empty")]
    [InlineData("1,2,0\n3,\"4,1\n", "line 2: a quote is not closed")]
    [InlineData("a,b,c\n", "no samples")]
    [InlineData("1,2,0\n3,4,3\n", "label 3, outside 0…1")]
    [InlineData("1,2,0\n", "1 samples in classes")]
    public void WrongFile_NamesLineAndColumn(string text, string found)
    {
        var error = Assert.Throws<InvalidInputException>(() => Load(text, 2, 2));
        Assert.Contains(found, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void DamagedFile_IsRefusedOrReadAsItStands()
    {
        using var folder = new TemporaryFolder();
        // No name that a few changed bytes make one of labels, such as y.
        byte[] good = "first,second,class\n1,2,0\n3,4,1\n5,6,0\n7,8,1\n"u8.ToArray();
        DamagedBytes.AreRefusedOrRead(good, bytes =>
        {
            Samples samples = CsvSamples.Read(folder.Write("damaged.csv", bytes));
            string[][] rows = [.. Encoding.UTF8.GetString(bytes).Split(['\n', '\r']).Where(line => !string.IsNullOrWhiteSpace(line))
                .Select(line => line.Split(','))];
            if (bytes.Contains((byte)'"')) return;
            for (int i = 0; i < samples.Inputs.Columns; i++)
                Assert.Equal(rows[rows.Length - samples.Inputs.Columns + i][..^1].Select(field => double.Parse(field, CultureInfo.InvariantCulture)),
                    samples.Inputs.Column(i));
        });
    }

    [Theory]
    [InlineData("label,p1,p2\n0,1,2\n1,3,4\n", null)]
    [InlineData("p1,Species,p2\n1,cat,2\n3,dog,4\n", null)]
    [InlineData("p1,kind,p2\n1,cat,2\n3,dog,4\n", null)]
    [InlineData(",p1,p2,class\n0,1,2,0\n1,3,4,1\n", null)]
    [InlineData("label,0,1\n0,1,2\n1,3,4\n", null)]
    [InlineData("p1,kind,p2\n1,0,2\n3,1,4\n", "kind")]
    [InlineData("0,1,2\n1,3,4\n", "1")]
    [InlineData("a,b,y\n1,2,1\n3,4,2\n", null)]
    public void TheLabel_IsFoundByHeaderOrOption(string text, string? label)
    {
        DataSet data = Load(text, 2, 2, label);
        Assert.Equal([0, 1], data.Labels);
        Assert.Equal([1.0, 2], data.Inputs.Column(0));
        Assert.Equal([3.0, 4], data.Inputs.Column(1));
    }

    [Theory]
    [InlineData("label,p,class\n0,1,1\n1,3,0\n", null, "several columns that may be the label: label, class")]
    [InlineData("0,1,0\n1,3,0\n1,3,0\n", null, "the last column is 0 in every line")]
    [InlineData("a,b,c\n1,2,0\n3,4,1\n", "d", "no column 'd'; ")]
    [InlineData("1,2,0\n3,4,1\n", "4", "a number from 1 to 3")]
    public void AnUnclearLabel_IsRefusedWithTheSettingThatSettlesIt(string text, string? label, string found)
    {
        var error = Assert.Throws<InvalidInputException>(() => Load(text, 2, 2, label));
        Assert.Contains(found, error.Message, StringComparison.Ordinal);
        if (label is null) Assert.Equal(["label"], error.Settings);
    }

    private static DataSet Load(string text, int samples, int classes, string? label = null)
    {
        using var folder = new TemporaryFolder();
        var reading = new FileReading { Label = label };
        return DataSource.Load(new DataRequest { Source = folder.Write("a.csv", text), Samples = samples, Classes = classes, Reading = reading });
    }
}
