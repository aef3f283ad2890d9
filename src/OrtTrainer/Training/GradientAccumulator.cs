using OrtTrainer.Runtime;
using OrtTrainer.Runtime.Profiling;
using OrtTrainer.Runtime.Updates;
using OrtTrainer.Training.Batches;
using OrtTrainer.Training.Loss;

namespace OrtTrainer.Training;

/// <summary>
/// The gradients of one optimizer step: of one batch, or the sum over several that together are exactly the large
/// batch, because every example's loss is divided by the number of all. A loss that compares the examples of a batch
/// sees those of one pass: of several, it is their mean.
/// </summary>
internal sealed class GradientAccumulator : IGradientSource
{
    private readonly TrainerOptions _options;
    private readonly TrainingObjective _objective;
    private readonly GradientSession _session;
    private readonly WeightBuffer _gradients;
    private readonly WeightBuffer? _sum;
    private readonly BlockMap _written;
    private readonly TrainingState _state;
    private readonly WeightSegment[] _tables;
    private readonly PackedBatch _batch = new();

    /// <param name="graph">The compiled training graph.</param>
    /// <param name="options">Batch size, accumulation, seed and execution.</param>
    /// <param name="objective">What is minimized.</param>
    /// <param name="state">Holds the weights.</param>
    public GradientAccumulator(
        TrainingGraph graph, TrainerOptions options, TrainingObjective objective, TrainingState state)
    {
        _options = options;
        _objective = objective;
        _gradients = new WeightBuffer(state.Device, state.Layout.Length);
        _sum = options.Accumulation > 1 ? new WeightBuffer(state.Device, state.Layout.Length) : null;
        _session = new GradientSession(graph, options.Execution, state.Parameters, _gradients, state.Frozen);
        _state = state;
        _tables = [.. graph.Tables.Select(graph.Layout.SegmentOf)];
        _written = _sum is null ? _session.Written : new BlockMap(state.Layout);
    }

    /// <inheritdoc/>
    public WeightBuffer Values => _sum ?? _gradients;

    /// <inheritdoc/>
    public BlockMap Written => _written;

    /// <inheritdoc/>
    public (LossParts Loss, int Tokens) Run(
        IReadOnlyList<TokenizedExample> examples, ReadOnlySpan<int> indices, long step)
    {
        (examples, TrainingObjective objective, int[] taken) = _objective.OfStep(examples, indices, step);
        float scale = objective.MeanScale(taken);
        LossParts loss = default;
        int tokens = 0;
        for (int micro = 0; micro * _options.PerPass < taken.Length; micro++)
        {
            int start = micro * _options.PerPass;
            int length = Math.Min(_options.PerPass, taken.Length - start);
            _batch.Fill(examples, taken.AsSpan(start, length), objective, step);
            DropoutKey key = DropoutKey.For(_options.Seed, (step * _options.Accumulation) + micro);
            foreach (WeightSegment table in _tables)
            {
                _state.Optimizer.BringUpToDate(table, _batch.InputIds);
            }

            loss += _session.Run(_batch, scale, key);
            tokens += _batch.Tokens;
            Add(first: micro == 0);
        }

        return (loss, tokens);
    }

    /// <inheritdoc cref="GraphSession.EndProfiling"/>
    public IReadOnlyList<ProfiledRun> EndProfiling() => _session.EndProfiling();

    public void Dispose()
    {
        _session.Dispose();
        _gradients.Dispose();
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
            _sum.CopyFrom(_gradients);
            _written.Clear();
        }
        else
        {
            _sum.Device.Arithmetic.Add(_sum, _gradients, _sum);
        }

        _written.MarkAll(_session.Written);
    }
}
