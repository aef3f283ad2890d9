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
    private readonly Dictionary<WeightBuffer, Binding> _bindings = [];
    private readonly PackedBatch _batch = new();

    public EvaluationSession(PackedGraph graph, ExecutionOptions options)
    {
        _graph = graph;
        _session = GraphSession.FromBytes(graph.Model, options, "evaluation graph");
    }

    /// <summary>Runs all examples and gives their outputs to a sink, a batch at a time.</summary>
    /// <param name="parameters">The weights to evaluate.</param>
    /// <param name="examples">The examples; batches are formed by length, which changes results by rounding at
    /// most.</param>
    /// <param name="sink">Takes in the outputs.</param>
    /// <param name="tokensPerBatch">Roughly how many tokens run at once.</param>
    /// <param name="cancellation">Stops between batches.</param>
    public void Run(
        WeightBuffer parameters, IReadOnlyList<TokenizedExample> examples, IOutputSink sink, int tokensPerBatch = 4096,
        CancellationToken cancellation = default)
    {
        int[] order = [.. Enumerable.Range(0, examples.Count).OrderBy(i => examples[i].InputIds.Length)];
        for (int start = 0; start < order.Length;)
        {
            cancellation.ThrowIfCancellationRequested();
            int end = start;
            int tokens = 0;
            do
            {
                tokens += examples[order[end]].InputIds.Length;
                end++;
            }
            while (end < order.Length && tokens + examples[order[end]].InputIds.Length <= tokensPerBatch);

            RunBatch(parameters, examples, order.AsSpan(start, end - start), sink);
            start = end;
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
        Binding binding = BindingOf(parameters);
        _batch.Fill(examples, indices);
        _batch.Bind(binding, _graph.Inputs);
        binding.Run();
        int[] starts = new int[indices.Length];
        int[] rows = new int[indices.Length];
        for (int b = 0; b < indices.Length; b++)
        {
            (starts[b], rows[b]) = _graph.Rows.Packed(b, _batch.Offsets, _batch.OutputOffsets);
        }

        int outputs = checked((int)binding.OutputShape(PackedInputs.Logits)[^1]);
        sink.Add(new OutputBatch(binding.Output(PackedInputs.Logits), outputs, indices, starts, rows));
    }

    /// <summary>Lets go of weights that are about to be disposed.</summary>
    public void Forget(WeightBuffer parameters)
    {
        if (_bindings.Remove(parameters, out Binding? binding))
        {
            binding.Dispose();
        }
    }

    public void Dispose()
    {
        foreach (Binding binding in _bindings.Values)
        {
            binding.Dispose();
        }

        _session.Dispose();
    }

    private Binding BindingOf(WeightBuffer parameters)
    {
        if (_bindings.TryGetValue(parameters, out Binding? binding))
        {
            return binding;
        }

        binding = _session.CreateBinding();
        foreach (ParameterView view in _graph.Layout.Views)
        {
            binding.BindInput(view.Name, parameters, _graph.Layout.OffsetOf(view), [.. view.Shape]);
        }

        binding.BindOutput(PackedInputs.Logits);
        _bindings[parameters] = binding;
        return binding;
    }
}
