using Google.Protobuf;
using OrtTrainer.Graph;
using OrtTrainer.Graph.Onnx;
using OrtTrainer.Runtime;
using ElementType = OrtTrainer.Graph.ElementType;

namespace OrtTrainer.Import;

/// <summary>What an exported file gives on made-up inputs as ONNX Runtime runs it.</summary>
internal static class OriginalModel
{
    /// <summary>Scores below this are of tokens that are not seen.</summary>
    private const float Unseen = -1e4f;

    /// <summary>The elements of some values of the graph, by their names.</summary>
    public static IReadOnlyDictionary<string, (float[] Values, long[] Shape)> Run(
        ModelProto model, IReadOnlyCollection<string> names, ProbeBatch probe, ExecutionOptions execution)
    {
        ModelProto probed = model.Clone();
        HashSet<string> present = [.. probed.Graph.Output.Select(o => o.Name)];
        probed.Graph.Output.AddRange(names.Where(name => !present.Contains(name)).Select(name => new ValueInfoProto
        {
            Name = name,
            Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)ElementType.Float } },
        }));
        using GraphSession session = GraphSession.FromBytes(
            probed.ToByteArray(), execution with { UseKernels = false }, "the imported model");
        using Binding binding = session.CreateBinding();
        probe.BindRows(session, binding);
        foreach (GraphValue output in session.Outputs)
        {
            binding.BindOutput(output.Name);
        }

        binding.Run();
        return names.ToDictionary(
            name => name, name => (binding.Output(name).ToArray(), binding.OutputShape(name).ToArray()));
    }

    /// <summary>Who sees whom under masks of attention; those that are neither for all nor for earlier tokens are left
    /// out.</summary>
    /// <param name="outputs">What a run gave.</param>
    /// <param name="names">The masks among it.</param>
    /// <param name="lengths">Tokens of each sequence.</param>
    public static IReadOnlyDictionary<string, AttentionMask> Masks(
        IReadOnlyDictionary<string, (float[] Values, long[] Shape)> outputs, IEnumerable<string> names,
        IReadOnlyList<int> lengths)
    {
        Dictionary<string, AttentionMask> masks = [];
        foreach (string name in names)
        {
            (float[] values, long[] shape) = outputs[name];
            foreach (AttentionMask mask in new[] { AttentionMask.Bidirectional, AttentionMask.Causal })
            {
                if (IsMask(values, shape, lengths, mask))
                {
                    masks[name] = mask;
                    break;
                }
            }
        }

        return masks;
    }

    private static bool IsMask(float[] values, long[] shape, IReadOnlyList<int> lengths, AttentionMask mask)
    {
        if (shape.Length != 4 || shape[1] != 1)
        {
            return false;
        }

        for (int row = 0; row < lengths.Count; row++)
        {
            for (int query = 0; query < lengths[row]; query++)
            {
                for (int key = 0; key < lengths.Max(); key++)
                {
                    long place = ((shape[0] == 1 ? 0 : row) * shape[2]) + (shape[2] == 1 ? 0 : query);
                    float added = values[(place * shape[3]) + (shape[3] == 1 ? 0 : key)];
                    bool isSeen = key < lengths[row] && (mask == AttentionMask.Bidirectional || key <= query);
                    if (isSeen ? added != 0 : added > Unseen)
                    {
                        return false;
                    }
                }
            }
        }

        return true;
    }
}
