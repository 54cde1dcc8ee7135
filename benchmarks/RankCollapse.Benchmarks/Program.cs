using RankCollapse.Benchmarks;

switch (args.FirstOrDefault())
{
    case "products":
        ProductBenchmark.Run();
        return 0;
    default:
        Console.Error.WriteLine("usage: RankCollapse.Benchmarks products");
        return 2;
}
