using OrtTrainer.Data;
using OrtTrainer.Graph;
using OrtTrainer.Models;
using OrtTrainer.Randomness;
using OrtTrainer.Runtime;
using OrtTrainer.Runtime.Updates;
using OrtTrainer.Tasks;
using OrtTrainer.Tasks.Classification;
using OrtTrainer.Tests.Checkpoints;
using OrtTrainer.Tests.Models;
using OrtTrainer.Training;
using OrtTrainer.Training.Averaging;
using OrtTrainer.Training.Batches;
using OrtTrainer.Training.Loss;
using OrtTrainer.Training.Schedules;

namespace OrtTrainer.Tests.Training;

/// <summary>A tiny model with its training state and some random examples of 3 classes.</summary>
internal sealed class TinyTraining : IDisposable
{
    public const int Outputs = 3;

    private readonly TemporaryFolder _folder = new();
    private readonly PretrainedModel _model;

    /// <param name="dropout">Whether dropout acts.</param>
    /// <param name="rule">How weights are averaged; null for not.</param>
    /// <param name="task">What the outputs mean; null for classes.</param>
    /// <param name="words">Words of the vocabulary.</param>
    /// <param name="putsOff">Whether updates of words that a step does not read are put off.</param>
    /// <param name="scale">Scales the loss; null for not.</param>
    /// <param name="precision">Of products.</param>
    public TinyTraining(
        bool dropout = false, AveragingRule? rule = null, ModelTask? task = null, int words = 20, bool putsOff = true,
        LossScale? scale = null, ProductPrecision precision = default)
    {
        Distribution = (task ?? ClassificationTask.Instance).Distribution;
        TinyBert.Write(_folder.Path, [.. Enumerable.Range(0, words).Select(i => $"word{i}")]);
        _model = PretrainedModel.Open(_folder.Path);
        SeededRandom random = new(8);
        Examples = [.. Enumerable.Range(0, 11).Select(i => Example(random, words))];
        Graph = TrainingGraph.Build(_model.Architecture, new SequenceHead(Outputs), Objective, dropout, precision);
        WeightLayout layout = putsOff ? Graph.Layout.Weights
            : new([.. Graph.Layout.Weights.Segments.Select(segment => segment with { IsSparse = false })]);
        State = new TrainingState(
            layout, new AdamWOptions(), rule is null ? null : new WeightAverage(Device.Default, layout, rule), Updates)
        {
            LossScale = scale,
        };
        _model.Load(Graph.Layout, State.Parameters, seed: 1);
    }

    public WeightUpdates Updates { get; } = Device.Default.CreateUpdates(threads: 2);

    public OutputDistribution Distribution { get; }

    public TrainingGraph Graph { get; }

    public TrainingState State { get; }

    public TokenizedExample[] Examples { get; }

    /// <summary>The classes in turn; to other distributions, ones and zeros.</summary>
    public ClassTargets Targets { get; } = new([.. Enumerable.Range(0, 11).Select(i => i % Outputs)], Outputs);

    public TrainingObjective Objective => new(Distribution, new ExampleTargets(Targets));

    public static ExecutionOptions Execution { get; } = new() { IntraOpThreads = 2 };

    public TrainerOptions Options(int batchSize, int accumulation = 1, double? clip = null) =>
        new(batchSize, accumulation, clip, Seed: 1, Execution);

    public Trainer Trainer(TrainerOptions options, AveragingPlan? plan = null, double rate = 1e-3) =>
        Trainer(options, Batches(options), plan, rate);

    public Trainer Trainer(
        TrainerOptions options, IGradientSource gradients, AveragingPlan? plan = null, double rate = 1e-3) =>
        new(options, Examples, gradients, State, new ConstantSchedule(rate), plan, Updates);

    public GradientAccumulator Batches(TrainerOptions options) => new(Graph, options, Objective, State);

    public EvaluationSession Evaluation() =>
        new(PackedGraph.Evaluation(_model.Architecture, new SequenceHead(Outputs)), Execution);

    public void Dispose()
    {
        State.Dispose();
        Updates.Dispose();
        _model.Dispose();
        _folder.Dispose();
    }

    private static TokenizedExample Example(SeededRandom random, int words)
    {
        int[] ids = [2, .. Enumerable.Range(0, 1 + random.NextInt(9)).Select(_ => 5 + random.NextInt(words)), 3];
        return new TokenizedExample(ids, [.. ids.Select((_, i) => i > ids.Length / 2 ? 1 : 0)]);
    }
}
