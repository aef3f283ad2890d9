using OrtTrainer.Data;
using OrtTrainer.Methods;
using OrtTrainer.Models;
using OrtTrainer.Randomness;
using OrtTrainer.Runtime;
using OrtTrainer.Tasks;
using OrtTrainer.Tasks.Classification;
using OrtTrainer.Tests.Checkpoints;
using OrtTrainer.Tests.Models;
using OrtTrainer.Training;
using OrtTrainer.Training.Batches;
using OrtTrainer.Training.Loss;

namespace OrtTrainer.Tests.Training;

/// <summary>
/// A student of four layers, without dropout, that learns from labels, from random outputs of a teacher and from random
/// states of six layers, of which the first five count.
/// </summary>
internal sealed class TinyLayers : IDisposable
{
    public const int TeacherLayers = 6;
    public const int Compared = 3;
    public const int Outputs = 3;
    public const int TeacherWidth = 6;
    public const int MapWidth = 5;

    private readonly TemporaryFolder _folder = new();
    private readonly WeightBuffer _gradients;
    private readonly GradientSession _session;
    private readonly PackedBatch _batch = new();

    public TinyLayers(ModelTask? task = null, float weight = 0.5f)
    {
        TinyBert.Write(_folder.Path, [.. Enumerable.Range(0, 20).Select(i => $"word{i}")], layers: Compared + 1);
        Model = PretrainedModel.Open(_folder.Path);
        SeededRandom random = new(9);
        Examples = [.. Enumerable.Range(0, 7).Select(i => Example(random))];
        float[] states = Numbers(random, Examples.Length * TeacherLayers * TeacherWidth);
        LayerDraw draw = new(TeacherLayers - 1, Compared, stepsPerEpoch: 2, seed: 1);
        Targets = new LayerTargets(states, TeacherLayers, TeacherWidth, draw);
        ClassTargets labels = new([.. Examples.Select((_, i) => i % Outputs)], Outputs);
        float[] teacher = Numbers(random, Examples.Length * Outputs);
        Objective = new TrainingObjective(
            (task ?? ClassificationTask.Instance).Distribution, new ExampleTargets(labels), new LabelLoss(0.25),
            new LogitErrorLoss(RowTable.OfOutputs("teacher_outputs", teacher, Outputs), null, _ => 0.125f, _ => 1),
            new LayerDistance(Targets, MapWidth, weight));
        Graph = TrainingGraph.Build(Model.Architecture, new SequenceHead(Outputs), Objective, dropout: false);
        Parameters = new WeightBuffer(Device.Default, Graph.Layout.Length);
        Model.Load(Graph.Layout, Parameters, seed: 4);
        _gradients = new WeightBuffer(Device.Default, Graph.Layout.Length);
        _session = new GradientSession(Graph, new() { IntraOpThreads = 1 }, Parameters, _gradients);
    }

    public PretrainedModel Model { get; }

    public TrainingGraph Graph { get; }

    public WeightBuffer Parameters { get; }

    public TokenizedExample[] Examples { get; }

    public LayerTargets Targets { get; }

    public TrainingObjective Objective { get; }

    /// <summary>The loss as the graph adds it up.</summary>
    public float Loss => _session.Loss;

    public float Gradient(ParameterView view, int element) =>
        _gradients.Span[(int)Graph.Layout.OffsetOf(view) + element];

    public LossParts Run(ReadOnlySpan<int> indices, long step)
    {
        _batch.Fill(Examples, indices, Objective, step);
        return _session.Run(_batch, Objective.MeanScale(indices), default);
    }

    /// <summary>A parameter's values, row by row.</summary>
    public float[] Values(string name)
    {
        ParameterSpec parameter = Graph.Layout.Parameters.Single(p => p.Name == name);
        return Parameters.Slice(Graph.Layout.OffsetOf(parameter), (int)parameter.Length).ToArray();
    }

    public void Dispose()
    {
        _session.Dispose();
        _gradients.Dispose();
        Parameters.Dispose();
        Model.Dispose();
        _folder.Dispose();
    }

    private static float[] Numbers(SeededRandom random, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => (float)random.NextGaussian())];

    private static TokenizedExample Example(SeededRandom random)
    {
        int[] ids = [2, .. Enumerable.Range(0, 1 + random.NextInt(9)).Select(_ => 5 + random.NextInt(20)), 3];
        return new TokenizedExample(ids, [.. ids.Select(_ => 0)]);
    }
}
