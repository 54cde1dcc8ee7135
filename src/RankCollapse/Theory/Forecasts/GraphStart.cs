using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;

namespace RankCollapse.Theory.Forecasts;

/// <summary>
/// A start of lower rank than K for the centroid problem: classes as edges of a graph on r vertices (Súkeník, Lampert and Mondelli 2024).
/// </summary>
/// <remarks>
/// Class k is a pair of vertices and its point the sum e_i + e_j, so that all points have rank at most r; for K = r(r − 1)/2 the graph is complete and its line
/// graph, the triangular one, strongly regular. Pairs are taken greedily where vertices have been used least. With E the r×K matrix of points the last hidden
/// layer is relu(EᵀE − 11ᵀ) = I, since two different pairs share at most one vertex, and 11ᵀ = ½·11ᵀE.
/// </remarks>
internal static class GraphStart
{
    /// <summary>Fills a network; false where it is too shallow or narrow, or there are more classes than pairs.</summary>
    internal static bool TryFill(Network network, CentroidFirstLayer firstLayer, int classes)
    {
        NetworkSpecification specification = network.Specification;
        int depth = specification.Depth;
        if (depth < 3 || specification.Architecture != Architecture.Feedforward || specification.OutputDimension != classes) return false;
        int vertices = specification.Widths.Take(depth - 2).Min();
        if (vertices < 2 || classes > vertices * (vertices - 1) / 2 || specification.Width(depth - 1) < classes) return false;
        (int I, int J)[] edges = Edges(vertices, classes);
        Matrix points = Matrix.FromEntries(specification.Width(1), classes, (i, k) => i == edges[k].I || i == edges[k].J ? 1 : 0);
        Array.Clear(network.Parameters);
        Product.Multiply(points, PseudoInverse.Compute(firstLayer.Inputs).Inverse, network.Weights(1));
        for (int l = 2; l <= depth - 2; l++)
        {
            for (int i = 0; i < vertices; i++) network.Weights(l)[i, i] = 1;
        }
        for (int k = 0; k < classes; k++)
        {
            Span<double> row = network.Weights(depth - 1).Row(k);
            for (int i = 0; i < vertices; i++) row[i] = (i == edges[k].I || i == edges[k].J ? 1 : 0) - 0.5;
            network.Weights(depth)[k, k] = 1;
        }
        return true;
    }

    /// <summary>So many different pairs, each of the vertices that were used least so far.</summary>
    internal static (int I, int J)[] Edges(int vertices, int count)
    {
        var pairs = (from i in Enumerable.Range(0, vertices) from j in Enumerable.Range(i + 1, vertices - i - 1) select (i, j)).ToList();
        var uses = new int[vertices];
        var edges = new (int, int)[count];
        for (int k = 0; k < count; k++)
        {
            (int i, int j) = pairs.MinBy(pair => uses[pair.i] + uses[pair.j]);
            pairs.Remove((i, j));
            uses[i]++;
            uses[j]++;
            edges[k] = (i, j);
        }
        return edges;
    }
}
