using Parquet;
using Parquet.Data;
using Parquet.Schema;

namespace OrtTrainer.Formats;

/// <summary>The entries of a column in one group of rows, read one after another.</summary>
internal sealed class ParquetColumn
{
    private readonly int[] _definition;
    private readonly int[] _repetition;
    private readonly Func<int, object> _value;
    private readonly int _entries;
    private readonly int _full;
    private int _entry;
    private int _values;

    private ParquetColumn(int[] definition, int[] repetition, int full, int values, Func<int, object> value)
    {
        (_definition, _repetition, _full, _value) = (definition, repetition, full, value);
        _entries = definition.Length > 0 ? definition.Length : values;
    }

    /// <summary>Whether all entries were read.</summary>
    public bool IsAtEnd => _entry == _entries;

    /// <summary>The level of definition of the next entry.</summary>
    public int Definition => _definition.Length > 0 ? _definition[_entry] : _full;

    /// <summary>The level of repetition of the next entry.</summary>
    public int Repetition => _repetition.Length > 0 ? _repetition[_entry] : 0;

    /// <summary>Reads a column of a group of rows.</summary>
    public static async Task<ParquetColumn> ReadAsync(
        ParquetRowGroupReader group, DataField field, CancellationToken cancellation)
    {
        using RawColumnData raw = await group.ReadRawColumnDataBaseAsync(field, cancellation);
        (int length, Func<int, object> value) = ValuesOf(raw, field);
        return new ParquetColumn(
            field.MaxDefinitionLevel > 0 ? raw.DefinitionLevels.ToArray() : [],
            field.MaxRepetitionLevel > 0 ? raw.RepetitionLevels.ToArray() : [],
            field.MaxDefinitionLevel, length, value);
    }

    /// <summary>Takes the next entry: its value, or null where it has none.</summary>
    public object? Take()
    {
        bool isValue = Definition == _full;
        _entry++;
        return isValue ? _value(_values++) : null;
    }

    private static (int Length, Func<int, object> Value) ValuesOf(RawColumnData raw, DataField field) => raw switch
    {
        RawColumnData<ReadOnlyMemory<char>> texts => Texts(texts.Values),
        RawColumnData<ReadOnlyMemory<byte>> bytes => Of(bytes.Values, value => value.ToArray()),
        RawColumnData<bool> flags => Of(flags.Values, value => value),
        RawColumnData<sbyte> numbers => Of(numbers.Values, value => (long)value),
        RawColumnData<byte> numbers => Of(numbers.Values, value => (long)value),
        RawColumnData<short> numbers => Of(numbers.Values, value => (long)value),
        RawColumnData<ushort> numbers => Of(numbers.Values, value => (long)value),
        RawColumnData<int> numbers => Of(numbers.Values, value => (long)value),
        RawColumnData<uint> numbers => Of(numbers.Values, value => (long)value),
        RawColumnData<long> numbers => Of(numbers.Values, value => value),
        RawColumnData<ulong> numbers => Of(numbers.Values, value => value),
        RawColumnData<float> numbers => Of(numbers.Values, value => value),
        RawColumnData<double> numbers => Of(numbers.Values, value => value),
        RawColumnData<decimal> numbers => Of(numbers.Values, value => value),
        RawColumnData<DateTime> times => Of(times.Values, value => value),
        RawColumnData<DateOnly> dates => Of(dates.Values, value => value.ToDateTime(TimeOnly.MinValue)),
        RawColumnData<TimeSpan> times => Of(times.Values, value => value),
        RawColumnData<TimeOnly> times => Of(times.Values, value => value.ToTimeSpan()),
        RawColumnData<Guid> ids => Of(ids.Values, value => value.ToString()),
        _ => throw new NotSupportedException(
            $"the column {field.Path} has values of a type that is not read, {field.ClrType.Name}"),
    };

    // Their characters are the reader's, and are gone with it. Texts that come again and again are kept once.
    private static (int Length, Func<int, object> Value) Texts(ReadOnlySpan<ReadOnlyMemory<char>> values)
    {
        string[] kept = new string[values.Length];
        for (int i = 0; i < kept.Length; i++)
        {
            kept[i] = i > 0 && values[i].Span.SequenceEqual(kept[i - 1]) ? kept[i - 1] : values[i].ToString();
        }

        return (kept.Length, index => kept[index]);
    }

    private static (int Length, Func<int, object> Value) Of<T>(ReadOnlySpan<T> values, Func<T, object> value)
    {
        T[] kept = values.ToArray();
        object?[] boxed = new object?[kept.Length];
        return (kept.Length, index => boxed[index] ??= value(kept[index]));
    }
}
