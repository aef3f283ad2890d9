using OrtTrainer.Runtime.Cpu.Kernels;
using OrtTrainer.Runtime.Updates;

namespace OrtTrainer.Runtime.Cpu.Updates;

/// <summary>Adds up rows in place, with the bits of the kernel that makes whole tables.</summary>
/// <param name="gradients">The flat buffer; not disposed here. The table's part is zero and written by this
/// alone where a table is no weight.</param>
/// <param name="table">Where the table lies.</param>
/// <param name="written">Told which blocks may be other than zero.</param>
internal sealed unsafe class CpuTableGradient(WeightBuffer gradients, WeightSegment table, BlockMap written)
    : TableGradient
{
    private WeightBuffer _picked = new(CpuDevice.Instance, 0);
    private long[] _rows = [];
    private int _count;

    /// <inheritdoc/>
    public override WeightBuffer Picked(int count)
    {
        long length = (long)count * table.Columns;
        if (_picked.Length < length)
        {
            _picked.Dispose();
            _picked = new WeightBuffer(CpuDevice.Instance, length + (length / 4));
        }

        return _picked;
    }

    /// <inheritdoc/>
    public override void Add(ReadOnlySpan<long> rows)
    {
        Check(rows);
        foreach (long row in _rows.AsSpan(0, _count))
        {
            int start = table.Offset + ((int)row * table.Columns);
            gradients.Slice(start, table.Columns).Clear();
            written.Unmark(start, table.Columns);
        }

        Remember(rows);
        AddRows(rows);
    }

    /// <inheritdoc/>
    public override void AddOnto(ReadOnlySpan<long> rows)
    {
        Check(rows);
        AddRows(rows);
    }

    /// <inheritdoc/>
    public override void Dispose() => _picked.Dispose();

    private void AddRows(ReadOnlySpan<long> rows)
    {
        float* values = gradients.Pointer;
        float* picked = _picked.Pointer;
        for (int t = 0; t < rows.Length; t++)
        {
            int start = table.Offset + ((int)rows[t] * table.Columns);
            Vectors.AddTo(values + start, picked + ((nint)t * table.Columns), table.Columns);
            written.Mark(start, table.Columns);
        }
    }

    private void Remember(ReadOnlySpan<long> rows)
    {
        if (_rows.Length < rows.Length)
        {
            _rows = new long[rows.Length + (rows.Length / 4)];
        }

        rows.CopyTo(_rows);
        _count = rows.Length;
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
