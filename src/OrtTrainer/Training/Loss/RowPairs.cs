using OrtTrainer.Graph;
using OrtTrainer.Runtime;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Training.Loss;

/// <summary>A number for every two rows of a batch, such as whether one is compared with the other.</summary>
/// <param name="name">The name of the graph's input.</param>
/// <param name="value">The number for a row and another, by their places among the rows of the data set.</param>
internal sealed class RowPairs(string name, Func<int, int, float> value) : LossInput
{
    private int[] _rows = [];
    private float[] _values = [];

    internal override void Fill(BatchRows rows)
    {
        if (_rows.Length != rows.Count)
        {
            _rows = new int[rows.Count];
            _values = new float[rows.Count * rows.Count];
        }

        int at = 0;
        foreach (int row in rows)
        {
            _rows[at++] = row;
        }

        for (int i = 0; i < _rows.Length; i++)
        {
            for (int j = 0; j < _rows.Length; j++)
            {
                _values[(i * _rows.Length) + j] = value(_rows[i], _rows[j]);
            }
        }
    }

    internal override void Bind(Binding binding) =>
        binding.SetInput(name, _values, [_rows.Length, _rows.Length]);

    /// <summary>The numbers in a graph, float [R, R].</summary>
    internal Value In(LossGraph g)
    {
        Dimension rows = g.Logits.Type.Shape[0];
        return g.Builder.Input(name, new TensorType(ElementType.Float, new Shape(rows, rows)));
    }
}
