using Apache.Arrow;
using Apache.Arrow.Types;

namespace OrtTrainer.Formats;

/// <summary>Values of Arrow arrays as those of a <see cref="ColumnarTable"/>.</summary>
internal static class ArrowValues
{
    /// <summary>The value at a place.</summary>
    /// <exception cref="InvalidDataException">Its type is not read.</exception>
    public static object? Of(IArrowArray array, int index) => array.IsNull(index) ? null : array switch
    {
        StringArray texts => texts.GetString(index),
        LargeStringArray texts => texts.GetString(index),
        StringViewArray texts => texts.GetString(index),
        BooleanArray flags => flags.GetValue(index),
        Int8Array numbers => (long)numbers.Values[index],
        Int16Array numbers => (long)numbers.Values[index],
        Int32Array numbers => (long)numbers.Values[index],
        Int64Array numbers => numbers.Values[index],
        UInt8Array numbers => (long)numbers.Values[index],
        UInt16Array numbers => (long)numbers.Values[index],
        UInt32Array numbers => (long)numbers.Values[index],
        UInt64Array numbers => numbers.Values[index],
        HalfFloatArray numbers => (float)numbers.Values[index],
        FloatArray numbers => numbers.Values[index],
        DoubleArray numbers => numbers.Values[index],
        Decimal128Array numbers => numbers.GetValue(index),
        TimestampArray times => times.GetTimestamp(index)?.UtcDateTime,
        Date32Array dates => dates.GetDateTime(index),
        Date64Array dates => dates.GetDateTime(index),
        DictionaryArray coded => Of(coded.Dictionary, Code(coded.Indices, index)),
        MapArray map => Items(map.KeyValues, map.ValueOffsets[index], map.ValueOffsets[index + 1]),
        ListArray lists => Items(lists.Values, lists.ValueOffsets[index], lists.ValueOffsets[index + 1]),
        LargeListArray lists =>
            Items(lists.Values, (int)lists.ValueOffsets[index], (int)lists.ValueOffsets[index + 1]),
        FixedSizeListArray lists => Items(
            lists.Values, index * FixedSize(lists), (index + 1) * FixedSize(lists)),
        StructArray fields => Fields(fields, index),
        BinaryArray bytes => bytes.GetBytes(index).ToArray(),
        LargeBinaryArray bytes => bytes.GetBytes(index).ToArray(),
        _ => throw new InvalidDataException(
            $"the Arrow file has values of a type that is not read, {array.Data.DataType.Name}"),
    };

    private static int Code(IArrowArray indices, int index) => Of(indices, index) is long code
        ? (int)code
        : throw new InvalidDataException("the Arrow file has a dictionary whose codes are no numbers");

    private static int FixedSize(FixedSizeListArray lists) =>
        ((FixedSizeListType)lists.Data.DataType).ListSize;

    private static List<object?> Items(IArrowArray values, int start, int end)
    {
        List<object?> items = new(end - start);
        for (int i = start; i < end; i++)
        {
            items.Add(Of(values, i));
        }

        return items;
    }

    private static Dictionary<string, object?> Fields(StructArray array, int index)
    {
        StructType type = (StructType)array.Data.DataType;
        Dictionary<string, object?> fields = new(type.Fields.Count);
        for (int i = 0; i < type.Fields.Count; i++)
        {
            fields[type.Fields[i].Name] = Of(array.Fields[i], index);
        }

        return fields;
    }
}
