using OrtTrainer.Models;
using OrtTrainer.Runtime;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Teachers;

/// <summary>An encoder that gives the output of every layer, averaged over the tokens of each text.</summary>
internal sealed class LayerSession : IDisposable
{
    private readonly PackedGraph _graph;
    private readonly WeightBuffer _parameters;
    private readonly GraphSession _session;
    private readonly Binding _binding;
    private readonly PackedBatch _batch = new();

    public LayerSession(PretrainedModel model, ExecutionOptions execution)
    {
        Layers = model.Architecture.Shape.Layers;
        Width = model.Architecture.Shape.Width;
        _graph = PackedGraph.EncoderLayers(model.Architecture);
        _parameters = new WeightBuffer(execution.Device, _graph.Layout.Length);
        try
        {
            // The encoder alone: nothing of it may start at random, and nothing does.
            _ = model.Load(_graph.Layout, _parameters, seed: 0);
            _session = GraphSession.FromBytes(_graph.Model, execution, "layers of the teacher");
            _binding = _session.CreateBinding();
        }
        catch
        {
            _session?.Dispose();
            _parameters.Dispose();
            throw;
        }

        foreach (ParameterView view in _graph.Layout.Views)
        {
            _binding.BindInput(view.Name, _parameters, _graph.Layout.OffsetOf(view), [.. view.Shape]);
        }

        for (int layer = 0; layer < Layers; layer++)
        {
            _binding.BindOutput(PackedInputs.HiddenState(layer));
        }
    }

    public int Layers { get; }

    public int Width { get; }

    /// <summary>Mean states, [N, layers, width].</summary>
    /// <param name="examples">The examples, N of them; batches are formed by length.</param>
    /// <param name="tokensPerBatch">Roughly how many tokens run at once.</param>
    /// <param name="progress">Told how many examples are done.</param>
    /// <param name="cancellation">Stops between batches.</param>
    public float[] Run(
        IReadOnlyList<TokenizedExample> examples, int tokensPerBatch, IProgress<int> progress,
        CancellationToken cancellation)
    {
        float[] states = new float[checked(examples.Count * Layers * Width)];
        int[] order = [.. Enumerable.Range(0, examples.Count).OrderBy(i => examples[i].InputIds.Length)];
        for (int start = 0, end; start < order.Length; start = end)
        {
            cancellation.ThrowIfCancellationRequested();
            end = start;
            for (int tokens = 0; end == start || (end < order.Length && tokens < tokensPerBatch); end++)
            {
                tokens += examples[order[end]].InputIds.Length;
            }

            ReadOnlySpan<int> indices = order.AsSpan(start, end - start);
            _batch.Fill(examples, indices);
            _batch.Bind(_binding, _graph.Inputs);
            _binding.Run();
            for (int layer = 0; layer < Layers; layer++)
            {
                ReadOnlySpan<float> hidden = _binding.Output(PackedInputs.HiddenState(layer));
                for (int b = 0; b < indices.Length; b++)
                {
                    Mean(hidden, b, states.AsSpan(((indices[b] * Layers) + layer) * Width, Width));
                }
            }

            progress.Report(end);
        }

        return states;
    }

    public void Dispose()
    {
        _binding.Dispose();
        _session.Dispose();
        _parameters.Dispose();
    }

    /// <summary>The mean of the rows of sequence b, summed in float64.</summary>
    private void Mean(ReadOnlySpan<float> hidden, int b, Span<float> mean)
    {
        int first = (int)_batch.Offsets[b];
        int end = (int)_batch.Offsets[b + 1];
        for (int i = 0; i < mean.Length; i++)
        {
            double sum = 0;
            for (int t = first; t < end; t++)
            {
                sum += hidden[(t * Width) + i];
            }

            mean[i] = (float)(sum / (end - first));
        }
    }
}
