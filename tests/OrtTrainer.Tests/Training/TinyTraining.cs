using OrtTrainer.Data;
using OrtTrainer.Models;
using OrtTrainer.Randomness;
using OrtTrainer.Runtime;
using OrtTrainer.Tests.Checkpoints;
using OrtTrainer.Tests.Models;
using OrtTrainer.Training;
using OrtTrainer.Training.Averaging;
using OrtTrainer.Training.Batches;
using OrtTrainer.Training.Optimizers;
using OrtTrainer.Training.Schedules;

namespace OrtTrainer.Tests.Training;

/// <summary>A tiny model with its training state and some random examples of 3 classes.</summary>
internal sealed class TinyTraining : IDisposable
{
    public const int Outputs = 3;

    private readonly TemporaryFolder _folder = new();
    private readonly PretrainedModel _model;

    public TinyTraining(bool dropout = false, AveragingRule? rule = null, TaskKind task = TaskKind.Classification)
    {
        Task = task;
        TinyBert.Write(_folder.Path, [.. Enumerable.Range(0, 20).Select(i => $"word{i}")]);
        _model = PretrainedModel.Open(_folder.Path);
        Graph = PackedGraph.Training(_model.Architecture, _model.Config, task, Outputs, dropout);
        FlatParameters layout = Graph.Layout.ToFlat();
        State = new TrainingState(
            layout, new AdamWOptions(), rule is null ? null : new WeightAverage(layout, rule), Loop);
        _model.Load(Graph.Layout, State.Parameters.Slice, seed: 1);
        SeededRandom random = new(8);
        Examples = [.. Enumerable.Range(0, 11).Select(i => Example(random, i % Outputs))];
    }

    public ChunkedLoop Loop { get; } = new(2);

    public TaskKind Task { get; }

    public PackedGraph Graph { get; }

    public TrainingState State { get; }

    public TokenizedExample[] Examples { get; }

    public TrainingObjective Objective => new(Task, ExampleTargets.Of(Examples));

    public static ExecutionOptions Execution { get; } = new() { IntraOpThreads = 2 };

    public TrainerOptions Options(int batchSize, int accumulation = 1, double? clip = null) =>
        new(batchSize, accumulation, clip, Seed: 1, Execution);

    public Trainer Trainer(TrainerOptions options, AveragingPlan? plan = null, double rate = 1e-3) =>
        Trainer(options, Batches(options), plan, rate);

    public Trainer Trainer(
        TrainerOptions options, IGradientSource gradients, AveragingPlan? plan = null, double rate = 1e-3) =>
        new(options, Examples, gradients, State, new ConstantSchedule(rate), plan, Loop);

    public GradientAccumulator Batches(TrainerOptions options) => new(Graph, options, Objective, State);

    public EvaluationSession Evaluation() =>
        new(PackedGraph.Evaluation(_model.Architecture, _model.Config, Outputs), Execution);

    public void Dispose()
    {
        State.Dispose();
        Loop.Dispose();
        _model.Dispose();
        _folder.Dispose();
    }

    private static TokenizedExample Example(SeededRandom random, int label)
    {
        int[] ids = [2, .. Enumerable.Range(0, 1 + random.NextInt(9)).Select(_ => 5 + random.NextInt(20)), 3];
        float[] targets = new float[Outputs];
        targets[label] = 1;
        return new TokenizedExample(ids, [.. ids.Select((_, i) => i > ids.Length / 2 ? 1 : 0)], targets);
    }
}
