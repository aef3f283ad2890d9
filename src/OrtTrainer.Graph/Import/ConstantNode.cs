using OrtTrainer.Graph.Onnx;

namespace OrtTrainer.Graph.Import;

/// <summary>ONNX's Constant nodes as stored tensors.</summary>
internal static class ConstantNode
{
    /// <exception cref="GraphException">The constant is neither a tensor nor numbers.</exception>
    public static TensorProto ToTensor(NodeProto node, string name)
    {
        AttributeProto value = node.Attribute.Count == 1
            ? node.Attribute[0]
            : throw new GraphException($"a constant has one attribute, not {node.Attribute.Count}");
        switch (value.Name)
        {
            case "value":
                TensorProto tensor = value.T.Clone();
                tensor.Name = name;
                return tensor;
            case "value_int":
                return TensorContent.Int64(name, [], [value.I]);
            case "value_ints":
                return TensorContent.Int64(name, [value.Ints.Count], [.. value.Ints]);
            case "value_float":
                return TensorContent.Float(name, [], [value.F]);
            case "value_floats":
                return TensorContent.Float(name, [value.Floats.Count], [.. value.Floats]);
            default:
                throw new GraphException($"constants given as '{value.Name}' are not supported");
        }
    }
}
