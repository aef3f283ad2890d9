using OrtTrainer.Checkpoints;
using OrtTrainer.Models;
using OrtTrainer.Runtime;

namespace OrtTrainer.Tests.Models;

/// <summary>Gives a folder with a configuration weights at random, a head for three classes included.</summary>
internal static class RandomWeights
{
    public static void Write(string folder)
    {
        using PretrainedModel random = PretrainedModel.Open(folder, fromScratch: true);
        ParameterLayout layout = PackedGraph.Evaluation(random.Architecture, new SequenceHead(3)).Layout;
        using WeightBuffer weights = new(Device.Default, layout.Length);
        random.Load(layout, weights, seed: 4);
        SafetensorsWriter.Write(Path.Combine(folder, "model.safetensors"), StoredTensors.Of(layout, weights));
    }
}
