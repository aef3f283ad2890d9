using OrtTrainer.Models;
using OrtTrainer.Runtime;
using OrtTrainer.Training;

namespace OrtTrainer.Compilation;

/// <summary>The weights of a model that the graphs of its training read and that stay as they are.</summary>
internal sealed class FrozenWeights : IFrozenWeights, IDisposable
{
    private readonly ParameterLayout _layout;
    private readonly WeightBuffer _weights;

    private FrozenWeights(ParameterLayout layout, WeightBuffer weights) => (_layout, _weights) = (layout, weights);

    /// <summary>Reads them; null where the graphs read none.</summary>
    /// <param name="graphs">The graphs.</param>
    /// <param name="views">The parameters, which may stand more than once.</param>
    /// <param name="file">A safetensors file with the tensors of the model.</param>
    public static FrozenWeights? Load(CompiledGraphs graphs, IEnumerable<ParameterView> views, string file)
    {
        ParameterLayout layout = new([.. views.DistinctBy(view => view.Name)]);
        if (layout.Views.Count == 0)
        {
            return null;
        }

        WeightBuffer weights = new(Device.Default, layout.Length);
        try
        {
            graphs.Load(file, layout, weights);
            return new(layout, weights);
        }
        catch
        {
            weights.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public (WeightBuffer Weights, long Offset) Find(ParameterView frozen) =>
        (_weights, _layout.OffsetOf(frozen));

    public void Dispose() => _weights.Dispose();
}
