using OrtTrainer.Graph.Onnx;

namespace OrtTrainer.Graph.Import;

/// <summary>Which stored tensors of an exported model are its weights, told by their names and by what reads
/// them.</summary>
internal sealed class WeightUses
{
    /// <summary>Tensors of modules that are no weights, by the last part of their names.</summary>
    private static readonly string[] Buffers =
    [
        "position_ids", "token_type_ids", "inv_freq", "original_inv_freq", "masked_bias", "attn_bias", "running_mean",
        "running_var", "num_batches_tracked", "embed_positions_buffer",
    ];

    private readonly Dictionary<Value, Node> _producers = [];
    private readonly Dictionary<Value, List<(Node Node, int Place)>> _consumers = [];
    private readonly Dictionary<Value, bool> _learned = [];
    private readonly IReadOnlyDictionary<Value, TensorProto> _candidates;

    /// <param name="graph">The graph, in which every stored tensor that may be a weight is an input.</param>
    public WeightUses(ImportedGraph graph)
    {
        _candidates = graph.Parameters.ToDictionary(p => p.Value, p => p.Tensor);
        foreach (Node node in graph.Builder.Nodes)
        {
            foreach (Value output in node.Outputs)
            {
                _producers[output] = node;
            }

            for (int i = 0; i < node.Inputs.Count; i++)
            {
                if (node.Inputs[i] is { } input)
                {
                    (_consumers.TryGetValue(input, out List<(Node, int)>? uses)
                        ? uses
                        : _consumers[input] = []).Add((node, i));
                }
            }
        }
    }

    /// <summary>Whether a stored tensor may be a weight at all: a float tensor with axes.</summary>
    public static bool MayBeWeight(TensorProto tensor) =>
        tensor.DataType == (int)ElementType.Float && tensor.Dims.Count > 0;

    /// <summary>Whether a tensor is named as exporters name the tensors of modules.</summary>
    public static bool IsNamed(TensorProto tensor) =>
        tensor.Name.Contains('.') && !tensor.Name.Contains(':') && !tensor.Name.Contains('/');

    /// <summary>The nodes that read a value, and as which input.</summary>
    public IReadOnlyList<(Node Node, int Place)> UsesOf(Value value) =>
        _consumers.TryGetValue(value, out List<(Node, int)>? uses) ? uses : [];

    /// <summary>Whether a candidate is a weight.</summary>
    public bool IsWeight(Value candidate) => IsNamed(_candidates[candidate])
        ? !Buffers.Contains(_candidates[candidate].Name.Split('.')[^1]) && UsesOf(candidate).Count > 0
        : UsesOf(candidate).Any(use => IsOperand(use.Node, use.Place));

    /// <summary>Whether a candidate is the right factor of products alone, [in, out].</summary>
    public bool IsRightFactor(Value candidate) => candidate.Shape.Rank == 2
        && UsesOf(candidate).All(use => use.Place == 1 && (use.Node.Operator.Type == "MatMul"
            || (use.Node.Operator.Type == "Gemm" && use.Node.Attributes.Int("transB", 0) == 0)));

    /// <summary>Whether an anonymous tensor at that place of a node is learned, as the matrix of a product or what is
    /// added to one is.</summary>
    private bool IsOperand(Node node, int place)
    {
        bool isMatrix = node.Inputs[place]!.Shape.Rank >= 2;
        return node.Operator.Type switch
        {
            "MatMul" => place == 1 && isMatrix && Learned(node.Inputs[0]!),
            "Gemm" or "Conv" or "ConvTranspose" => place > 0,
            "LayerNormalization" or "BatchNormalization" => place is 1 or 2,
            "Gather" => place == 0 && isMatrix
                && node.Inputs[1]!.Type.Element is ElementType.Int64 or ElementType.Int32,
            "Add" => !isMatrix && IsProduct(node.Inputs[1 - place]!),
            _ => false,
        };
    }

    private bool IsProduct(Value value) =>
        _producers.TryGetValue(value, out Node? node) && node.Operator.Type is "MatMul" or "Conv";

    /// <summary>Whether a value depends on a weight or on an image, and not on ids and constants alone.</summary>
    private bool Learned(Value value)
    {
        if (_learned.TryGetValue(value, out bool known))
        {
            return known;
        }

        _learned[value] = false;
        return _learned[value] = value.Type.Element == ElementType.Float
            && (!_producers.TryGetValue(value, out Node? node)
            ? !_candidates.TryGetValue(value, out TensorProto? tensor) || IsNamed(tensor)
            : node.Inputs.Any(input => input is not null && Learned(input)));
    }
}
