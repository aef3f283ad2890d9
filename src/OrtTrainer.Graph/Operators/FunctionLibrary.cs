using OrtTrainer.Graph.Functions;
using OrtTrainer.Graph.Onnx;
using OrtTrainer.Graph.Operators.Fused;

namespace OrtTrainer.Graph.Operators;

/// <summary>Every function of the domain: the bodies of fused operators and the functions those bodies call.</summary>
public static class FunctionLibrary
{
    private static readonly Dictionary<string, FunctionDefinition> ByName = OperatorSet.All.OfType<FusedOperator>()
        .Select(op => op.Function)
        .Concat(
        [
            .. DropoutFunctions.All, .. AttentionFunctions.All, .. DisentangledFunctions.All,
            .. ActivationFunctions.All, .. Operands.Rounding,
        ])
        .ToDictionary(f => f.Name, StringComparer.Ordinal);

    private static readonly HashSet<string> Names = [.. ByName.Keys];

    /// <summary>All definitions.</summary>
    public static IReadOnlyCollection<FunctionDefinition> All => ByName.Values;

    /// <summary>The functions called <paramref name="names"/> and all that their bodies call, each once.</summary>
    /// <exception cref="GraphException">A body cannot be read.</exception>
    public static IReadOnlyList<FunctionProto> Closure(IEnumerable<string> names)
    {
        Dictionary<string, FunctionProto> found = new(StringComparer.Ordinal);
        Queue<string> open = new(names);
        while (open.TryDequeue(out string? name))
        {
            if (found.ContainsKey(name))
            {
                continue;
            }

            FunctionProto function = FunctionParser.Parse(ByName[name], Names);
            found[name] = function;
            foreach (NodeProto node in function.Node.Where(n => n.Domain == FunctionDefinition.Domain))
            {
                open.Enqueue(node.OpType);
            }
        }

        return [.. found.Values];
    }
}
