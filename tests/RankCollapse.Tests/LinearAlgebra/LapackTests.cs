using RankCollapse.LinearAlgebra;

namespace RankCollapse.Tests.LinearAlgebra;

public sealed class LapackTests
{
    [Fact]
    public void Select_OfManaged_IsManaged() => Assert.Contains("Math.NET", Lapack.Select("managed").Description);

    [Fact]
    public void Select_OfMissingLibrary_SaysWhatToDo()
    {
        string message = Assert.Throws<InvalidInputException>(() => Lapack.Select("/nowhere/liblapack.so")).Message;
        Assert.Contains("/nowhere/liblapack.so", message);
        Assert.Contains("managed", message);
    }

    [Fact]
    public void Select_OfNative_IsNativeOrSaysWhatIsMissing()
    {
        if (NativeLapackProvider.Find() is not null) Assert.Contains("native LAPACK", Lapack.Select("native").Description);
        else Assert.Contains("libopenblas", Assert.Throws<InvalidInputException>(() => Lapack.Select("native")).Message);
    }

    [Fact]
    public void Select_OfNothing_IsManaged() => Assert.IsType<ManagedProvider>(Lapack.Select(null));

    [Fact]
    public void Description_IsNotEmpty() => Assert.NotEmpty(Lapack.Description);
}
