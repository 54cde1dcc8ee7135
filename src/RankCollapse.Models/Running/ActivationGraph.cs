using RankCollapse.Models.Onnx;
using RankCollapse.Networks;
using static RankCollapse.Models.Onnx.TensorProto.Types;

namespace RankCollapse.Models.Running;

/// <summary>
/// Our activations as operators of ONNX in double precision. Where ONNX Runtime has an operator in single precision only, it is composed of others;
/// arctan and gelu, which cannot be, are computed in single precision.
/// </summary>
internal sealed class ActivationGraph(GraphProto graph)
{
    private int _count;

    /// <summary>Adds the nodes of σ and returns the name of its value.</summary>
    /// <exception cref="InvalidInputException">The activation has no form in ONNX.</exception>
    public string Add(Activation activation, string x)
    {
        const double SeluScale = 1.0507009873554804934, SeluAlpha = 1.6732632423543772848;
        switch (activation.Name)
        {
            case "identity": return x;
            case "tanh": return Node("Tanh", x);
            case "sigmoid": return Node("Sigmoid", x);
            case "relu": return Node("Relu", x);
            case "arctan": return InSingle("Atan", x);
            case "softsign": return Node("Div", x, Node("Add", Node("Abs", x), Constant(1)));
            case "asinh":
                return Node(
                "Mul", Node("Sign", x), Node("Log", Node("Add", Node("Abs", x), Node("Sqrt", Node("Add", Node("Mul", x, x), Constant(1))))));
            case "softplus": return Node("Add", Node("Relu", x), Node("Log", Node("Add", Constant(1), Node("Exp", Node("Neg", Node("Abs", x))))));
            case "elu": return Exponential(x, 1, 1);
            case "selu": return Exponential(x, SeluScale, SeluScale * SeluAlpha);
            case "gelu": return Node("Mul", Node("Mul", x, Constant(0.5)), Node("Add", Constant(1), InSingle("Erf", Node("Mul", x, Constant(Math.Sqrt(0.5))))));
            default:
                if (!activation.Name.StartsWith("leaky-relu(", StringComparison.Ordinal))
                    throw new InvalidInputException($"The activation {activation.Name} has no form in ONNX.");
                var slope = new double[1];
                activation.Value([-1.0], slope);
                return Node("Add", Node("Relu", x), Node("Mul", Node("Relu", Node("Neg", x)), Constant(slope[0])));
        }
    }

    /// <summary>positive·relu(x) + negative·(exp(min(x, 0)) − 1).</summary>
    private string Exponential(string x, double positive, double negative)
    {
        string below = Node("Sub", Node("Exp", Node("Neg", Node("Relu", Node("Neg", x)))), Constant(1));
        return Node("Add", Node("Mul", Node("Relu", x), Constant(positive)), Node("Mul", below, Constant(negative)));
    }

    private string InSingle(string type, string x) => Cast(Node(type, Cast(x, DataType.Float)), DataType.Double);

    private string Cast(string x, DataType type)
    {
        string output = Name("Cast");
        graph.Node.Add(GraphBuilder.Node("Cast", output, [x], output, GraphBuilder.Whole("to", (long)type)));
        return output;
    }

    private string Node(string type, params string[] inputs)
    {
        string output = Name(type);
        graph.Node.Add(GraphBuilder.Node(type, output, inputs, output));
        return output;
    }

    private string Constant(double value)
    {
        string name = Name("constant");
        graph.Initializer.Add(GraphBuilder.Tensor(name, DataType.Double, [], [value]));
        return name;
    }

    private string Name(string type) => $"{type}{++_count}";
}
