using OrtTrainer.Runtime;
using OrtTrainer.Runtime.Profiling;
using OrtTrainer.Runtime.Updates;
using OrtTrainer.Training.Batches;
using OrtTrainer.Training.Loss;

namespace OrtTrainer.Training;

/// <summary>
/// The gradients of one optimizer step: of one batch, or the sum over several, in their order. A loss that compares
/// the examples of a batch sees those of one pass: of several, it is their mean.
/// </summary>
internal sealed class GradientAccumulator : IGradientSource
{
    private readonly BatchPasses _passes;
    private readonly WeightBuffer? _sum;

    /// <param name="graph">The compiled training graph.</param>
    /// <param name="options">Batch size, accumulation, seed and execution.</param>
    /// <param name="objective">What is minimized.</param>
    /// <param name="state">Holds the weights.</param>
    public GradientAccumulator(
        TrainingGraph graph, TrainerOptions options, TrainingObjective objective, TrainingState state)
    {
        _sum = options.Accumulation > 1 ? new WeightBuffer(state.Device, state.Layout.Length) : null;
        _passes = new BatchPasses(graph, options, objective, state);
        Written = _sum is null ? _passes.Written : new BlockMap(state.Layout);
    }

    /// <inheritdoc/>
    public WeightBuffer Values => _sum ?? _passes.Gradients;

    /// <inheritdoc/>
    public BlockMap Written { get; }

    /// <inheritdoc/>
    public (LossParts Loss, int Tokens) Run(
        IReadOnlyList<TokenizedExample> examples, ReadOnlySpan<int> indices, long step)
    {
        _passes.Begin(examples, indices, step);
        LossParts loss = default;
        int tokens = 0;
        for (int pass = 0; pass < _passes.Count; pass++)
        {
            (LossParts partLoss, int partTokens) = _passes.Run(pass);
            loss += partLoss;
            tokens += partTokens;
            Add(first: pass == 0);
        }

        return (loss, tokens);
    }

    /// <inheritdoc cref="GraphSession.EndProfiling"/>
    public IReadOnlyList<ProfiledRun> EndProfiling() => _passes.EndProfiling();

    public void Dispose()
    {
        _passes.Dispose();
        _sum?.Dispose();
    }

    private void Add(bool first)
    {
        if (_sum is null)
        {
            return;
        }

        if (first)
        {
            _sum.CopyFrom(_passes.Gradients);
            Written.Clear();
        }
        else
        {
            _sum.Device.Arithmetic.Add(_sum, _passes.Gradients, _sum);
        }

        Written.MarkAll(_passes.Written);
    }
}
