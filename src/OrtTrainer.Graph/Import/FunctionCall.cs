using OrtTrainer.Graph.Onnx;

namespace OrtTrainer.Graph.Import;

/// <summary>Nodes of a function's body with the attributes of a call put in.</summary>
internal static class FunctionCall
{
    /// <summary>
    /// A node of the body, with each reference to an attribute replaced by the call's, or by the function's default; a
    /// reference to one that is given nowhere drops out.
    /// </summary>
    public static NodeProto Bind(NodeProto node, FunctionProto function, NodeProto call)
    {
        if (node.Attribute.All(a => a.RefAttrName.Length == 0))
        {
            return node;
        }

        NodeProto bound = node.Clone();
        bound.Attribute.Clear();
        foreach (AttributeProto attribute in node.Attribute)
        {
            if (attribute.RefAttrName.Length == 0)
            {
                bound.Attribute.Add(attribute);
            }
            else if ((call.Attribute.FirstOrDefault(a => a.Name == attribute.RefAttrName)
                ?? function.AttributeProto.FirstOrDefault(a => a.Name == attribute.RefAttrName)) is { } given)
            {
                AttributeProto value = given.Clone();
                value.Name = attribute.Name;
                bound.Attribute.Add(value);
            }
        }

        return bound;
    }
}
