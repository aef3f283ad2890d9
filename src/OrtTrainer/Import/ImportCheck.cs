using OrtTrainer.Common;
using OrtTrainer.Graph;
using OrtTrainer.Models;
using OrtTrainer.Models.Building;
using OrtTrainer.Models.Imported;
using OrtTrainer.Runtime;
using OrtTrainer.Training;

namespace OrtTrainer.Import;

/// <summary>Holds the graph that trains against the file it was made of: both run on the same made-up inputs.</summary>
internal static class ImportCheck
{
    /// <summary>The largest difference of the graph's output, over the largest element.</summary>
    /// <param name="folder">The imported model.</param>
    /// <param name="expected">The output of the file, which is the first one.</param>
    /// <param name="probe">What both run on.</param>
    /// <param name="execution">How.</param>
    /// <exception cref="GraphException">The graph cannot be built.</exception>
    public static double Difference(
        string folder, (float[] Values, long[] Shape) expected, ProbeBatch probe, ExecutionOptions execution)
    {
        using PretrainedModel model = PretrainedModel.Open(folder);
        ImportedArchitecture architecture = (ImportedArchitecture)model.Architecture;
        Value output = architecture.Imported.Source.Graph.Outputs[0];
        GraphBuilder g = new("imported");
        PackedModelBuilder m = new(g, training: false);
        g.Output(architecture.OutputOf(m, output), PackedInputs.Logits);
        PackedGraph graph = PackedGraph.From(g, m);
        using WeightBuffer weights = new(execution.Device, graph.Layout.Length);
        model.Load(graph.Layout, weights, seed: 0);
        using GraphSession session = GraphSession.FromBytes(graph.Model, execution, "the imported graph");
        using WeightBindings bindings = new(session, graph.Layout, PackedInputs.Logits);
        Binding binding = bindings.Of(weights);
        probe.BindTokens(graph.Inputs, binding);
        binding.Run();
        bool isPerToken = architecture.Imported.Source.FormOf(output) == TokenForm.ByRow;
        return Difference(
            binding.Output(PackedInputs.Logits),
            isPerToken ? Packed(expected.Values, expected.Shape, probe.Lengths) : expected.Values);
    }

    private static double Difference(ReadOnlySpan<float> actual, float[] expected)
    {
        if (actual.Length != expected.Length)
        {
            throw new RunException(
                $"The imported graph gives {actual.Length} values where the file gives {expected.Length}.");
        }

        double largest = 0, difference = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            largest = Math.Max(largest, Math.Abs(expected[i]));
            difference = Math.Max(difference, Math.Abs(actual[i] - expected[i]));
            if (float.IsNaN(actual[i]))
            {
                return double.PositiveInfinity;
            }
        }

        return difference / Math.Max(largest, 1e-6);
    }

    /// <summary>The rows of tokens, without padding.</summary>
    private static float[] Packed(float[] values, long[] shape, IReadOnlyList<int> lengths)
    {
        int width = (int)shape.Skip(2).Aggregate(1L, (n, size) => n * size);
        List<float> packed = [];
        for (int row = 0; row < lengths.Count; row++)
        {
            packed.AddRange(values.AsSpan((int)(row * shape[1]) * width, lengths[row] * width));
        }

        return [.. packed];
    }
}
