using OrtTrainer.Graph.Operators.Fused;

namespace OrtTrainer.Graph;

/// <summary>What a linear layer is made of: x · wᵀ + b.</summary>
/// <param name="X">The rows, [T, K].</param>
/// <param name="W">The weight, [N, K].</param>
/// <param name="B">The bias, [N]; null for none.</param>
/// <param name="Precision">What the operands of the product are rounded to.</param>
public sealed record LinearLayer(Value X, Value W, Value? B, ProductPrecision Precision)
{
    /// <summary>The layer that a value is the output of; null where another operator made it.</summary>
    /// <param name="builder">The graph of the value.</param>
    /// <param name="value">Any value.</param>
    public static LinearLayer? Of(GraphBuilder builder, Value value)
    {
        Node? node = builder.Nodes.LastOrDefault(node => node.Outputs.Contains(value));
        return node?.Operator is Linear linear
            ? new(node.Inputs[0]!, node.Inputs[1]!, node.Inputs.ElementAtOrDefault(2), linear.Precision)
            : null;
    }
}
