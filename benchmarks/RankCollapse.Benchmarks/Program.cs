using RankCollapse.Benchmarks;

switch (args.FirstOrDefault())
{
    case "products":
        ProductBenchmark.Run();
        return 0;
    case "epoch":
        EpochBenchmark.Run(depth: 10, seconds: 5);
        return 0;
    default:
        Console.Error.WriteLine("usage: RankCollapse.Benchmarks products | epoch");
        return 2;
}
