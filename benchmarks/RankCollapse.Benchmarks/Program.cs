using RankCollapse;
using RankCollapse.Benchmarks;

try
{
    var arguments = new BenchmarkArguments(args.AsSpan(Math.Min(1, args.Length)));
    Action? benchmark = args.FirstOrDefault() switch
    {
        "decompositions" => DecompositionBenchmark.Prepare(arguments),
        "products" => ProductBenchmark.Prepare(arguments),
        "epoch" => EpochBenchmark.Prepare(arguments),
        "scale" => ScaleBenchmark.Prepare(arguments),
        "time-to-target" => TimeToTargetBenchmark.Prepare(arguments),
        _ => null,
    };
    if (benchmark == null)
        throw new InvalidInputException(
            "usage: run.sh decompositions | epoch | products | scale | time-to-target [--option value …]; see benchmarks/README.md.");
    arguments.RequireAllUsed();
    benchmark();
    return 0;
}
catch (InvalidInputException error)
{
    Console.Error.WriteLine(error.Message);
    return 2;
}
catch (ComputationFailedException error)
{
    Console.Error.WriteLine(error.Message);
    return 1;
}
