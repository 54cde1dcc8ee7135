using RankCollapse.LinearAlgebra;

namespace RankCollapse.Runs;

/// <summary>Sets the threads of products for as long as it lives.</summary>
internal sealed class ThreadScope : IDisposable
{
    private readonly int _before = Product.MaxThreads;

    /// <summary>Sets the threads; null takes all cores.</summary>
    public ThreadScope(int? threads) => Product.MaxThreads = threads ?? Environment.ProcessorCount;

    public void Dispose() => Product.MaxThreads = _before;
}
