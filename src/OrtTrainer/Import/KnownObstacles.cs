using OrtTrainer.Graph.Onnx;
using OrtTrainer.Graph.Operators;

namespace OrtTrainer.Import;

/// <summary>What operators that cannot be trained through say of the kind of a model.</summary>
internal static class KnownObstacles
{
    private const string OrtDomain = "com.microsoft";

    private static readonly (Func<NodeProto, bool> Is, string Problem, string Advice)[] Kinds =
    [
        (n => n.OpType.Contains("quantize", StringComparison.OrdinalIgnoreCase)
            || n.OpType.StartsWith("QLinear", StringComparison.Ordinal)
            || n.OpType.StartsWith("QAttention", StringComparison.Ordinal)
                || n.OpType is "MatMulInteger" or "ConvInteger" or "MatMulNBits",
            "the model is quantized, and steps of rounding have no gradient",
            "Take the float32 model it was made of, train that, and quantize the export again."),
        (n => n.OpType is "Loop" or "Scan" or "If",
            "the graph has control flow that depends on the run",
            "Export the model with fixed steps, or one pass of the loop alone."),
        (n => n.OpType is "NonMaxSuppression" or "RoiAlign" or "TopK" or "ArgMax" or "ArgMin" or "Unique",
            "the graph selects by rank, as detectors and decoding do, and selection has no gradient",
            "Export the model up to its scores, without selection."),
        (n => n.OpType is "LSTM" or "GRU" or "RNN",
            "recurrent layers have no gradient here",
            "Take a model of attention or convolution, or train this one elsewhere."),
        (n => n.Domain.StartsWith("ai.onnx.ml", StringComparison.Ordinal),
            "the model is of classical machine learning (trees, linear models, encoders of labels), which is " +
            "not trained by gradients",
            "Train it with the library that made it."),
        (n => n.OpType.StartsWith("Sequence", StringComparison.Ordinal)
            || n.OpType.StartsWith("Optional", StringComparison.Ordinal)
            || n.OpType.StartsWith("String", StringComparison.Ordinal)
                || n.OpType is "ConcatFromSequence" or "SplitToSequence"
            or "RegexFullMatch" or "TfIdfVectorizer",
            "the graph works on lists or texts, not on tensors alone",
            "Export the model without what comes before and after it."),
        (n => n.Domain == OrtDomain,
            "the file was optimized for inference by ONNX Runtime",
            "Take the file as the exporter wrote it, before optimization."),
        (n => n.Domain.Length > 0 && n.Domain != "ai.onnx",
            "the operator is of a domain that is not known here",
            "Export the model with ONNX's own operators."),
    ];

    /// <summary>The obstacle that an unknown operator is.</summary>
    public static Obstacle Of(NodeProto node)
    {
        string name = node.Domain is "" or "ai.onnx" ? node.OpType : $"{node.Domain}.{node.OpType}";
        string place = node.Name.Length > 0 ? node.Name : node.Output.FirstOrDefault() ?? name;
        foreach ((Func<NodeProto, bool> isKind, string problem, string advice) in Kinds)
        {
            if (isKind(node))
            {
                return new(place, $"{name}: {problem}", advice);
            }
        }

        return new(place, $"{name}: the operator is not known here", "Export the model in another way, or without it.");
    }

    /// <summary>Whether the engine can build a node; functions of the file and branches are looked into, not
    /// asked.</summary>
    public static bool IsKnown(NodeProto node) =>
        node.OpType is "Constant" || OperatorOf(node) is not null;

    /// <summary>Whether a node can be differentiated.</summary>
    public static bool HasGradient(NodeProto node) => OperatorOf(node)?.HasGradientRule == true;

    private static Operator? OperatorOf(NodeProto node) =>
        OperatorSet.Find(node.Domain is "ai.onnx" ? "" : node.Domain, node.OpType);
}
