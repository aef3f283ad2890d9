using OrtTrainer.Graph;

namespace OrtTrainer.Models.Imported;

/// <content>Nodes that do the same to every token, on the list of tokens of a packed graph.</content>
internal sealed partial class GraphReplay
{
    private static readonly HashSet<string> Elementwise = new(StringComparer.Ordinal)
    {
        "Add", "Sub", "Mul", "Div", "Pow", "Max", "Min", "Clip", "Identity", "Neg", "Abs", "Reciprocal", "Exp", "Log",
        "Sqrt", "Softplus", "Erf", "Tanh", "Sigmoid", "Relu", "Gelu", "Sin", "Cos", "Sign", "Ceil", "Floor", "Where",
        "Cast", "Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual", "And", "Or", "Not", "IsNaN",
    };

    /// <summary>A value with a row per token, by its node; null where the node mixes tokens.</summary>
    private Value? TokenNode(Value value)
    {
        TokenForm form = FormOf(value);
        if (source.Producer(value) is not { Operator.Domain.Length: 0 } node
            || (node.Outputs.Count != 1 && node.Operator.Type != "Split"))
        {
            return null;
        }

        if (Elementwise.Contains(node.Operator.Type))
        {
            return node.Inputs.Any(i => i is not null && FormOf(i) != TokenForm.None) && form != TokenForm.None
                ? Graph.Add(
                    node.Operator, [.. node.Inputs.Select(i => i is null ? null : Operand(i, value))],
                    node.Attributes)[0]
                : null;
        }

        Value? x = node.Inputs.Count > 0 ? node.Inputs[0] : null;
        if (x is null || FormOf(x) == TokenForm.None)
        {
            return null;
        }

        int lost = FormOf(x) == TokenForm.ByRow ? 1 : 0;
        return node.Operator.Type switch
        {
            "Reshape" or "Flatten" => Reshaped(x, value),
            "MatMul" when node.Inputs[1] is { Shape.Rank: 2 } factor && FormOf(factor) == TokenForm.None
                && x.Shape.Rank - lost >= 2 && form != TokenForm.None =>
                Graph.MatMul(Of(x), Rows(factor)),
            "ReduceMean" or "ReduceSum" or "ReduceMax" or "ReduceMin"
                when node.Inputs.Count > 1 && node.Inputs[1]?.ConstantIntegers is { } axes
                    && axes.All(a => x.Shape.NormalizeAxis(a) > lost) =>
                Graph.Add(
                    node.Operator,
                    [Of(x), Graph.Constant([.. axes.Select(a => x.Shape.NormalizeAxis(a) - (long)lost)])],
                    node.Attributes)[0],
            "Softmax" or "LogSoftmax" or "LayerNormalization" or "Concat" or "Split"
                when x.Shape.NormalizeAxis(node.Attributes.Int("axis", -1)) is var axis && axis > lost
                    && IsSameOrWeight(node, x) =>
                OutputOf(
                    node, value, [.. node.Inputs.Select(i => i is null ? null : Of(i))],
                    node.Attributes.With("axis", axis - (long)lost)),
            "Slice" when node.Inputs.Count > 3 && node.Inputs[3]?.ConstantIntegers is { } axes
                && axes.All(a => x.Shape.NormalizeAxis(a) > lost) =>
                Graph.Add(
                    node.Operator,
                    [
                        Of(x), Rows(node.Inputs[1]!), Rows(node.Inputs[2]!),
                        Graph.Constant([.. axes.Select(a => x.Shape.NormalizeAxis(a) - (long)lost)]),
                        .. node.Inputs.Skip(4).Select(i => i is null ? null : Rows(i)),
                    ],
                    node.Attributes)[0],
            _ => null,
        };
    }

    /// <summary>Whether what else a node reads is of tokens in the same way, or no tokens at all.</summary>
    private bool IsSameOrWeight(Node node, Value x) => node.Operator.Type == "Concat"
        ? node.Inputs.All(i => FormOf(i!) == FormOf(x))
        : node.Inputs.Skip(1).All(i => i is null || FormOf(i) == TokenForm.None);

    private Value OutputOf(Node node, Value value, IReadOnlyList<Value?> inputs, AttributeList attributes)
    {
        IReadOnlyList<Value> outputs = Graph.Add(node.Operator, inputs, attributes);
        for (int i = 0; i < node.Outputs.Count; i++)
        {
            if (node.Outputs[i] != value)
            {
                _tokens.TryAdd(node.Outputs[i], outputs[i]);
            }
        }

        return outputs[node.Outputs.ToList().IndexOf(value)];
    }

    /// <summary>Each token's values in another shape.</summary>
    private Value? Reshaped(Value x, Value value)
    {
        TokenForm to = FormOf(value);
        Dimension[] rest = [.. value.Shape.Skip(to == TokenForm.ByRow ? 2 : 1)];
        if (to == TokenForm.None || rest.Any(d => !d.IsFixed))
        {
            return null;
        }

        Value tokens = Of(x);
        return tokens.Shape.Skip(1).SequenceEqual(rest) ? tokens
            : Graph.Reshape(tokens, [0, .. rest.Select(d => d.Size)]);
    }

    /// <summary>What a node takes beside tokens, so that it meets each token with what its row and column have in the
    /// file.</summary>
    private Value Operand(Value operand, Value result)
    {
        int rank = result.Shape.Rank;
        if (FormOf(operand) == FormOf(result) && operand.Shape.Rank == rank)
        {
            return Of(operand);
        }

        int leading = FormOf(result) == TokenForm.ByRow ? 2 : 1;
        if (operand.Shape.Rank <= rank - leading)
        {
            return Rows(operand);
        }

        if (operand.Shape.Take(operand.Shape.Rank - (rank - leading)).All(d => d == Dimension.Of(1)))
        {
            Value whole = Rows(operand);
            return operand.Shape.Rank == rank && leading == 2 ? Graph.Squeeze(whole, 0) : whole;
        }

        if (TableOf(operand) is var (name, rows, ids) && leading == 2)
        {
            m.Place = ParameterPlace.Embeddings;
            return m.Embedding(name, rows, operand.Shape[-1].Size, PerToken(ids, rank: 2));
        }

        return PerToken(operand, rank);
    }

    /// <summary>A value spread over all rows and columns of a batch, a row per token.</summary>
    private Value PerToken(Value value, int rank)
    {
        if (FormOf(value) == TokenForm.ByRow && value.Shape.Rank == rank)
        {
            return Of(value);
        }

        Value ids = Ids;
        Value ones = Graph.Constant([.. Enumerable.Repeat(1L, rank - 2)]);
        Value sizes = rank == 2 ? Graph.ShapeOf(ids) : Graph.Concat(0, Graph.ShapeOf(ids), ones);
        Value spread = Graph.Node("Expand", [Rows(value), sizes]);
        return m.FromRows(
            Graph.WithShape(spread, new Shape([ids.Shape[0], ids.Shape[1], .. spread.Shape.Skip(2)])), isFlat: false);
    }
}
