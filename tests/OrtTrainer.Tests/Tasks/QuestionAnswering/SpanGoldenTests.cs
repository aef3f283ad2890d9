using OrtTrainer.Checkpoints;
using OrtTrainer.Models;
using OrtTrainer.Runtime;
using OrtTrainer.Tests.Models;
using OrtTrainer.Tests.Models.Plain;
using OrtTrainer.Training;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Tests.Tasks.QuestionAnswering;

/// <summary>
/// Question answering against Hugging Face. Its loss takes the softmax over padding too, which a packed batch does not
/// have; so the plain twin in float64 is held to it with padding, and the packed graphs are held to the twin without
/// (the goldens of the repository's own).
/// </summary>
public sealed class SpanGoldenTests
{
    private static readonly string Folder = GoldenModel.SharedSpans;

    [TestCase(true)]
    [TestCase(false)]
    public void Logits_of_a_packed_batch_are_those_of_the_reference(bool kernels)
    {
        GoldenModel.Require(Folder);
        using GoldenModel golden = new(Folder);
        PackedGraph graph = PackedGraph.Evaluation(golden.Pretrained.Architecture, golden.Task.Head(2));
        using WeightBuffer weights = new(Device.Default, graph.Layout.Length);
        Assert.That(golden.Pretrained.Load(graph.Layout, weights, seed: 0), Is.Empty);
        using EvaluationSession session = new(
            graph, new ExecutionOptions { UseKernels = kernels, IntraOpThreads = 2 });
        TokenizedExample[] inputs = golden.Batch(0);
        LogitsOf logits = new(inputs.Length);

        session.Run(weights, inputs, logits);

        Assert.That(logits.All.SelectMany(z => z), Is.EqualTo(golden.PackedLogits).Within(1e-5));
    }

    [Test]
    public void The_plain_twin_with_padding_trains_as_the_reference_does()
    {
        GoldenModel.Require(Folder);
        using GoldenModel golden = new(Folder);
        PlainModel model = Twin(golden);
        PlainAdamW optimizer = new();
        for (int step = 0; step < 4; step++)
        {
            (int[] Ids, int[] Types)[] padded = golden.PaddedBatch(step);
            int width = padded[0].Ids.Length;
            float[][] targets =
            [
                .. golden.Positions(step, "start").Zip(golden.Positions(step, "end")).SelectMany(span =>
                    Enumerable.Range(0, width).Select(token => new[]
                    {
                        token == span.First ? 1f : 0, token == span.Second ? 1f : 0,
                    })),
            ];
            Tape tape = new();
            Tensor logits = model.Logits(tape, padded, [.. golden.Batch(step).Select(input => input.InputIds.Length)]);
            double loss = PlainLoss.Mean(
                PlainBatch.Spans, logits, targets, Enumerable.Repeat(width, padded.Length));
            tape.Backward();
            LeavePaddingAlone(model);
            double expected = golden.Json.GetProperty("step_losses")[step].GetDouble();
            Assert.That(loss, Is.EqualTo(expected).Within(1e-5), $"loss of step {step}");
            if (step == 0)
            {
                Assert.That(logits.Value.Cast<double>(), Is.EqualTo(golden.Logits.Select(z => (double)z)).Within(1e-5));
                foreach ((string name, Tensor parameter) in model.Parameters)
                {
                    float[] gradient = golden.Floats("grad." + name);
                    Assert.That(parameter.Gradient.Cast<double>(), Is.EqualTo(gradient.Select(g => (double)g))
                        .Within(Math.Max(1e-7, 1e-4 * gradient.Max(Math.Abs))), name);
                }
            }

            optimizer.Step(model.Parameters);
        }

        foreach ((string name, Tensor parameter) in model.Parameters.Where(p => !IsMovedByNoise(p.Key)))
        {
            Assert.That(parameter.Value.Cast<double>(),
                Is.EqualTo(golden.Floats("after." + name).Select(w => (double)w)).Within(0.02 * PlainAdamW.Rate), name);
        }
    }

    // The embedding of the padding token, id 0, is not trained there.
    private static void LeavePaddingAlone(PlainModel model)
    {
        double[,] gradient = model.Parameters["bert.embeddings.word_embeddings.weight"].Gradient;
        for (int column = 0; column < gradient.GetLength(1); column++)
        {
            gradient[0, column] = 0;
        }
    }

    // Gradients that are 0 but for rounding, of which Adam makes steps.
    private static bool IsMovedByNoise(string name) => name.EndsWith("key.bias", StringComparison.Ordinal)
        || name is "qa_outputs.bias" or "bert.encoder.layer.1.output.LayerNorm.bias";

    private static PlainModel Twin(GoldenModel golden)
    {
        using SafetensorsFile file = SafetensorsFile.OpenFile(Path.Combine(Folder, "model.safetensors"));
        ModelShape sizes = golden.Pretrained.Architecture.Shape;
        PlainShape shape = new()
        {
            Layers = sizes.Layers, Width = sizes.Width, Heads = sizes.Heads, Inner = sizes.Inner,
            Vocabulary = sizes.Vocabulary, Positions = sizes.Positions, Outputs = 2, PerToken = true,
            TokenLayer = "qa_outputs",
        };
        Dictionary<string, float[]> stored = PackedGraph.Evaluation(golden.Pretrained.Architecture, golden.Task.Head(2))
            .Layout.Parameters.ToDictionary(parameter => parameter.Name, parameter =>
            {
                float[] values = new float[parameter.Length];
                file.ReadFloats(parameter.Name, values);
                return values;
            });
        return PlainModel.Of("bert", shape, (name, rows, columns) =>
        {
            double[,] matrix = new double[rows, columns];
            for (int i = 0; i < matrix.Length; i++)
            {
                matrix[i / columns, i % columns] = stored[name][i];
            }

            return matrix;
        });
    }

    private sealed class LogitsOf(int inputs) : IOutputSink
    {
        public float[][] All { get; } = new float[inputs][];

        public void Add(OutputBatch batch)
        {
            for (int i = 0; i < batch.Count; i++)
            {
                All[batch.Examples[i]] = batch[i].ToArray();
            }
        }
    }
}
