using OrtTrainer.Graph.Onnx;

namespace OrtTrainer.Graph.Import;

/// <summary>
/// Inputs and attributes of a node in the form its operator has in the newest operator set known here.
/// </summary>
/// <param name="Inputs">The inputs.</param>
/// <param name="Attributes">The attributes.</param>
internal sealed record OperatorForm(IReadOnlyList<Value?> Inputs, AttributeList Attributes)
{
    /// <summary>
    /// The version of ONNX's operators in which reductions got their axes as an input, and Split the number of parts.
    /// </summary>
    private const long AxesAsInput = 18;

    /// <summary>The node, of a file with operator set <paramref name="version"/>, in the current form.</summary>
    public static OperatorForm Current(GraphBuilder builder, NodeProto node, Value?[] inputs, long version)
    {
        AttributeList attributes = node.Attribute.Aggregate(AttributeList.Empty, (list, a) => list.With(a));
        if (node.Domain.Length > 0 || version >= AxesAsInput)
        {
            return new(inputs, attributes);
        }

        return node.OpType switch
        {
            "ReduceMean" or "ReduceMax" or "ReduceMin" or "ReduceProd" when attributes.Ints("axes") is { } axes =>
                new([inputs[0], builder.Constant(axes)], attributes.Without("axes")),
            "Split" when inputs.Length == 1 || inputs[1] is null =>
                new([inputs[0]], attributes.With("num_outputs", node.Output.Count)),
            _ => new(inputs, attributes),
        };
    }
}
