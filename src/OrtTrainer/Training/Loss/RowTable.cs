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
    private float[] _batch = [];
    private int _rows;

    private RowTable(string name, float[] values, int? width) => (_name, _values, _width) = (name, values, width);

    /// <summary>Several values per row.</summary>
    /// <param name="name">The name of the graph's input.</param>
    /// <param name="values">[R, K], R rows in all.</param>
    /// <param name="width">K, the outputs.</param>
    /// <exception cref="ArgumentException">The values do not fill whole rows.</exception>
    public static RowTable OfOutputs(string name, float[] values, int width) => values.Length % width == 0
        ? new(name, values, width)
        : throw new ArgumentException($"There are {values.Length} values of {name}; expected rows of {width}.");

    /// <summary>One value per row.</summary>
    /// <param name="name">The name of the graph's input.</param>
    /// <param name="values">[R].</param>
    public static RowTable OfRows(string name, float[] values) => new(name, values, width: null);

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
            _values.AsSpan(row * width, width).CopyTo(_batch.AsSpan(at * width));
            at++;
        }
    }

    internal override void Bind(Binding binding) => binding.SetInput(
        _name, _batch.AsSpan(0, _rows * (_width ?? 1)), _width is { } width ? [_rows, width] : [_rows]);

    /// <summary>The table in a graph: the rows of a batch, [R, K] or [R].</summary>
    internal Value In(LossGraph g) =>
        g.Builder.Input(_name, _width is null ? g.RowType(ElementType.Float) : g.Logits.Type);
}
