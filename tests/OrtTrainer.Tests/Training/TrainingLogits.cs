using OrtTrainer.Models;
using OrtTrainer.Runtime;
using OrtTrainer.Training;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Tests.Training;

/// <summary>The logits of a training graph, which a training run has no use for.</summary>
internal static class TrainingLogits
{
    /// <summary>One forward pass.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="execution">Threads and kernels.</param>
    /// <param name="parameters">The weights.</param>
    /// <param name="batch">A batch that is filled.</param>
    /// <param name="dropoutKey">Of a graph with dropout.</param>
    public static float[] Of(
        TrainingGraph graph, ExecutionOptions execution, WeightBuffer parameters, PackedBatch batch,
        DropoutKey dropoutKey = default)
    {
        using GraphSession session = GraphSession.FromBytes(graph.Packed.Model, execution);
        using Binding binding = session.CreateBinding();
        foreach (ParameterView view in graph.Layout.Views)
        {
            binding.BindInput(view.Name, parameters, graph.Layout.OffsetOf(view), [.. view.Shape]);
        }

        batch.Bind(binding, graph.Packed.Inputs);
        binding.SetInput(PackedInputs.LossScale, [1f], []);
        if (graph.Packed.Inputs.Contains(PackedInputs.DropoutKey))
        {
            binding.SetInput(PackedInputs.DropoutKey, [dropoutKey.First, dropoutKey.Second], [2]);
        }

        binding.BindOutput(PackedInputs.Logits);
        binding.Run();
        return binding.Output(PackedInputs.Logits).ToArray();
    }
}
