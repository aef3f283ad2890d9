using OrtTrainer.Runtime;
using OrtTrainer.Runtime.Profiling;
using OrtTrainer.Runtime.Updates;
using OrtTrainer.Training.Batches;
using OrtTrainer.Training.Buckets;
using OrtTrainer.Training.Loss;

namespace OrtTrainer.Training;

/// <summary>
/// The forward and backward passes of an optimizer step, one batch each. Together they are exactly the large batch,
/// because every example's loss is divided by the number of all; what a pass is does not depend on those before it.
/// </summary>
internal sealed class BatchPasses : IDisposable
{
    private readonly TrainerOptions _options;
    private readonly TrainingObjective _objective;
    private readonly GradientSession _session;
    private readonly TrainingState _state;
    private readonly WeightSegment[] _tables;
    private readonly PackedBatch _batch = new();
    private (IReadOnlyList<TokenizedExample> Examples, TrainingObjective Objective, int[] Indices) _drawn;
    private float _scale, _lossScale;
    private long _step;

    /// <param name="graph">The compiled training graph.</param>
    /// <param name="options">Batch size, accumulation, seed and execution.</param>
    /// <param name="objective">What is minimized.</param>
    /// <param name="state">Holds the weights.</param>
    public BatchPasses(TrainingGraph graph, TrainerOptions options, TrainingObjective objective, TrainingState state)
    {
        _options = options;
        _objective = objective;
        _state = state;
        Gradients = new WeightBuffer(state.Device, state.Layout.Length);
        _session = new GradientSession(
            graph, options.Execution, state.Parameters, Gradients, state.Frozen,
            options.Recording is { } recording ? new RecordedPasses(recording, graph, objective) : null);
        _tables = [.. graph.Tables.Select(graph.Layout.SegmentOf)];
    }

    /// <summary>The gradients of the last pass, in the layout of the weights; of the scaled loss, where the state has
    /// a scale.</summary>
    public WeightBuffer Gradients { get; }

    /// <summary>The blocks of <see cref="Gradients"/> that may hold anything but zeros.</summary>
    public BlockMap Written => _session.Written;

    /// <summary>Passes of the step that was begun.</summary>
    public int Count => (_drawn.Indices.Length + _options.PerPass - 1) / _options.PerPass;

    /// <summary>Begins a step.</summary>
    /// <inheritdoc cref="IGradientSource.Run"/>
    public void Begin(IReadOnlyList<TokenizedExample> examples, ReadOnlySpan<int> indices, long step)
    {
        _drawn = _objective.OfStep(examples, indices, step);
        _scale = _drawn.Objective.MeanScale(_drawn.Indices);
        _lossScale = _state.LossScale?.Value ?? 1;
        _step = step;
    }

    /// <summary>Runs one pass of the step.</summary>
    /// <param name="pass">0 to <see cref="Count"/> - 1.</param>
    /// <returns>Its share of the mean loss, and its tokens.</returns>
    public (LossParts Loss, int Tokens) Run(int pass)
    {
        int start = pass * _options.PerPass;
        int length = Math.Min(_options.PerPass, _drawn.Indices.Length - start);
        _batch.Fill(_drawn.Examples, _drawn.Indices.AsSpan(start, length), _drawn.Objective, _step);
        DropoutKey key = DropoutKey.For(_options.Seed, (_step * _options.Accumulation) + pass);
        foreach (WeightSegment table in _tables)
        {
            _state.Optimizer.BringUpToDate(table, _batch.InputIds);
        }

        return (_session.Run(_batch, _scale * _lossScale, key) / _lossScale, _batch.Tokens);
    }

    /// <inheritdoc cref="GraphSession.EndProfiling"/>
    public IReadOnlyList<ProfiledRun> EndProfiling() => _session.EndProfiling();

    public void Dispose()
    {
        _session.Dispose();
        Gradients.Dispose();
    }
}
