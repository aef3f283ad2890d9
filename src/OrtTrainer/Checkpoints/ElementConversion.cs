using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace OrtTrainer.Checkpoints;

/// <summary>
/// Stored elements to float or long. Integers and float64 round to the nearest float; bool gives 0 or 1.
/// </summary>
internal static class ElementConversion
{
    /// <summary>
    /// Converts <c>destination.Length</c> elements; <paramref name="source"/> holds exactly their bytes.
    /// </summary>
    public static void ToFloats(ElementType type, ReadOnlySpan<byte> source, Span<float> destination)
    {
        switch (type)
        {
            case ElementType.Float32:
                source.CopyTo(MemoryMarshal.AsBytes(destination));
                break;
            case ElementType.Float16:
                TensorPrimitives.ConvertToSingle(MemoryMarshal.Cast<byte, Half>(source), destination);
                break;
            case ElementType.BFloat16:
                WidenBFloat16(MemoryMarshal.Cast<byte, ushort>(source), destination);
                break;
            case ElementType.Float64:
                Convert<double, float>(source, destination);
                break;
            case ElementType.UInt64:
                Convert<ulong, float>(source, destination);
                break;
            default:
                ConvertIntegers(type, source, destination);
                break;
        }
    }

    /// <summary>
    /// Converts integers and booleans; false where <paramref name="type"/> is no such type or does not fit.
    /// </summary>
    public static bool TryToInt64s(ElementType type, ReadOnlySpan<byte> source, Span<long> destination)
    {
        if (type is ElementType.Float64 or ElementType.Float32 or ElementType.Float16 or ElementType.BFloat16
            or ElementType.UInt64)
        {
            return false;
        }

        ConvertIntegers(type, source, destination);
        return true;
    }

    private static void ConvertIntegers<T>(ElementType type, ReadOnlySpan<byte> source, Span<T> destination)
        where T : unmanaged, INumber<T>
    {
        switch (type)
        {
            case ElementType.Int64:
                Convert<long, T>(source, destination);
                break;
            case ElementType.Int32:
                Convert<int, T>(source, destination);
                break;
            case ElementType.UInt32:
                Convert<uint, T>(source, destination);
                break;
            case ElementType.Int16:
                Convert<short, T>(source, destination);
                break;
            case ElementType.UInt16:
                Convert<ushort, T>(source, destination);
                break;
            case ElementType.Int8:
                Convert<sbyte, T>(source, destination);
                break;
            case ElementType.UInt8:
                Convert<byte, T>(source, destination);
                break;
            case ElementType.Bool:
                for (var i = 0; i < destination.Length; i++)
                {
                    destination[i] = source[i] != 0 ? T.One : T.Zero;
                }

                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(type), type, "Not an integer type.");
        }
    }

    private static void Convert<TFrom, TTo>(ReadOnlySpan<byte> source, Span<TTo> destination)
        where TFrom : unmanaged, INumber<TFrom>
        where TTo : unmanaged, INumber<TTo> =>
        TensorPrimitives.ConvertTruncating<TFrom, TTo>(MemoryMarshal.Cast<byte, TFrom>(source), destination);

    private static void WidenBFloat16(ReadOnlySpan<ushort> source, Span<float> destination)
    {
        var bits = MemoryMarshal.Cast<float, uint>(destination);
        var i = 0;
        for (; i <= source.Length - Vector<ushort>.Count; i += Vector<ushort>.Count)
        {
            Vector.Widen(new Vector<ushort>(source[i..]), out var low, out var high);
            (low << 16).CopyTo(bits[i..]);
            (high << 16).CopyTo(bits[(i + Vector<uint>.Count)..]);
        }

        for (; i < source.Length; i++)
        {
            bits[i] = (uint)source[i] << 16;
        }
    }
}
