using OrtTrainer.Checkpoints;
using OrtTrainer.Graph;
using OrtTrainer.Graph.Differentiation;
using OrtTrainer.Models;
using OrtTrainer.Models.Building;
using OrtTrainer.Runtime;
using OrtTrainer.Tests.Checkpoints;
using OrtTrainer.Tests.Models;
using OrtTrainer.Tests.Runtime;
using Plain = OrtTrainer.Tests.Graph.Fused.Reference;

namespace OrtTrainer.Tests.Tasks.SentenceSimilarity;

/// <summary>From the states of a batch's tokens to a vector per text, and back through the gradient.</summary>
public sealed class EmbeddingHeadTests
{
    private const int Width = 4;

    private static readonly long[] Offsets = [0, 3, 4, 9];

    [Test]
    public void Vectors_and_their_gradients_are_those_of_the_formula_in_float64(
        [Values(nameof(Pooling.Mean), nameof(Pooling.Cls))] string name, [Values] bool normalizes)
    {
        Pooling pooling = Enum.Parse<Pooling>(name);
        float[] hidden = Reference.Random(3, 9 * Width);
        float[] weights = Reference.Random(4, 3 * Width);

        (float[] vectors, float[] gradient) = Run(new EmbeddingHead(Width, pooling, normalizes), hidden, weights);

        double[] expected = Exact([.. hidden], pooling, normalizes);
        Expect.Close(vectors, expected, 1e-6, "vectors");
        Expect.Close(gradient,
            Plain.Gradient(x => Exact(x, pooling, normalizes), [.. hidden], [.. weights.Select(w => (double)w)]), 1e-6,
            "gradient");
    }

    private static double[] Exact(double[] hidden, Pooling pooling, bool normalizes)
    {
        List<double> vectors = [];
        for (int text = 0; text < 3; text++)
        {
            int first = (int)Offsets[text], end = pooling == Pooling.Cls ? first + 1 : (int)Offsets[text + 1];
            double[] vector = [.. Enumerable.Range(0, Width)
                .Select(i => Enumerable.Range(first, end - first).Average(token => hidden[(token * Width) + i]))];
            double length = normalizes ? Math.Sqrt(vector.Sum(value => value * value)) : 1;
            vectors.AddRange(vector.Select(value => value / length));
        }

        return [.. vectors];
    }

    private static (float[] Vectors, float[] Gradient) Run(EmbeddingHead head, float[] hidden, float[] weights)
    {
        using TemporaryFolder folder = new();
        TinyBert.Write(folder.Path, ["word"]);
        Architecture architecture = Architecture.For(ModelConfig.Load(folder.Path));
        GraphBuilder g = new("head");
        PackedModelBuilder m = new(g, training: false);
        Value x = g.Input("hidden", TensorType.Float("tokens", Width));
        Value vectors = head.Build(m, architecture, x);
        Value weighted = g.Mul(vectors, g.Input("weights", TensorType.Float("batch", Width)));
        g.Output(Autodiff.Gradients(g, g.ReduceSum(weighted, [0, 1], keepAxes: false), [x])[0], "gradient");
        g.Output(vectors, "vectors");
        using GraphSession session = GraphSession.FromBytes(g.ToBytes(), new ExecutionOptions());
        using Binding binding = session.CreateBinding();
        binding.SetInput("hidden", hidden, [9, Width]);
        binding.SetInput("weights", weights, [3, Width]);
        foreach (string name in g.Inputs.Select(input => input.Name).Except(["hidden", "weights"]))
        {
            long[] values = name == PackedInputs.Offsets ? Offsets : new long[9];
            binding.SetInput(name, values, [values.Length]);
        }

        binding.BindOutput("vectors");
        binding.BindOutput("gradient");
        binding.Run();
        return (binding.Output("vectors").ToArray(), binding.Output("gradient").ToArray());
    }
}
