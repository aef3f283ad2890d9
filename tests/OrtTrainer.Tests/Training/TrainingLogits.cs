using OrtTrainer.Models;
using OrtTrainer.Runtime;
using OrtTrainer.Training;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Tests.Training;

/// <summary>The logits of a training graph, which a training run has no use for.</summary>
internal static class TrainingLogits
{
    /// <summary>One forward pass.</summary>
    /// <param name="graph">A graph without dropout.</param>
    /// <param name="execution">Threads and kernels.</param>
    /// <param name="parameters">The weights.</param>
    /// <param name="batch">A batch that is filled.</param>
    public static float[] Of(
        TrainingGraph graph, ExecutionOptions execution, WeightBuffer parameters, PackedBatch batch)
    {
        using GraphSession session = GraphSession.FromBytes(graph.Packed.Model, execution);
        using Binding binding = session.CreateBinding();
        foreach (ParameterView view in graph.Layout.Views)
        {
            binding.BindInput(view.Name, parameters, graph.Layout.OffsetOf(view), [.. view.Shape]);
        }

        batch.Bind(binding, graph.Packed.Inputs);
        binding.SetInput(PackedInputs.LossScale, [1f], []);
        binding.BindOutput(PackedInputs.Logits);
        binding.Run();
        return binding.Output(PackedInputs.Logits).ToArray();
    }
}
