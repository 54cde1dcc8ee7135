using RankCollapse.LinearAlgebra.Vectors;

namespace RankCollapse.LinearAlgebra;

/// <summary>What the merges of eigenvalues and of singular values share once the roots of their secular equation are known.</summary>
internal static unsafe class SecularVectors
{
    private const int Lanes = 8;

    /// <summary>
    /// Whether two poles that follow one another are too near to be told apart; then the second takes the weight of both by a rotation (c, s), which the
    /// caller gives to their vectors, and the first stays what it is.
    /// </summary>
    /// <param name="first">The index of the lower pole.</param>
    /// <param name="second">The index of the higher one.</param>
    /// <param name="d">Poles, or where squared their roots; the two change.</param>
    /// <param name="z">Weights; the second one changes.</param>
    /// <param name="group">The halves that vectors belong to: 0, 1 for both, 2; the second one changes.</param>
    /// <param name="tolerance">What may be neglected.</param>
    /// <param name="c">The rotation's cosine.</param>
    /// <param name="s">The rotation's sine.</param>
    public static bool Joins(int first, int second, double[] d, double[] z, int[] group, double tolerance, out double c, out double s)
    {
        double length = MatrixVector.Hypotenuse(z[second], z[first]);
        c = z[second] / length;
        s = -z[first] / length;
        if (!(Math.Abs((d[second] - d[first]) * c * s) <= tolerance)) return false;
        z[second] = length;
        if (group[second] != group[first]) group[second] = 1;
        (d[first], d[second]) = ((d[first] * c * c) + (d[second] * s * s), (d[first] * s * s) + (d[second] * c * c));
        return true;
    }

    /// <summary>
    /// Where each kept vector goes when those of the first half (group 0) stand first, those of both (1) next, those of the second (2) last.
    /// </summary>
    public static int[] Place(List<int> kept, int[] group, out int firsts, out int both)
    {
        firsts = kept.Count(k => group[k] == 0);
        both = kept.Count(k => group[k] == 1);
        var place = new int[kept.Count];
        int[] next = [0, firsts, firsts + both];
        for (int k = 0; k < place.Length; k++) place[k] = next[group[kept[k]]]++;
        return place;
    }

    /// <summary>
    /// The ẑ for which the computed roots x_i are exact: ẑ_j² = (x_j − p_j)·Π_{i≠j} (p_j − x_i)/(p_j − p_i), with the given signs
    /// (Löwner; Gu and Eisenstat 1995).
    /// </summary>
    /// <param name="d">Poles, or where squared their roots.</param>
    /// <param name="count">How many.</param>
    /// <param name="differences">p_j − x_i in row i and column j.</param>
    /// <param name="signs">What has the signs.</param>
    /// <param name="weights">ẑ.</param>
    /// <param name="isSquared">Whether poles are d².</param>
    public static void CorrectWeights(double* d, int count, double* differences, double[] signs, double* weights, bool isSquared)
    {
        for (int j = 0; j < count; j++) weights[j] = 1;
        for (int i = 0; i < count; i++)
        {
            double* row = differences + ((nint)i * count);
            double own = weights[i] * row[i];
            Doubles512 di = Doubles512.All(d[i]);
            int j = 0;
            for (; j + Lanes <= count; j += Lanes)
            {
                Doubles512 dj = Doubles512.Load(d + j), gap = dj - di;
                if (isSquared) gap *= dj + di;
                (Doubles512.Load(weights + j) * (Doubles512.Load(row + j) / gap)).Store(weights + j);
            }
            for (; j < count; j++) weights[j] *= row[j] / (isSquared ? (d[j] - d[i]) * (d[j] + d[i]) : d[j] - d[i]);
            weights[i] = own;
        }
        for (int j = 0; j < count; j++) weights[j] = Math.CopySign(Math.Sqrt(Math.Abs(weights[j])), signs[j]);
    }

    /// <summary>result = a/b, entry by entry.</summary>
    public static void Divide(double* a, double* b, int count, double* result)
    {
        int j = 0;
        for (; j + Lanes <= count; j += Lanes) (Doubles512.Load(a + j) / Doubles512.Load(b + j)).Store(result + j);
        for (; j < count; j++) result[j] = a[j] / b[j];
    }

    /// <summary>target[place[j]] = factor·source[j].</summary>
    public static void Scatter(double* source, int count, double factor, int[] place, double* target)
    {
        for (int j = 0; j < count; j++) target[place[j]] = factor * source[j];
    }
}
