using OrtTrainer.Compilation;
using OrtTrainer.Runtime;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Packs;

/// <summary>Measures what stored weights change in the states that frozen layers give.</summary>
internal static class StateProbe
{
    /// <summary>Holds the states of two sets of weights against each other.</summary>
    /// <param name="graph">The frozen graph.</param>
    /// <param name="file">What the manifest says of it.</param>
    /// <param name="weights">The exact weights.</param>
    /// <param name="stored">The others, in the same layout.</param>
    /// <param name="examples">Tokens of texts, one or more.</param>
    public static StateDifference Measure(
        byte[] graph, CompiledFile file, PackWeights weights, WeightBuffer stored,
        IReadOnlyList<TokenizedExample> examples)
    {
        float[] exact = States(graph, file, weights, weights.Exact, examples);
        float[] other = States(graph, file, weights, stored, examples);
        double max = 0, sum = 0, magnitude = 0;
        for (int i = 0; i < exact.Length; i++)
        {
            double difference = Math.Abs((double)exact[i] - other[i]);
            max = Math.Max(max, difference);
            sum += difference;
            magnitude += Math.Abs((double)exact[i]);
        }

        return new(examples.Count, max, sum / exact.Length, magnitude / exact.Length);
    }

    private static float[] States(
        byte[] graph, CompiledFile file, PackWeights weights, WeightBuffer values,
        IReadOnlyList<TokenizedExample> examples)
    {
        using FrozenLayers layers = new(graph, file, weights.Layout, values, new ExecutionOptions());
        return [.. layers.Over(examples).SelectMany(example => example.FrozenStates!)];
    }
}
