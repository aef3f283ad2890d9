using System.Buffers.Binary;

namespace OrtTrainer.Checkpoints.OnDevice;

/// <summary>
/// Checks that all offsets, lengths and strings of a checkpoint lie within it, before any of them is followed. The
/// verifier of the FlatBuffers library does so too, but prints what it finds.
/// </summary>
internal sealed class CheckpointVerification
{
    // A damaged file may name one table from many places.
    private const int MostTables = 1_000_000;

    private readonly byte[] _bytes;
    private int _tables;

    private CheckpointVerification(byte[] bytes) => _bytes = bytes;

    private delegate bool Check(long table);

    /// <summary>Whether a buffer is a whole checkpoint.</summary>
    /// <param name="bytes">8 bytes or more.</param>
    public static bool IsWhole(byte[] bytes)
    {
        CheckpointVerification verification = new(bytes);
        return verification.Root(verification.Unsigned(0));
    }

    private bool Root(long table) => IsTable(table)
        && HasNumber(table, CheckpointSchema.Root.VersionNumber, sizeof(int))
        && HasTable(table, CheckpointSchema.Root.Module, Module)
        && HasTables(table, CheckpointSchema.Root.OptimizerGroups, Group)
        && HasTable(table, CheckpointSchema.Root.Properties, Bag);

    private bool Module(long table) => IsTable(table)
        && HasTables(table, CheckpointSchema.Module.Trainable, Tensor)
        && HasTables(table, CheckpointSchema.Module.Frozen, Tensor)
        && HasNumber(table, CheckpointSchema.Module.IsNominal, 1)
        && HasNumber(table, CheckpointSchema.Module.HasExternalData, 1);

    private bool Group(long table) => IsTable(table)
        && HasText(table, CheckpointSchema.Group.Name)
        && HasNumber(table, CheckpointSchema.Group.Step, sizeof(long))
        && HasNumber(table, CheckpointSchema.Group.InitialLearningRate, sizeof(float))
        && HasTables(table, CheckpointSchema.Group.States, State);

    private bool State(long table) => IsTable(table)
        && HasText(table, CheckpointSchema.State.Parameter)
        && HasTables(table, CheckpointSchema.State.Moments, Tensor);

    private bool Bag(long table) => IsTable(table)
        && HasTables(table, CheckpointSchema.Bag.Integers, property => Property(property, sizeof(long)))
        && HasTables(table, CheckpointSchema.Bag.Floats, property => Property(property, sizeof(float)))
        && HasTables(table, CheckpointSchema.Bag.Strings, property => IsTable(property)
            && HasText(property, CheckpointSchema.Property.Name)
            && HasText(property, CheckpointSchema.Property.Value));

    private bool Property(long table, int size) => IsTable(table)
        && HasText(table, CheckpointSchema.Property.Name)
        && HasNumber(table, CheckpointSchema.Property.Value, size);

    // Its string data are never read, and no checkpoint has any.
    private bool Tensor(long table) => IsTable(table)
        && HasText(table, CheckpointSchema.Tensor.Name)
        && HasList(table, CheckpointSchema.Tensor.Dimensions, sizeof(long))
        && HasNumber(table, CheckpointSchema.Tensor.DataType, sizeof(int))
        && HasList(table, CheckpointSchema.Tensor.RawData, 1)
        && HasNumber(table, CheckpointSchema.Tensor.ExternalOffset, sizeof(long));

    /// <summary>Whether a table, and its list of where fields are, lie within the buffer.</summary>
    private bool IsTable(long table)
    {
        if (++_tables > MostTables || !Has(table, sizeof(int), sizeof(int)))
        {
            return false;
        }

        long list = ListOf(table);
        return Has(list, 2 * sizeof(ushort), sizeof(ushort))
            && Short(list) is var size && size >= 2 * sizeof(ushort) && size % sizeof(ushort) == 0
            && Has(list, size, 1)
            && Has(table, Short(list + sizeof(ushort)), 1);
    }

    private bool HasNumber(long table, int field, int size) => Field(table, field) is not { } at || Has(at, size, size);

    private bool HasText(long table, int field) => Target(table, field, out long at)
        && (at == 0 || (IsList(at, 1) && Has(at + sizeof(int) + Unsigned(at), 1, 1)
            && _bytes[at + sizeof(int) + Unsigned(at)] == 0));

    private bool HasList(long table, int field, int size) =>
        Target(table, field, out long at) && (at == 0 || IsList(at, size));

    private bool HasTable(long table, int field, Check check) =>
        Target(table, field, out long at) && (at == 0 || check(at));

    private bool HasTables(long table, int field, Check check)
    {
        if (!Target(table, field, out long list) || (list != 0 && !IsList(list, sizeof(int))))
        {
            return false;
        }

        long count = list == 0 ? 0 : Unsigned(list);
        for (long i = 0; i < count; i++)
        {
            long at = list + (sizeof(int) * (i + 1));
            if (!check(at + Unsigned(at)))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>What the offset in a field leads to; 0 where there is no such field.</summary>
    private bool Target(long table, int field, out long target)
    {
        target = 0;
        if (Field(table, field) is not { } at)
        {
            return true;
        }

        if (!Has(at, sizeof(int), sizeof(int)))
        {
            return false;
        }

        target = at + Unsigned(at);
        return target > at;
    }

    private bool IsList(long at, int size) => Has(at, sizeof(int), sizeof(int))
        && Has(at + sizeof(int), Unsigned(at) * size, size);

    /// <summary>Where a field is; null where the table does not have it.</summary>
    private long? Field(long table, int field)
    {
        long list = ListOf(table), entry = sizeof(ushort) * (2L + field);
        return entry < Short(list) && Short(list + entry) is var offset && offset != 0 ? table + offset : null;
    }

    private long ListOf(long table) => table - BinaryPrimitives.ReadInt32LittleEndian(_bytes.AsSpan((int)table));

    private long Unsigned(long at) => BinaryPrimitives.ReadUInt32LittleEndian(_bytes.AsSpan((int)at));

    private long Short(long at) => BinaryPrimitives.ReadUInt16LittleEndian(_bytes.AsSpan((int)at));

    private bool Has(long at, long count, int alignment) =>
        at >= 0 && at % alignment == 0 && at <= _bytes.Length && count <= _bytes.Length - at;
}
