using OrtTrainer.Models;
using OrtTrainer.Runtime;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Compilation;

/// <summary>Runs the layers that stay as they are over texts: once each, since they make the same of them every time.
/// </summary>
internal sealed class FrozenLayers : IDisposable
{
    private const int TokensAtOnce = 2048;

    private readonly GraphSession _session;
    private readonly Binding _binding;
    private readonly HashSet<string> _inputs;
    private readonly PackedBatch _batch = new();

    /// <param name="graph">The frozen graph.</param>
    /// <param name="file">What the manifest says of it.</param>
    /// <param name="layout">Where the parameters lie.</param>
    /// <param name="weights">The weights; kept and not disposed.</param>
    /// <param name="execution">Threads and kernels.</param>
    public FrozenLayers(
        byte[] graph, CompiledFile file, ParameterLayout layout, WeightBuffer weights, ExecutionOptions execution)
    {
        _inputs = [.. file.Inputs.Select(input => input.Name)];
        _session = GraphSession.FromBytes(graph, execution, "frozen graph");
        _binding = _session.CreateBinding();
        foreach (ParameterView view in layout.Views.Where(view => file.Parameters.Contains(view.Name)))
        {
            _binding.BindInput(view.Name, weights, layout.OffsetOf(view), [.. view.Shape]);
        }

        _binding.BindOutput(PackedInputs.FrozenStates);
    }

    /// <summary>The examples with their states, in their order.</summary>
    /// <param name="examples">Tokens of texts.</param>
    /// <param name="cancellation">Stops between batches.</param>
    public TokenizedExample[] Over(
        IReadOnlyList<TokenizedExample> examples, CancellationToken cancellation = default)
    {
        TokenizedExample[] known = [.. examples];
        foreach (int[] indices in LengthBatches.Packed(examples, TokensAtOnce))
        {
            cancellation.ThrowIfCancellationRequested();
            _batch.Fill(examples, indices);
            _batch.Bind(_binding, _inputs);
            _binding.Run();
            ReadOnlySpan<float> states = _binding.Output(PackedInputs.FrozenStates);
            int width = states.Length / _batch.Tokens;
            foreach (int index in indices)
            {
                int length = examples[index].InputIds.Length * width;
                known[index] = examples[index] with { FrozenStates = states[..length].ToArray() };
                states = states[length..];
            }
        }

        return known;
    }

    public void Dispose()
    {
        _binding.Dispose();
        _session.Dispose();
    }
}
