using OrtTrainer.Graph.Operators;
using OrtTrainer.Graph.Operators.Fused;

namespace OrtTrainer.Graph.Differentiation;

/// <summary>
/// The gradient of a table as the gradients of rows picked from it: a batch picks few rows of a large table, and the
/// table's gradient is zero in all others.
/// </summary>
/// <param name="Gradients">The gradients of the picked rows, [T, columns].</param>
/// <param name="Rows">Which row of the table each of them is, int64 [T]; those of one row add up.</param>
public sealed record PickedRows(Value Gradients, Value Rows)
{
    /// <summary>What a gradient is made of, where it is nothing but picked rows added up.</summary>
    /// <param name="builder">The graph of the gradient.</param>
    /// <param name="gradient">A gradient of <see cref="Autodiff"/>.</param>
    /// <returns>Null where more goes into the gradient, as where a table is a layer's weight too.</returns>
    public static PickedRows? Of(GraphBuilder builder, Value gradient)
    {
        Node? node = builder.Nodes.FirstOrDefault(node => node.Outputs.Contains(gradient));
        return node?.Operator switch
        {
            Assumed => Of(builder, node.Inputs[0]!),
            GatherGrad => new(node.Inputs[0]!, node.Inputs[1]!),
            _ => null,
        };
    }
}
