using OrtTrainer.Graph.Operators;

namespace OrtTrainer.Graph.Differentiation;

/// <summary>
/// Reverse-mode differentiation of a graph under construction: walks the nodes from the loss backwards and adds, by
/// each operator's rule, the nodes that compute the gradients.
/// </summary>
public static class Autodiff
{
    /// <summary>
    /// Adds the gradients of the scalar <paramref name="loss"/> in <paramref name="parameters"/> to the graph.
    /// Contributions of several uses are added in the order of the nodes, so the sum is the same in every build.
    /// </summary>
    /// <returns>One gradient per parameter, of its shape.</returns>
    /// <exception cref="GraphException">
    /// The loss is not a scalar, does not depend on a parameter, or an operator in between has no gradient rule.
    /// </exception>
    public static IReadOnlyList<Value> Gradients(
        GraphBuilder builder, Value loss, IReadOnlyList<Value> parameters) =>
        Gradients(builder, loss, parameters, recomputed: []);

    /// <summary>
    /// As the other, with nodes that are computed again for their gradients: what they make is not kept until then.
    /// </summary>
    /// <param name="builder">The graph.</param>
    /// <param name="loss">The scalar to differentiate.</param>
    /// <param name="parameters">What to differentiate it in.</param>
    /// <param name="recomputed">Ranges of nodes, none overlapping another.</param>
    /// <inheritdoc cref="Gradients(GraphBuilder, Value, IReadOnlyList{Value})"/>
    public static IReadOnlyList<Value> Gradients(
        GraphBuilder builder, Value loss, IReadOnlyList<Value> parameters, IReadOnlyList<NodeRange> recomputed)
    {
        if (loss.Shape.Rank != 0)
        {
            throw new GraphException($"The loss must be a single number, but {loss} has axes.");
        }

        HashSet<Value> needed = DependsOn(builder, parameters);
        Dictionary<Value, List<Value>> parts = new() { [loss] = [builder.ConstantLike(1, loss)] };
        using IDisposable scope = builder.Scope("grad");
        Node[] forward = [.. builder.Nodes];
        Recomputation recomputation = new(builder, forward, recomputed);
        for (int i = forward.Length - 1; i >= 0; i--)
        {
            Node node = forward[i];
            if (node.Outputs.Any(parts.ContainsKey)
                && node.Inputs.Any(input => input is not null && needed.Contains(input)))
            {
                int index = i;
                Differentiate(builder, node, arrived => recomputation.Again(index, arrived), needed, parts);
            }
        }

        return [.. parameters.Select(p => Total(builder, parts, p)
            ?? throw new GraphException($"The loss does not depend on the parameter '{p.Name}'; it has no gradient."))];
    }

    /// <summary>
    /// Those of <paramref name="candidates"/> that <paramref name="loss"/> depends on through floating-point values.
    /// </summary>
    public static IReadOnlyList<Value> Parameters(GraphBuilder builder, Value loss, IEnumerable<Value> candidates)
    {
        HashSet<Value> reached = [loss];
        foreach (Node node in builder.Nodes.Reverse().Where(node => node.Outputs.Any(reached.Contains)))
        {
            reached.UnionWith(node.Inputs.OfType<Value>().Where(input => input.Type.Element.IsFloatingPoint()));
        }

        return [.. candidates.Where(reached.Contains)];
    }

    private static void Differentiate(
        GraphBuilder builder, Node node, Func<Value, Node> again, HashSet<Value> needed,
        Dictionary<Value, List<Value>> parts)
    {
        Value?[] outputGradients = [.. node.Outputs.Select(output => Total(builder, parts, output))];
        if (node.Operator is not IGradientRule rule)
        {
            throw new GraphException(
                $"The operator {node.Operator.Type} has no gradient rule, but the loss depends on it through " +
                $"node '{node.Name}'. Freeze what is below it, or replace it by operators that have one.");
        }

        Node source = again(outputGradients.First(gradient => gradient is not null)!);
        IReadOnlyList<Value?> gradients =
            rule.Differentiate(new GradientContext(builder, node, source, outputGradients, needed, TakeOther));
        for (int i = 0; i < gradients.Count; i++)
        {
            if (gradients[i] is not { } gradient || node.Inputs[i] is not { } input || !needed.Contains(input))
            {
                continue;
            }

            if (!gradient.Shape.Fits(input.Shape) || gradient.Type.Element != input.Type.Element)
            {
                throw new GraphException(
                    $"The gradient rule of {node.Operator.Type} gave {gradient} for the input {input}; " +
                    "a gradient must have the type and shape of its input.");
            }

            if (!parts.TryGetValue(input, out List<Value>? list))
            {
                parts[input] = list = [];
            }

            list.Add(builder.Assume(gradient, input.Shape));
        }

        Value? TakeOther(Value input)
        {
            Value? other = Total(builder, parts, input);
            parts.Remove(input);
            return other;
        }
    }

    /// <summary>The values that a change of a parameter changes.</summary>
    private static HashSet<Value> DependsOn(GraphBuilder builder, IEnumerable<Value> parameters)
    {
        HashSet<Value> dependent = [.. parameters];
        foreach (Node node in builder.Nodes)
        {
            if (node.Inputs.Any(input => input is not null && dependent.Contains(input)))
            {
                dependent.UnionWith(node.Outputs.Where(output => output.Type.Element.IsFloatingPoint()));
            }
        }

        return dependent;
    }

    private static Value? Total(GraphBuilder builder, Dictionary<Value, List<Value>> parts, Value value)
    {
        if (!parts.TryGetValue(value, out List<Value>? list))
        {
            return null;
        }

        if (list.Count > 1)
        {
            parts[value] = list = [builder.Sum(list)];
        }

        return list[0];
    }
}
