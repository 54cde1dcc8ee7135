using RankCollapse.Networks;

namespace RankCollapse.Tests.Networks;

public sealed class ActivationNamesTests
{
    public static TheoryData<string> Names => [.. ActivationSamples.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void Name_ReadBack_IsTheSame(string name)
    {
        Assert.Equal(name, Activation.Parse(name).Name);
        Assert.Equal(name, Activation.Parse($" {name.ToUpperInvariant()} ").Name);
        Assert.Equal(name, Activation.Parse(name).ToString());
    }

    [Fact]
    public void All_HasTwelveDifferentActivations()
    {
        Assert.Equal(12, Activation.All.Select(a => a.Name).Distinct().Count());
        Assert.Same(Activation.Tanh, Activation.Parse("tanh"));
        Assert.Same(Activation.Identity, Activation.All[0]);
    }

    [Theory]
    [InlineData("leaky-relu", "leaky-relu(0.01)")]
    [InlineData("leaky-relu:0.2", "leaky-relu(0.2)")]
    [InlineData("Leaky-ReLU (1e-3)", "leaky-relu(0.001)")]
    [InlineData("leaky-relu(0.10000000000000002)", "leaky-relu(0.10000000000000002)")]
    public void LeakyRelu_IsReadInEveryForm(string written, string name) => Assert.Equal(name, Activation.Parse(written).Name);

    [Fact]
    public void UnknownName_NamesTheNearestOrElseAll()
    {
        string message = Assert.Throws<InvalidInputException>(() => Activation.Parse("tahn")).Message;
        Assert.Contains("There is no activation 'tahn'; did you mean 'tanh'?", message);
        message = Assert.Throws<InvalidInputException>(() => Activation.Parse("zzz")).Message;
        Assert.All(Activation.All, a => Assert.Contains(a.Name.Replace("(0.01)", ""), message));
        Assert.Contains("'leaky-relu'?", Assert.Throws<InvalidInputException>(() => Activation.Parse("leaky_relu(0.3)")).Message);
    }

    [Theory]
    [InlineData("leaky-relu(0)")]
    [InlineData("leaky-relu(-1)")]
    [InlineData("leaky-relu(nan)")]
    [InlineData("leaky-relu:infinity")]
    [InlineData("leaky-relu()")]
    [InlineData("leaky-relu(0.2")]
    [InlineData("leaky-relu:")]
    [InlineData("tanh(2)")]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("(")]
    public void UnusableNames_AreRejectedInOneLine(string name)
    {
        string message = Assert.Throws<InvalidInputException>(() => Activation.Parse(name)).Message;
        Assert.DoesNotContain('\n', message);
    }

    [Theory]
    [InlineData("tanh*4, identity*3", "tanh,tanh,tanh,tanh,identity,identity,identity", "tanh*4,identity*3")]
    [InlineData("tanh,tanh", "tanh,tanh", "tanh")]
    [InlineData("relu*1,leaky-relu:0.2*2,RELU", "relu,leaky-relu(0.2),leaky-relu(0.2),relu", "relu,leaky-relu(0.2)*2,relu")]
    public void Lists_AreReadInEveryForm_AndWrittenInOne(string written, string names, string shortest)
    {
        IReadOnlyList<Activation> read = Activation.ParseList(written);
        Assert.Equal(names.Split(','), read.Select(activation => activation.Name));
        Assert.Equal(shortest, ActivationNames.Write(read));
        Assert.Equal(read.Count, ActivationNames.Count(written));
    }

    [Theory]
    [InlineData("tanh,,relu", "empty name")]
    [InlineData("tanh,", "empty name")]
    [InlineData("tanh*0", "repetition in 'tanh*0'")]
    [InlineData("tanh*-2", "repetition")]
    [InlineData("tanh*many", "repetition")]
    [InlineData("tanh*999999999999", "repetition")]
    [InlineData("relu*2,tahn", "did you mean 'tanh'")]
    public void BadLists_SayWhatIsWrong(string written, string found) =>
        Assert.Contains(found, Assert.Throws<InvalidInputException>(() => Activation.ParseList(written)).Message, StringComparison.Ordinal);
}
