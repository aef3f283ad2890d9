using OrtTrainer.Checkpoints;

namespace OrtTrainer.Models;

/// <summary>What a checkpoint calls the tensors of a model, some of whose layers may be left out.</summary>
/// <param name="architecture">The model as the checkpoint has it, with all of its layers.</param>
/// <param name="layers">The layers that are kept, in order; null for all.</param>
internal sealed class TensorNames(Architecture architecture, IReadOnlyList<int>? layers)
{
    /// <summary>The name of a parameter's tensor in a checkpoint with a head.</summary>
    public string Of(ParameterSpec parameter)
    {
        string name = parameter.Storage.Tensor;
        return parameter.Place.LayerIndex is { } layer && layers is not null
            && name.StartsWith(architecture.LayerPrefix(layer), StringComparison.Ordinal)
            ? architecture.LayerPrefix(layers[layer]) + name[architecture.LayerPrefix(layer).Length..]
            : name;
    }

    /// <summary>The name under which a checkpoint has a parameter's tensor; null where it has none.</summary>
    public string? Find(Checkpoint checkpoint, ParameterSpec parameter) =>
        Candidates(Of(parameter)).FirstOrDefault(name => checkpoint.TryGet(name, out _));

    /// <summary>All names that a parameter's tensor may go by.</summary>
    public IReadOnlyList<string> AllOf(ParameterSpec parameter) => [.. Candidates(Of(parameter))];

    /// <summary>
    /// Names a tensor goes by: with and without the encoder's prefix (checkpoints of the bare encoder lack it), and
    /// with gamma and beta for norms, as the oldest files have them.
    /// </summary>
    private IEnumerable<string> Candidates(string name)
    {
        string bare = name.StartsWith(architecture.BasePrefix, StringComparison.Ordinal)
            ? name[architecture.BasePrefix.Length..]
            : name;
        foreach (string candidate in new[] { name, bare, architecture.AliasOf(name) ?? name }.Distinct())
        {
            yield return candidate;
            yield return candidate.Replace("LayerNorm.weight", "LayerNorm.gamma", StringComparison.Ordinal)
                .Replace("LayerNorm.bias", "LayerNorm.beta", StringComparison.Ordinal);
        }
    }
}
