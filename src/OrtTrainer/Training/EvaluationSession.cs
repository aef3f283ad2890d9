using OrtTrainer.Models;
using OrtTrainer.Runtime;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Training;

/// <summary>
/// Runs an evaluation graph on one flat parameter buffer or another: live and averaged weights share the session, and
/// switching between them copies nothing.
/// </summary>
public sealed class EvaluationSession : IDisposable
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

    /// <summary>
    /// The output of the graph for every example, in order, one row of <paramref name="outputs"/> values each.
    /// </summary>
    /// <param name="parameters">The weights to evaluate.</param>
    /// <param name="examples">The examples; batches are formed by length, which changes results by rounding at
    /// most.</param>
    /// <param name="outputs">K.</param>
    /// <param name="tokensPerBatch">Roughly how many tokens run at once.</param>
    /// <param name="cancellation">Stops between batches.</param>
    public float[] Logits(
        WeightBuffer parameters, IReadOnlyList<TokenizedExample> examples, int outputs, int tokensPerBatch = 4096,
        CancellationToken cancellation = default)
    {
        Binding binding = BindingOf(parameters);
        float[] logits = new float[examples.Count * outputs];
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

            ReadOnlySpan<int> indices = order.AsSpan(start, end - start);
            _batch.Fill(examples, indices);
            _batch.Bind(binding, _graph.Inputs);
            binding.Run();
            ReadOnlySpan<float> result = binding.Output(PackedInputs.Logits);
            for (int i = 0; i < indices.Length; i++)
            {
                result.Slice(i * outputs, outputs).CopyTo(logits.AsSpan(indices[i] * outputs));
            }

            start = end;
        }

        return logits;
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
