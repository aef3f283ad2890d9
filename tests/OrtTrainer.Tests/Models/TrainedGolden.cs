using OrtTrainer.Graph;
using OrtTrainer.Models;
using OrtTrainer.Runtime;
using OrtTrainer.Tests.Training;
using OrtTrainer.Training;
using OrtTrainer.Training.Batches;
using OrtTrainer.Training.Loss;

namespace OrtTrainer.Tests.Models;

/// <summary>A golden model with its buffers and session.</summary>
internal sealed class TrainedGolden : IDisposable
{
    private readonly PackedBatch _batch = new();
    private readonly TrainingGraph _graph;
    private readonly PackedGraph _evaluation;
    private readonly ExecutionOptions _execution;

    public TrainedGolden(
        string folder, bool kernels, Precision precision = Precision.Fp32, string? model = null)
    {
        GoldenModel.Require(folder);
        Golden = new GoldenModel(folder, model);
        _graph = TrainingGraph.Build(
            Golden.Pretrained.Architecture, Golden.Task.Head(Golden.Outputs), ObjectiveOf(0),
            dropout: false, precision);
        _evaluation = PackedGraph.Evaluation(
            Golden.Pretrained.Architecture, Golden.Task.Head(Golden.Outputs), precision);
        Layout = _graph.Layout;
        Parameters = new WeightBuffer(GoldenDevice.Current, Layout.Length);
        GradientBuffer = new WeightBuffer(GoldenDevice.Current, Layout.Length);
        Assert.That(Golden.Pretrained.Load(Layout, Parameters, seed: 0), Is.Empty);
        _execution = new ExecutionOptions { UseKernels = kernels, IntraOpThreads = 2, Device = GoldenDevice.Current };
        Session = new GradientSession(_graph, _execution, Parameters, GradientBuffer);
    }

    public GoldenModel Golden { get; }

    public ParameterLayout Layout { get; }

    public WeightBuffer Parameters { get; }

    public WeightBuffer GradientBuffer { get; }

    public GradientSession Session { get; }

    public float Gradients(int batch)
    {
        TokenizedExample[] examples = Golden.Batch(batch);
        TrainingObjective objective = ObjectiveOf(batch);
        int[] all = [.. Enumerable.Range(0, examples.Length)];
        _batch.Fill(examples, all, objective);
        return Session.Run(_batch, objective.MeanScale(all), default).Total;
    }

    /// <summary>The logits of the batch whose gradients were taken last.</summary>
    public float[] Logits() => _graph.ReadsLogits
        ? TrainingLogits.Of(_graph.Packed, _execution, Parameters, _batch)
        : TrainingLogits.Of(_evaluation, _execution, Parameters, _batch);

    public float[] GradientOf(ParameterSpec parameter) =>
        GradientBuffer.Read(Layout.OffsetOf(parameter), (int)parameter.Length);

    /// <summary>Holds the gradient of a parameter to another, within 1e-4 of the largest element.</summary>
    /// <param name="parameter">The parameter.</param>
    /// <param name="expected">Its gradient.</param>
    /// <param name="isZero">Whether it is rounding noise, as it is 0 in theory.</param>
    public void AssertGradient(ParameterSpec parameter, float[] expected, bool isZero) => Assert.That(
        GradientOf(parameter), Is.EqualTo(expected).Within(isZero ? 1e-6 : 1e-4 * expected.Max(Math.Abs)),
        parameter.Name);

    public float[] Values(ParameterSpec parameter) =>
        Parameters.Read(Layout.OffsetOf(parameter), (int)parameter.Length);

    // A softmax does not see what moves all of its logits alike: over keys a bias of theirs; over the tokens of a
    // sequence every bias after the last layer's.
    public bool IsZeroInTheory(ParameterSpec parameter)
    {
        Architecture architecture = Golden.Pretrained.Architecture;
        string last = architecture.LayerPrefix(architecture.Shape.Layers - 1);
        string[] moved = Golden.Task.Distribution == OutputDistribution.Positions
            ? [architecture.SpanLayer + ".bias", last + "output.LayerNorm.bias", last + "output_layer_norm.bias"]
            : [];
        return parameter.Name.EndsWith("attention.self.key.bias", StringComparison.Ordinal)
            || parameter.Name.EndsWith("attention.key.bias", StringComparison.Ordinal)
            || parameter.Name.EndsWith("attn.key.bias", StringComparison.Ordinal)
            || parameter.Name.EndsWith("k_lin.bias", StringComparison.Ordinal)
            || (architecture.ModelType == "bart" && parameter.Name.EndsWith("k_proj.bias", StringComparison.Ordinal))
            || parameter.Name.EndsWith("attn.k.bias", StringComparison.Ordinal)
            || parameter.Name.EndsWith("pos_key_proj.bias", StringComparison.Ordinal)
            || moved.Contains(parameter.Name);
    }

    private TrainingObjective ObjectiveOf(int batch) =>
        new(Golden.Task.Distribution, new ExampleTargets(Golden.Targets(batch)));

    public void Dispose()
    {
        Session.Dispose();
        Parameters.Dispose();
        GradientBuffer.Dispose();
        Golden.Dispose();
    }
}
