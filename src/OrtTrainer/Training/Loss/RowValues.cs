using OrtTrainer.Graph;
using OrtTrainer.Runtime;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Training.Loss;

/// <summary>Values for every row of a batch, wherever they come from.</summary>
/// <param name="name">The name of the graph's input.</param>
/// <param name="width">K, the outputs; null for one value per row.</param>
internal abstract class RowValues(string name, int? width) : LossInput
{
    private float[] _batch = [];
    private int _rows;

    internal sealed override string GraphInput => name;

    internal sealed override void Fill(BatchRows rows)
    {
        _rows = rows.Count;
        int length = checked(_rows * (width ?? 1));
        if (_batch.Length < length)
        {
            _batch = new float[length];
        }

        Read(rows, _batch.AsMemory(0, length));
    }

    internal sealed override void Bind(Binding binding) => binding.SetInput(
        name, _batch.AsSpan(0, _rows * (width ?? 1)), width is { } outputs ? [_rows, outputs] : [_rows]);

    /// <summary>The values in a graph, [R, K] or [R].</summary>
    internal Value In(LossGraph g) =>
        g.Builder.Input(name, width is null ? g.RowType(ElementType.Float) : g.Logits.Type);

    /// <summary>Finds the values of a batch.</summary>
    /// <param name="rows">The rows, R of them.</param>
    /// <param name="values">Where they go, row by row.</param>
    private protected abstract void Read(BatchRows rows, Memory<float> values);
}
