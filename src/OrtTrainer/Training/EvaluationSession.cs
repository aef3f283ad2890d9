using OrtTrainer.Models;
using OrtTrainer.Runtime;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Training;

/// <summary>
/// Runs an evaluation graph on one flat parameter buffer or another: live and averaged weights share the session, and
/// switching between them copies nothing.
/// </summary>
internal sealed class EvaluationSession : IDisposable
{
    private readonly PackedGraph _graph;
    private readonly GraphSession _session;
    private readonly WeightBindings _bindings;
    private readonly PackedBatch _batch = new();

    /// <param name="graph">A graph without dropout.</param>
    /// <param name="options">Threads and kernels.</param>
    /// <param name="frozen">The weights that stay as they are, where the graph has some; not disposed here.</param>
    public EvaluationSession(PackedGraph graph, ExecutionOptions options, IFrozenWeights? frozen = null)
    {
        _graph = graph;
        _session = GraphSession.FromBytes(graph.Model, options, "evaluation graph");
        _bindings = new WeightBindings(_session, graph.Layout, PackedInputs.Logits)
        {
            Frozen = [.. graph.Frozen.Select(view => (view, frozen!.Find(view)))],
        };
    }

    /// <summary>Runs all examples and gives their outputs to a sink, a batch at a time.</summary>
    /// <param name="parameters">The weights to evaluate.</param>
    /// <param name="examples">The examples; batches are formed by length, which changes results by rounding at
    /// most.</param>
    /// <param name="sink">Takes in the outputs.</param>
    /// <param name="tokensPerBatch">Roughly how many tokens run at once; fewer where their outputs are a
    /// vocabulary.</param>
    /// <param name="cancellation">Stops between batches.</param>
    public void Run(
        WeightBuffer parameters, IReadOnlyList<TokenizedExample> examples, IOutputSink sink, int tokensPerBatch = 4096,
        CancellationToken cancellation = default)
    {
        int tokens = OutputBatch.TokensAtOnce(_graph.Outputs, tokensPerBatch);
        foreach (int[] indices in LengthBatches.Packed(examples, tokens))
        {
            cancellation.ThrowIfCancellationRequested();
            RunBatch(parameters, examples, indices, sink);
        }
    }

    /// <summary>Runs some examples as one batch.</summary>
    /// <param name="parameters">The weights to evaluate.</param>
    /// <param name="examples">The data set.</param>
    /// <param name="indices">Which of it, [B].</param>
    /// <param name="sink">Takes in their outputs.</param>
    public void RunBatch(
        WeightBuffer parameters, IReadOnlyList<TokenizedExample> examples, ReadOnlySpan<int> indices,
        IOutputSink sink)
    {
        Binding binding = _bindings.Of(parameters);
        _batch.Fill(examples, indices);
        _batch.Bind(binding, _graph.Inputs);
        binding.Run();
        _batch.PassOn(binding, _graph.Rows, indices, sink);
    }

    /// <inheritdoc cref="WeightBindings.Forget"/>
    public void Forget(WeightBuffer parameters) => _bindings.Forget(parameters);

    public void Dispose()
    {
        _bindings.Dispose();
        _session.Dispose();
    }
}
