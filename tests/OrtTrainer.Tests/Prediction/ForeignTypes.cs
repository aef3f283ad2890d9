using Google.Protobuf;
using OrtTrainer.Graph.Onnx;
using ElementType = OrtTrainer.Graph.ElementType;

namespace OrtTrainer.Tests.Prediction;

/// <summary>Rewrites a classifier so that its ids and logits have the types that other exporters give them.</summary>
internal static class ForeignTypes
{
    /// <summary>Replaces the file's graph by one around it that takes and gives other types.</summary>
    public static void Rewrite(string path, ElementType ids, ElementType logits)
    {
        ModelProto model = ModelProto.Parser.ParseFrom(File.ReadAllBytes(path));
        GraphProto graph = model.Graph;
        foreach (ValueInfoProto input in graph.Input)
        {
            string inner = input.Name + ".int64";
            foreach (NodeProto node in graph.Node)
            {
                Replace(node.Input, input.Name, inner);
            }

            graph.Node.Insert(0, Cast(input.Name, inner, ElementType.Int64));
            input.Type.TensorType.ElemType = (int)ids;
        }

        ValueInfoProto output = graph.Output.Single();
        foreach (NodeProto node in graph.Node)
        {
            Replace(node.Output, output.Name, output.Name + ".float");
        }

        graph.Node.Add(Cast(output.Name + ".float", output.Name, logits));
        output.Type.TensorType.ElemType = (int)logits;
        File.WriteAllBytes(path, model.ToByteArray());
        MakeForeign(path);
    }

    /// <summary>Leaves the graph alone of an export, without what tells where it comes from.</summary>
    public static void MakeForeign(string path)
    {
        ModelProto model = ModelProto.Parser.ParseFrom(File.ReadAllBytes(path));
        model.MetadataProps.Clear();
        File.WriteAllBytes(path, model.ToByteArray());
        File.Delete(Path.Combine(Path.GetDirectoryName(path)!, "..", "model.safetensors"));
    }

    private static void Replace(IList<string> names, string name, string other)
    {
        for (int i = 0; i < names.Count; i++)
        {
            names[i] = names[i] == name ? other : names[i];
        }
    }

    private static NodeProto Cast(string from, string to, ElementType type) => new()
    {
        OpType = "Cast",
        Name = "cast." + to,
        Input = { from },
        Output = { to },
        Attribute =
        {
            new AttributeProto { Name = "to", Type = AttributeProto.Types.AttributeType.Int, I = (int)type },
        },
    };
}
