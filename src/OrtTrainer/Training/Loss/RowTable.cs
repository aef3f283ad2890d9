using OrtTrainer.Training.Batches;

namespace OrtTrainer.Training.Loss;

/// <summary>Values for every row of a data set's targets, such as what a teacher said of it.</summary>
internal sealed class RowTable : RowValues
{
    private readonly float[] _values;
    private readonly int _width;
    private readonly int[]? _places;

    private RowTable(string name, float[] values, int? width, int[]? places)
        : base(name, width) => (_values, _width, _places) = (values, width ?? 1, places);

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

    private protected override void Read(BatchRows rows, Memory<float> values)
    {
        int at = 0;
        foreach (int row in rows)
        {
            Span<float> destination = values.Span.Slice(at * _width, _width);
            int place = _places is null ? row : _places[row];
            if (place < 0)
            {
                destination.Clear();
            }
            else
            {
                _values.AsSpan(place * _width, _width).CopyTo(destination);
            }

            at++;
        }
    }
}
