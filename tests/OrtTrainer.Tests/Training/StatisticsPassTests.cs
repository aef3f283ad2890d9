using OrtTrainer.Checkpoints;
using OrtTrainer.Data;
using OrtTrainer.Graph;
using OrtTrainer.Models;
using OrtTrainer.Randomness;
using OrtTrainer.Runtime;
using OrtTrainer.Tests.Checkpoints;
using OrtTrainer.Tests.Models;
using OrtTrainer.Training;
using OrtTrainer.Training.Batches;
using OrtTrainer.Training.Loss;

namespace OrtTrainer.Tests.Training;

public sealed class StatisticsPassTests
{
    private const int Side = 16, Outputs = 3, Images = 24;

    private static readonly ExecutionOptions Execution = new() { IntraOpThreads = 2 };

    private TemporaryFolder _folder = null!;
    private PretrainedModel _model = null!;
    private ParameterLayout _layout = null!;
    private TokenizedExample[] _examples = null!;

    [SetUp]
    public void Make()
    {
        _folder = new TemporaryFolder();
        _folder.Write("config.json", """
            {
              "model_type": "resnet", "embedding_size": 4, "hidden_sizes": [6, 8], "depths": [1, 1],
              "layer_type": "basic", "num_channels": 3, "image_size": 16, "initializer_range": 0.3, "hidden_act": "gelu"
            }
            """);
        _model = PretrainedModel.Open(_folder.Path, fromScratch: true);
        _layout = PackedGraph.Evaluation(_model.Architecture, new ImageHead(Outputs)).Layout;
        SeededRandom random = new(4);
        int[] places = new int[_model.Architecture.Shape.Positions];
        _examples =
        [
            .. Enumerable.Range(0, Images).Select(_ => new TokenizedExample(places, places)
            {
                Image = new FloatImage(
                    new(3, Side, Side),
                    [.. Enumerable.Range(0, 3 * Side * Side).Select(_ => (float)random.NextDouble() - 0.3f)]),
            }),
        ];
    }

    [TearDown]
    public void Remove()
    {
        _model.Dispose();
        _folder.Dispose();
    }

    [Test]
    public void They_are_the_mean_and_the_variance_of_a_sample_of_what_is_normalized()
    {
        using WeightBuffer weights = Random(seed: 1);
        ParameterSpec kernel = _layout.Parameters.First(p => p.Name.EndsWith("convolution.weight"));
        double[][] convolved = FirstConvolution(_layout.Read(weights, kernel));

        using StatisticsPass pass = Pass(batch: Images);
        pass.Refresh(weights);

        for (int channel = 0; channel < convolved.Length; channel++)
        {
            double mean = convolved[channel].Average();
            double variance = convolved[channel].Sum(v => (v - mean) * (v - mean)) / (convolved[channel].Length - 1);
            Assert.That(Statistic(weights, "running_mean")[channel], Is.EqualTo(mean).Within(1e-5));
            Assert.That(Statistic(weights, "running_var")[channel], Is.EqualTo(variance).Within(1e-4 * variance));
        }
    }

    [Test]
    public void Averaged_weights_with_averaged_statistics_are_wrong_until_they_have_their_own()
    {
        using WeightBuffer one = Random(seed: 1), other = Random(seed: 2);
        using WeightBuffer average = new(Device.Default, _layout.Length);
        using StatisticsPass pass = Pass(batch: Images);
        pass.Refresh(one);
        pass.Refresh(other);
        float[] mean = [.. one.Read(0, (int)_layout.Length).Zip(
            other.Read(0, (int)_layout.Length), (a, b) => (a + b) / 2)];
        average.Write(0, mean);
        float[] byBatch = Normalized(average);

        double before = Distance(Evaluated(average), byBatch);
        pass.Refresh(average);
        double after = Distance(Evaluated(average), byBatch);

        // n / (n - 1) is left, of 24 places of the smallest map.
        Assert.That(before, Is.GreaterThan(0.2));
        Assert.That(after, Is.LessThan(0.04));
    }

