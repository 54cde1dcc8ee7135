namespace RankCollapse.LinearAlgebra;

/// <summary>The number of threads for products, which follows the flow of control into the tasks that it starts.</summary>
internal sealed class AsyncLocalThreads
{
    private readonly AsyncLocal<int> _value = new();

    public int Value
    {
        get => Math.Max(1, _value.Value);
        set => _value.Value = value;
    }
}
