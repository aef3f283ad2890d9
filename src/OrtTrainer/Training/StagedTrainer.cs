namespace OrtTrainer.Training;

/// <summary>
/// Takes the steps of a run in stages, each with a graph of its own: gradients are made of what the stage trains. Steps
/// are counted through, and weights and averages go on; the optimizer's moments begin anew with every stage.
/// </summary>
/// <param name="state">What training changes, laid out for the whole model.</param>
/// <param name="stages">The stages, the first from step 0.</param>
/// <param name="graphOf">Compiles the graph of a stage, laid out as the state is.</param>
/// <param name="trainerOf">Makes what takes steps on a graph; disposed here.</param>
internal sealed class StagedTrainer(
    TrainingState state, IReadOnlyList<TrainingStage> stages, Func<TrainingStage, TrainingGraph> graphOf,
    Func<TrainingGraph, ITrainer> trainerOf) : ITrainer
{
    private TrainingStage? _stage;
    private ITrainer? _trainer;

    /// <inheritdoc/>
    public void Begin(string folder) => Enter();

    /// <inheritdoc/>
    public StepReport Step() => Enter().Step();

    public void Dispose() => _trainer?.Dispose();

    /// <summary>Enters the stage that the next step belongs to, which follows from the steps done alone.</summary>
    private ITrainer Enter()
    {
        TrainingStage stage = stages.Last(stage => stage.FirstStep <= state.Step);
        if (_trainer is not null && stage == _stage)
        {
            return _trainer;
        }

        _trainer?.Dispose();
        _trainer = null;
        TrainingGraph graph = graphOf(stage);

        // A run that is resumed within a stage goes on with its moments.
        state.ChangeOptimizer(graph.RatesOf(state.Layout), keepsState: state.Step > stage.FirstStep);
        _stage = stage;
        return _trainer = trainerOf(graph);
    }
}
