namespace RankCollapse.Networks;

/// <summary>e^x − 1 and ln(1 + x) without cancellation near 0 (Kahan's corrections; Higham 2002, section 1.14).</summary>
internal static class ScalarFunctions
{
    /// <summary>e^x − 1, to a few units in the last place.</summary>
    public static double ExpMinusOne(double x)
    {
        double u = Math.Exp(x);
        if (u == 1) return x;
        double difference = u - 1;
        return difference == -1 || double.IsInfinity(u) ? difference : difference * (x / Math.Log(u));
    }

    /// <summary>ln(1 + x), to a few units in the last place; −∞ at −1 and NaN below.</summary>
    public static double LogOfOnePlus(double x)
    {
        double u = 1 + x;
        if (u == 1) return x;
        return u == 0 || double.IsInfinity(u) ? Math.Log(u) : Math.Log(u) * (x / (u - 1));
    }
}
