using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace RankCollapse;

/// <summary>The values of enumerations as users and files write them: in kebab case, or as <see cref="JsonStringEnumMemberNameAttribute"/> says.</summary>
public static class EnumNames
{
    /// <summary>The names of all values, in order.</summary>
    /// <typeparam name="T">The enumeration.</typeparam>
    public static IReadOnlyList<string> All<T>()
        where T : struct, Enum => Table<T>.Names;

    /// <summary>The name of a value.</summary>
    /// <typeparam name="T">The enumeration.</typeparam>
    public static string Of<T>(T value)
        where T : struct, Enum => Array.IndexOf(Table<T>.Values, value) is >= 0 and var place ? Table<T>.Names[place] : value.ToString();

    /// <summary>The value of a name; null where there is none.</summary>
    /// <typeparam name="T">The enumeration.</typeparam>
    public static T? Find<T>(string name)
        where T : struct, Enum => Array.IndexOf(Table<T>.Names, name) is >= 0 and var place ? Table<T>.Values[place] : null;

    private static class Table<T>
        where T : struct, Enum
    {
        public static readonly T[] Values = Enum.GetValues<T>();
        public static readonly string[] Names = [.. Values.Select(value => NameOf($"{value}"))];

        private static string NameOf(string member) => typeof(T).GetField(member)?.GetCustomAttribute<JsonStringEnumMemberNameAttribute>()?.Name
            ?? JsonNamingPolicy.KebabCaseLower.ConvertName(member);
    }
}
