using OrtTrainer.Graph;
using OrtTrainer.Runtime;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Training.Loss;

/// <summary>Values for every row of a data set's targets, such as what a teacher says of it.</summary>
internal sealed class RowTable : LossInput
{
    private readonly string _name;
    private readonly float[] _values;
    private readonly int? _width;
    private readonly int[]? _places;
    private float[] _batch = [];
    private int _rows;

    private RowTable(string name, float[] values, int? width, int[]? places) =>
        (_name, _values, _width, _places) = (name, values, width, places);

    /// <summary>Several values per row.</summary>
    /// <param name="name">The name of the graph's input.</param>
    /// <param name="values">Rows of K values.</param>
    /// <param name="width">K, the outputs.</param>
    /// <param name="places">The row that belongs to each row of targets, [R], or -1 for zeros; null where they are
    /// the same.</param>
    /// <exception cref="ArgumentException">The values do not fill whole rows.</exception>
    public static RowTable OfOutputs(string name, float[] values, int width, int[]? places = null) =>
        values.Length % width == 0
        ? new(name, values, width, places)
        : throw new ArgumentException($"There are {values.Length} values of {name}; expected rows of {width}.");

    /// <summary>One value per row.</summary>
    /// <param name="name">The name of the graph's input.</param>
    /// <param name="values">One per row.</param>
    /// <param name="places">As in <see cref="OfOutputs"/>.</param>
    public static RowTable OfRows(string name, float[] values, int[]? places = null) =>
        new(name, values, width: null, places);

    internal override void Fill(BatchRows rows)
    {
        int width = _width ?? 1;
        _rows = rows.Count;
        if (_batch.Length < _rows * width)
        {
            _batch = new float[_rows * width];
        }

        int at = 0;
        foreach (int row in rows)
        {
            Span<float> destination = _batch.AsSpan(at * width, width);
            int place = _places is null ? row : _places[row];
            if (place < 0)
            {
                destination.Clear();
            }
            else
            {
                _values.AsSpan(place * width, width).CopyTo(destination);
            }

            at++;
        }
    }

    internal override void Bind(Binding binding) => binding.SetInput(
        _name, _batch.AsSpan(0, _rows * (_width ?? 1)), _width is { } width ? [_rows, width] : [_rows]);

    /// <summary>The table in a graph: the rows of a batch, [R, K] or [R].</summary>
    internal Value In(LossGraph g) =>
        g.Builder.Input(_name, _width is null ? g.RowType(ElementType.Float) : g.Logits.Type);
}
