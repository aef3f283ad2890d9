using System.Numerics.Tensors;
using OrtTrainer.Models;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Packs;

/// <summary>The place of the largest output of each example.</summary>
/// <param name="examples">How many there are.</param>
internal sealed class LargestOutputs(int examples) : IOutputSink
{
    private readonly int[] _places = new int[examples];

    /// <inheritdoc/>
    public void Add(OutputBatch batch)
    {
        for (int i = 0; i < batch.Count; i++)
        {
            _places[batch.Examples[i]] = TensorPrimitives.IndexOfMax(batch[i]);
        }
    }

    /// <summary>The share of examples at whose largest output their class is.</summary>
    public double Share(ExampleTargets targets) =>
        _places.Where((place, example) => place == targets.Id(example)).Count() / (double)_places.Length;
}
