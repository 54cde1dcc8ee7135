using System.Collections.Frozen;
using System.Reflection;
using System.Reflection.Emit;

namespace RankCollapse.Tests.House;

/// <summary>Which types of an assembly name which other types, in signatures and in code, as the compiler left them.</summary>
internal static class TypeReferences
{
    private const BindingFlags All = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly FrozenDictionary<short, OperandType> Operands =
        typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (OpCode)field.GetValue(null)!)
            .ToFrozenDictionary(code => code.Value, code => code.OperandType);

    /// <summary>Every pair of a type and a type of this repository that it names; nested types count as those that hold them.</summary>
    public static IEnumerable<(Type From, Type To)> Of(Assembly assembly) =>
        (from type in assembly.GetTypes()
         from named in Named(type)
         from part in Parts(named)
         where part.Namespace?.StartsWith("RankCollapse", StringComparison.Ordinal) == true
         select (Outermost(type), Outermost(part))).Distinct();

    private static Type Outermost(Type type) => type.DeclaringType is { } outer ? Outermost(outer) : type;

    private static IEnumerable<Type> Named(Type type)
    {
        IEnumerable<Type?> signature =
            [type.BaseType, .. type.GetInterfaces(), .. type.GetFields(All).Select(field => field.FieldType), .. type.GetGenericArguments()];
        IEnumerable<MethodBase> methods = [.. type.GetMethods(All), .. type.GetConstructors(All)];
        return signature.OfType<Type>().Concat(methods.SelectMany(Named));
    }

    private static IEnumerable<Type> Named(MethodBase method)
    {
        IEnumerable<Type> signature = method.GetParameters().Select(parameter => parameter.ParameterType);
        if (method is MethodInfo { ReturnType: { } result }) signature = signature.Append(result);
        return method.GetMethodBody() is { } body
            ? signature.Concat(body.LocalVariables.Select(local => local.LocalType)).Concat(Named(method, body.GetILAsByteArray()!)) : signature;
    }

    /// <summary>The types in a method's instructions: those of fields and methods that it uses, too.</summary>
    private static IEnumerable<Type> Named(MethodBase method, byte[] code)
    {
        Type[]? typeArguments = method.DeclaringType?.GetGenericArguments(), methodArguments = method.IsGenericMethod ? method.GetGenericArguments() : null;
        for (int i = 0; i < code.Length;)
        {
            short value = code[i] == 0xFE ? (short)(0xFE00 | code[i + 1]) : code[i];
            i += code[i] == 0xFE ? 2 : 1;
            switch (Operands[value])
            {
                case OperandType.InlineNone:
                    break;
                case OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar:
                    i++;
                    break;
                case OperandType.InlineVar:
                    i += 2;
                    break;
                case OperandType.InlineI8 or OperandType.InlineR:
                    i += 8;
                    break;
                case OperandType.InlineSwitch:
                    i += 4 + (4 * BitConverter.ToInt32(code, i));
                    break;
                case OperandType.InlineField or OperandType.InlineMethod or OperandType.InlineTok or OperandType.InlineType:
                    foreach (Type named in Named(method.Module.ResolveMember(BitConverter.ToInt32(code, i), typeArguments, methodArguments)))
                        yield return named;
                    i += 4;
                    break;
                default:
                    i += 4;
                    break;
            }
        }
    }

    private static IEnumerable<Type> Named(MemberInfo? member) => member switch
    {
        Type type => [type],
        FieldInfo field => [field.DeclaringType!, field.FieldType],
        MethodInfo method => [method.DeclaringType!, method.ReturnType, .. method.IsGenericMethod ? method.GetGenericArguments() : []],
        { DeclaringType: { } declaring } => [declaring],
        _ => [],
    };

    /// <summary>A type without arrays, pointers and references, and the arguments of a generic one.</summary>
    private static IEnumerable<Type> Parts(Type type)
    {
        if (type.HasElementType) return Parts(type.GetElementType()!);
        if (type.IsGenericParameter) return type.GetGenericParameterConstraints().Where(constraint => !constraint.ContainsGenericParameters);
        return type.IsGenericType ? type.GetGenericArguments().SelectMany(Parts).Prepend(type.GetGenericTypeDefinition()) : [type];
    }
}
