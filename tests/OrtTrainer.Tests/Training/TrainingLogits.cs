using OrtTrainer.Models;
using OrtTrainer.Runtime;
using OrtTrainer.Training;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Tests.Training;

/// <summary>The logits of a graph that may be a training one, whose run has no use for them.</summary>
internal static class TrainingLogits
{
    /// <summary>One forward pass.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="execution">Threads and kernels.</param>
    /// <param name="parameters">The weights.</param>
    /// <param name="batch">A batch that is filled.</param>
    /// <param name="dropoutKey">Of a graph with dropout.</param>
    public static float[] Of(
        PackedGraph graph, ExecutionOptions execution, WeightBuffer parameters, PackedBatch batch,
        DropoutKey dropoutKey = default)
    {
        using GraphSession session = GraphSession.FromBytes(graph.Model, execution);
        using Binding binding = session.CreateBinding();
        foreach (ParameterView view in graph.Layout.Views)
        {
            binding.BindInput(view.Name, parameters, graph.Layout.OffsetOf(view), [.. view.Shape]);
        }

        batch.Bind(binding, graph.Inputs);
        if (graph.Inputs.Contains(PackedInputs.LossScale))
        {
            binding.SetInput(PackedInputs.LossScale, [1f], []);
        }

        if (graph.Inputs.Contains(PackedInputs.DropoutKey))
        {
            binding.SetInput(PackedInputs.DropoutKey, [dropoutKey.First, dropoutKey.Second], [2]);
        }

        binding.BindOutput(PackedInputs.Logits);
        binding.Run();
        return binding.Output(PackedInputs.Logits).ToArray();
    }
}
