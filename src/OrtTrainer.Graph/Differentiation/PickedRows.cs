using OrtTrainer.Graph.Operators;
using OrtTrainer.Graph.Operators.Fused;
using OrtTrainer.Graph.Operators.Standard;

namespace OrtTrainer.Graph.Differentiation;

/// <summary>
/// The gradient of a table as the gradients of rows picked from it: a batch picks few rows of a large table, and the
/// table's gradient is zero in all others.
/// </summary>
/// <param name="Gradients">The gradients of the picked rows, [T, columns].</param>
/// <param name="Rows">Which row of the table each of them is, int64 [T]; those of one row add up.</param>
/// <param name="Rest">What else goes into the gradient, of the table's shape, where it is a layer's weight too; null
/// for nothing.</param>
public sealed record PickedRows(Value Gradients, Value Rows, Value? Rest = null)
{
    /// <summary>What a gradient is made of, where picked rows are the last that is added to it.</summary>
    /// <param name="builder">The graph of the gradient.</param>
    /// <param name="gradient">A gradient of <see cref="Autodiff"/>.</param>
    /// <returns>Null where it is made otherwise.</returns>
    public static PickedRows? Of(GraphBuilder builder, Value gradient)
    {
        Node? node = builder.Nodes.FirstOrDefault(node => node.Outputs.Contains(gradient));
        return node?.Operator switch
        {
            Assumed => Of(builder, node.Inputs[0]!),
            GatherGrad => new(node.Inputs[0]!, node.Inputs[1]!),
            Add when node.Inputs[0]!.Shape.Equals(node.Inputs[1]!.Shape)
                && Of(builder, node.Inputs[1]!) is { Rest: null } picked => picked with { Rest = node.Inputs[0] },
            _ => null,
        };
    }
}
