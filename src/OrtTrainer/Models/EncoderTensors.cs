using OrtTrainer.Checkpoints;

namespace OrtTrainer.Models;

/// <summary>
/// Holds the sizes in config.json against the tensors of a checkpoint, before a graph is compiled or a buffer made.
/// </summary>
internal static class EncoderTensors
{
    private const int MostNamed = 3;

    // Constants that older checkpoints keep beside the weights.
    private static readonly string[] Buffers = ["position_ids", "token_type_ids", "num_batches_tracked"];

    /// <summary>Makes sure that the checkpoint has the encoder's tensors, and no others of its embeddings and
    /// layers.</summary>
    /// <exception cref="CheckpointException">One is absent or of another shape, or nothing reads it.</exception>
    public static void Require(Architecture architecture, Checkpoint checkpoint)
    {
        TensorNames names = new(architecture, layers: null);
        HashSet<string> read = new(StringComparer.Ordinal);
        foreach (ParameterSpec parameter in architecture.EncoderParameters())
        {
            string name = names.Find(checkpoint, parameter) ?? names.Of(parameter);
            checkpoint.Require(name, parameter.Storage.ShapeFor(parameter.Shape));
            read.Add(name);
        }

        RequireZero(architecture, checkpoint);
        string[] unread = [.. Unread(architecture, checkpoint, read)];
        if (unread.Length > 0)
        {
            string others = unread.Length > MostNamed ? $" and {unread.Length - MostNamed} more" : "";
            throw new CheckpointException(
                checkpoint.Path, $"tensor {string.Join(", ", unread.Take(MostNamed))}{others}",
                "tensors of the encoder that nothing reads", "those that config.json describes",
                "Check that both belong to the same model: without these tensors it would compute something else.");
        }
    }

    private static void RequireZero(Architecture architecture, Checkpoint checkpoint)
    {
        if (architecture.ZeroTensor?.Name is { } name && checkpoint.TryGet(name, out TensorInfo info))
        {
            float[] values = new float[info.ElementCount];
            checkpoint.ReadFloats(name, values);
            if (values.Any(value => value != 0))
            {
                throw new CheckpointException(
                    checkpoint.Path, $"tensor {name}", "values other than 0", "0 everywhere, or no such tensor",
                    "Take another model: without these values it would compute something else.");
            }
        }
    }

    private static IEnumerable<string> Unread(
        Architecture architecture, Checkpoint checkpoint, HashSet<string> read)
    {
        string prefix = architecture.BasePrefix;
        HashSet<string> parts = [.. read.Select(Part)];
        return checkpoint.Names.Where(name =>
            parts.Contains(Part(name)) && !read.Contains(name) && !Buffers.Contains(name.Split('.')[^1])
            && !architecture.Ignores(name));

        // "bert.encoder" or, without the prefix, "encoder": a pooler or head beside it is no part of the encoder.
        string Part(string name)
        {
            int start = name.StartsWith(prefix, StringComparison.Ordinal) ? prefix.Length : 0;
            int end = name.IndexOf('.', start);
            return end < 0 ? name : name[..end];
        }
    }
}
