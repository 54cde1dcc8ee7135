using RankCollapse.Networks;

namespace RankCollapse.Training.SecondOrder;

/// <summary>Vectors of parameters that the phases of an iteration need in turn: what one gives back, the next one takes, with what is in it.</summary>
internal sealed class SpareNetworks(NetworkSpecification specification)
{
    private readonly Stack<Network> _free = [];

    /// <summary>The shape.</summary>
    public NetworkSpecification Specification => specification;

    /// <summary>Lends a network until it is disposed of.</summary>
    public Loan Lend() => new(_free, _free.TryPop(out Network? network) ? network : new Network(specification));

    /// <summary>A network that is lent.</summary>
    public readonly struct Loan(Stack<Network> to, Network network) : IDisposable
    {
        /// <summary>The network.</summary>
        public Network Network => network;

        /// <summary>Its parameters.</summary>
        public double[] Parameters => network.Parameters;

        /// <summary>Gives it back.</summary>
        public void Dispose() => to.Push(network);
    }
}