    [Test]
    public void Gradients_go_through_the_statistics_of_the_batch()
    {
        using WeightBuffer weights = Random(seed: 3);
        using WeightBuffer gradients = new(Device.Default, _layout.Length);
        TrainingObjective objective = Objective();
        TrainingGraph graph = Graph(objective);
        using GradientSession session = new(graph, Execution, weights, gradients);
        PackedBatch batch = new();
        int[] all = [.. Enumerable.Range(0, Images)];
        batch.Fill(_examples, all, objective);
        float scale = objective.MeanScale(all);
        session.Run(batch, scale, default);
        float[] found = gradients.Read(0, (int)_layout.Length);

        SeededRandom random = new(5);
        float[] direction =
            [.. Enumerable.Range(0, found.Length).Select(_ => (float)random.NextGaussian())];
        foreach (ParameterSpec parameter in _layout.Parameters)
        {
            int offset = (int)_layout.OffsetOf(parameter);
            if (parameter.IsStatistic)
            {
                Assert.That(found[offset..(offset + (int)parameter.Length)], Is.All.Zero, parameter.Name);
                continue;
            }

            const float Step = 1e-4f;
            float[] start = weights.Read(offset, (int)parameter.Length);
            double LossAt(float step)
            {
                weights.Write(offset, [.. start.Select((value, i) => value + (step * direction[offset + i]))]);
                double loss = session.Run(batch, scale, default).Total;
                weights.Write(offset, start);
                return loss;
            }

            double expected = (LossAt(Step) - LossAt(-Step)) / (2 * Step);
            double slope = start.Select((_, i) => (double)found[offset + i] * direction[offset + i]).Sum();
            session.Run(batch, scale, default);
            Assert.That(slope, Is.EqualTo(expected).Within(0.02 * Math.Max(0.1, Math.Abs(expected))), parameter.Name);
        }
    }

    private StatisticsPass Pass(int batch) => StatisticsPass.Of(
        _model.Architecture, new ImageHead(Outputs), Precision.Fp32, Execution, _examples,
        new TrainerOptions(batch, 1, null, 1, Execution))!;

    private WeightBuffer Random(int seed)
    {
        WeightBuffer weights = new(Device.Default, _layout.Length);
        _model.Load(_layout, weights, seed);
        return weights;
    }

    private float[] Statistic(WeightBuffer weights, string name) => _layout.Read(
        weights, _layout.Parameters.First(p => p.Name.EndsWith(name)));

    private static TrainingObjective Objective() => new(
        OutputDistribution.Categorical,
        new ExampleTargets(new ClassTargets([.. Enumerable.Range(0, Images).Select(i => i % Outputs)], Outputs)));

    private TrainingGraph Graph(TrainingObjective objective) => TrainingGraph.Build(
        _model.Architecture, new ImageHead(Outputs), objective, dropout: false, batchStatistics: true);

    private float[] Normalized(WeightBuffer weights)
    {
        TrainingObjective objective = Objective();
        PackedBatch batch = new();
        batch.Fill(_examples, [.. Enumerable.Range(0, Images)], objective);
        return TrainingLogits.Of(Graph(objective).Packed, Execution, weights, batch);
    }

    private float[] Evaluated(WeightBuffer weights)
    {
        PackedGraph graph = PackedGraph.Evaluation(_model.Architecture, new ImageHead(Outputs));
        using EvaluationSession session = new(graph, Execution);
        Sink sink = new();
        session.RunBatch(weights, _examples, [.. Enumerable.Range(0, Images)], sink);
        return sink.Values;
    }

    private static double Distance(float[] a, float[] b) => Math.Sqrt(
        a.Zip(b, (x, y) => Math.Pow((double)x - y, 2)).Sum() / b.Sum(v => (double)v * v));

    /// <summary>The 7 x 7 convolution with stride 2 by its definition: all values of each channel.</summary>
    private double[][] FirstConvolution(float[] kernel) =>
    [
        .. Enumerable.Range(0, 4).Select(output => _examples.SelectMany(example =>
        {
            float[] image = ((FloatImage)example.Image!).Values;
            return from y in Enumerable.Range(0, Side / 2)
                   from x in Enumerable.Range(0, Side / 2)
                   select (from c in Enumerable.Range(0, 3)
                           from ky in Enumerable.Range(0, 7)
                           from kx in Enumerable.Range(0, 7)
                           let row = (2 * y) + ky - 3
                           let column = (2 * x) + kx - 3
                           where row is >= 0 and < Side && column is >= 0 and < Side
                           select (double)kernel[(((((output * 3) + c) * 7) + ky) * 7) + kx]
                               * image[(((c * Side) + row) * Side) + column]).Sum();
        }).ToArray()),
    ];

    private sealed class Sink : IOutputSink
    {
        public float[] Values { get; private set; } = [];

        public void Add(OutputBatch batch)
        {
            List<float> values = [];
            for (int i = 0; i < batch.Count; i++)
            {
                values.AddRange(batch[i]);
            }

            Values = [.. values];
        }
    }
}
