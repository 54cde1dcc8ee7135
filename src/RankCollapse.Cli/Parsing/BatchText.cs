using System.Globalization;
using RankCollapse.Data;
using RankCollapse.LinearAlgebra;

namespace RankCollapse.Cli.Parsing;

/// <summary>Which samples make a batch, as users write it: <c>8</c> for the first ones, <c>random:8</c>, <c>class:2</c>, <c>index:0,5,7</c>.</summary>
internal static class BatchText
{
    /// <summary>The samples' places, counted from 0.</summary>
    public static IReadOnlyList<int> Parse(string text, DataSet data, long seed)
    {
        string[] parts = text.Split(':');
        int samples = data.SampleCount;
        switch (parts)
        {
            case [var first] when TryWhole(first, out int count): return [.. Enumerable.Range(0, Size(count))];
            case ["random", var drawn] when TryWhole(drawn, out int count):
                var stream = new RandomStream(seed, RandomPurpose.Sampling);
                int[] order = [.. Enumerable.Range(0, samples)];
                for (int i = 0; i < Size(count); i++)
                {
                    int other = i + stream.NextInteger(samples - i);
                    (order[i], order[other]) = (order[other], order[i]);
                }
                return order[..count];
            case ["class", var named] when TryWhole(named, out int label):
                int[] members = [.. Enumerable.Range(0, data.Labels.Length).Where(i => data.Labels[i] == label)];
                if (members.Length == 0) throw new InvalidInputException($"--batch asks for class {label}, which no sample has.");
                return members;
            case ["index", var list]:
                string[] entries = list.Split(',');
                int[] places = [.. entries.Select(entry => TryWhole(entry, out int place) && place < samples ? place : -1)];
                if (places.Contains(-1) || places.Distinct().Count() < places.Length)
                    throw new InvalidInputException($"--batch is '{ErrorText.Printable(text)}'; expected different places from 0 to {samples - 1}.");
                return places;
            default:
                throw new InvalidInputException($"--batch is '{ErrorText.Printable(text)}'; expected a number of samples, random:n, class:k or index:i,j,….");
        }

        int Size(int count) => count >= 1 && count <= samples
            ? count
            : throw new InvalidInputException($"--batch is {count}; expected 1 to the {samples} samples of the data.");
    }

    private static bool TryWhole(string text, out int number) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
