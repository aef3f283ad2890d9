using ILGPU;
using OrtTrainer.Runtime.Cuda.Launching;
using OrtTrainer.Runtime.Updates;

namespace OrtTrainer.Runtime.Cuda.Updates;

/// <summary>
/// Adds up rows on the device: for every element of a row that was picked one thread, which adds in the order of the
/// picks. The bits are those of <see cref="Cpu.Updates.CpuTableGradient"/>.
/// </summary>
/// <param name="device">Where the gradients lie.</param>
/// <param name="gradients">The flat buffer; not disposed here. The table's part is zero and written by this alone
/// where a table is no weight.</param>
/// <param name="table">Where the table lies.</param>
/// <param name="written">Told which blocks may be other than zero.</param>
internal sealed class KernelTableGradient(
    KernelDevice device, WeightBuffer gradients, WeightSegment table, BlockMap written) : TableGradient
{
    private static readonly DeviceKernel Clearing = new(ClearRows);
    private static readonly DeviceKernel Adding = new(AddRows);

    private readonly DeviceArray<int> _rows = new(device);
    private readonly DeviceArray<int> _starts = new(device);
    private readonly DeviceArray<int> _picks = new(device);
    private WeightBuffer _picked = new(device, 0);
    private int[] _last = [];

    /// <inheritdoc/>
    public override WeightBuffer Picked(int count)
    {
        long length = (long)count * table.Columns;
        if (_picked.Length < length)
        {
            _picked.Dispose();
            _picked = new WeightBuffer(device, length + (length / 4));
        }

        return _picked;
    }

    /// <inheritdoc/>
    public override void Add(ReadOnlySpan<long> rows)
    {
        Check(rows);
        if (_last.Length > 0)
        {
            _rows.Set(_last);
            device.Run(
                Clearing, (long)_last.Length * table.Columns, gradients.View(), _rows.View(), table.Offset,
                table.Columns);
            foreach (int row in _last)
            {
                written.Unmark(table.Offset + (row * table.Columns), table.Columns);
            }
        }

        _last = AddPicked(rows);
    }

    /// <inheritdoc/>
    public override void AddOnto(ReadOnlySpan<long> rows)
    {
        Check(rows);
        _ = AddPicked(rows);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _picked.Dispose();
        _rows.Dispose();
        _starts.Dispose();
        _picks.Dispose();
    }

    internal static void ClearRows(ArrayView<float> gradients, ArrayView<int> rows, int offset, int columns)
    {
        long count = rows.Length * columns;
        for (long i = Elements.First(); i < count; i += Elements.Stride())
        {
            gradients[offset + ((long)rows[i / columns] * columns) + (i % columns)] = 0;
        }
    }

    internal static void AddRows(
        ArrayView<float> gradients, ArrayView<float> picked, ArrayView<int> rows, ArrayView<int> starts,
        ArrayView<int> picks, int offset, int columns)
    {
        long count = rows.Length * columns;
        for (long i = Elements.First(); i < count; i += Elements.Stride())
        {
            long row = i / columns;
            long column = i % columns;
            long place = offset + ((long)rows[row] * columns) + column;
            float sum = gradients[place];
            for (int pick = starts[row]; pick < starts[row + 1]; pick++)
            {
                sum += picked[((long)picks[pick] * columns) + column];
            }

            gradients[place] = sum;
        }
    }

    /// <summary>Adds the picks of each row in their order.</summary>
    /// <returns>The rows, each once.</returns>
    private int[] AddPicked(ReadOnlySpan<long> rows)
    {
        if (rows.IsEmpty)
        {
            return [];
        }

        int[] picks = new int[rows.Length];
        long[] sorted = rows.ToArray();
        for (int i = 0; i < picks.Length; i++)
        {
            picks[i] = i;
        }

        // By row and then by place: an unstable sort of rows alone would change the order of sums.
        Array.Sort(sorted, picks);
        List<int> distinct = [], starts = [];
        for (int i = 0; i < sorted.Length; i++)
        {
            if (i == 0 || sorted[i] != sorted[i - 1])
            {
                distinct.Add((int)sorted[i]);
                starts.Add(i);
            }
        }

        starts.Add(sorted.Length);
        for (int row = 0; row < distinct.Count; row++)
        {
            picks.AsSpan(starts[row], starts[row + 1] - starts[row]).Sort();
            written.Mark(table.Offset + (distinct[row] * table.Columns), table.Columns);
        }

        _rows.Set([.. distinct]);
        _starts.Set([.. starts]);
        _picks.Set(picks);
        device.Run(
            Adding, (long)distinct.Count * table.Columns, gradients.View(), _picked.View(), _rows.View(),
            _starts.View(), _picks.View(), table.Offset, table.Columns);
        return [.. distinct];
    }

    private void Check(ReadOnlySpan<long> rows)
    {
        if (rows.Length * (long)table.Columns > _picked.Length)
        {
            throw new ArgumentException(
                $"{rows.Length} rows of {table.Name} are more than there was room asked for.", nameof(rows));
        }

        long count = table.Length / table.Columns;
        foreach (long row in rows)
        {
            if ((ulong)row >= (ulong)count)
            {
                throw new ArgumentException(
                    $"{row} is not a row of {table.Name}, which has {count}.", nameof(rows));
            }
        }
    }
}
