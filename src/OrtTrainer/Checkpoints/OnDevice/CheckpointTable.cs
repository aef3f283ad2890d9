using Google.FlatBuffers;

namespace OrtTrainer.Checkpoints.OnDevice;

/// <summary>A table of a buffer that <see cref="CheckpointVerification"/> has found whole, by its fields'
/// numbers.</summary>
internal readonly struct CheckpointTable
{
    private readonly Table _table;

    private CheckpointTable(int position, ByteBuffer buffer) => _table = new Table(position, buffer);

    /// <summary>The root of a buffer.</summary>
    public static CheckpointTable RootOf(ByteBuffer buffer) =>
        new(buffer.GetInt(buffer.Position) + buffer.Position, buffer);

    public int Integer(int field) => Offset(field) is var at && at != 0 ? Buffer.GetInt(at) : 0;

    public long Long(int field, long otherwise = 0) =>
        Offset(field) is var at && at != 0 ? Buffer.GetLong(at) : otherwise;

    public float Float(int field) => Offset(field) is var at && at != 0 ? Buffer.GetFloat(at) : 0;

    public bool Flag(int field) => Offset(field) is var at && at != 0 && Buffer.Get(at) != 0;

    /// <summary>A text; null where there is none.</summary>
    public string? Text(int field) => InTable(field) is var at && at != 0 ? _table.__string(_table.bb_pos + at) : null;

    /// <summary>A table within; null where there is none.</summary>
    public CheckpointTable? Inner(int field) => Offset(field) is var at && at != 0
        ? new CheckpointTable(_table.__indirect(at), Buffer)
        : null;

    /// <summary>Tables within; null where there is no list of them.</summary>
    public IReadOnlyList<CheckpointTable>? Tables(int field)
    {
        int at = InTable(field);
        if (at == 0)
        {
            return null;
        }

        CheckpointTable[] tables = new CheckpointTable[_table.__vector_len(at)];
        int start = _table.__vector(at);
        for (int i = 0; i < tables.Length; i++)
        {
            tables[i] = new(_table.__indirect(start + (i * sizeof(int))), Buffer);
        }

        return tables;
    }

    /// <summary>Numbers; null where there is no list of them.</summary>
    public long[]? Longs(int field)
    {
        int at = InTable(field);
        if (at == 0)
        {
            return null;
        }

        long[] values = new long[_table.__vector_len(at)];
        int start = _table.__vector(at);
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = Buffer.GetLong(start + (i * sizeof(long)));
        }

        return values;
    }

    /// <summary>Where bytes lie in the buffer; null where there are none.</summary>
    public (int Start, int Length)? Bytes(int field) => InTable(field) is var at && at != 0
        ? (_table.__vector(at), _table.__vector_len(at))
        : null;

    private ByteBuffer Buffer => _table.bb;

    private int InTable(int field) => _table.__offset(4 + (2 * field));

    private int Offset(int field) => InTable(field) is var at && at != 0 ? at + _table.bb_pos : 0;
}
