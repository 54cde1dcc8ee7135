using System.Collections.Concurrent;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace RankCollapse;

/// <summary>The values of enumerations as users and files write them: in kebab case, or as <see cref="JsonStringEnumMemberNameAttribute"/> says.</summary>
public static class EnumNames
{
    private static readonly ConcurrentDictionary<Type, (Enum[] Values, string[] Names)> Tables = [];

    /// <summary>The names of all values, in order.</summary>
    /// <param name="type">The enumeration.</param>
    public static IReadOnlyList<string> All(Type type) => Table(type).Names;

    /// <summary>The names of all values, in order.</summary>
    /// <typeparam name="T">The enumeration.</typeparam>
    public static IReadOnlyList<string> All<T>()
        where T : struct, Enum => All(typeof(T));

    /// <summary>The name of a value; its number where it has none.</summary>
    /// <param name="value">The value.</param>
    public static string Of(Enum value)
    {
        ArgumentNullException.ThrowIfNull(value);
        (Enum[] values, string[] names) = Table(value.GetType());
        return Array.IndexOf(values, value) is >= 0 and var place ? names[place] : $"{value}";
    }

    /// <summary>The value of a name; null where there is none.</summary>
    /// <param name="type">The enumeration.</param>
    /// <param name="name">The name.</param>
    public static Enum? Find(Type type, string name)
    {
        (Enum[] values, string[] names) = Table(type);
        return Array.IndexOf(names, name) is >= 0 and var place ? values[place] : null;
    }

    private static (Enum[] Values, string[] Names) Table(Type type) => Tables.GetOrAdd(type, _ =>
    {
        Enum[] values = [.. Enum.GetValues(type).Cast<Enum>()];
        return (values, [.. values.Select(value => NameOf(type, $"{value}"))]);
    });

    private static string NameOf(Type type, string member) =>
        type.GetField(member)?.GetCustomAttribute<JsonStringEnumMemberNameAttribute>()?.Name ?? JsonNamingPolicy.KebabCaseLower.ConvertName(member);
}
