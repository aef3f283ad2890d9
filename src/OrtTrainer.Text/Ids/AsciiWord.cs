using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace OrtTrainer.Text.Ids;

/// <summary>Looks at 16 UTF-16 units at once for ASCII words.</summary>
internal static class AsciiWord
{
    /// <summary>The number of units that must be there to look at.</summary>
    public const int Window = 16;

    // Read at 16 - n: n bytes of ones, then zeros.
    private static ReadOnlySpan<byte> Ones =>
    [
        255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    ];

    /// <summary>The bytes of the next 16 units; a unit beyond U+00FF becomes 0xFF.</summary>
    public static Vector128<byte> Load(ReadOnlySpan<char> text, int start)
    {
        ref ushort first = ref Unsafe.As<char, ushort>(ref Unsafe.Add(ref MemoryMarshal.GetReference(text), start));
        Vector128<ushort> low = Vector128.LoadUnsafe(ref first);
        Vector128<ushort> high = Vector128.LoadUnsafe(ref first, 8);
        Vector128<ushort> cap = Vector128.Create((ushort)0xFF);
        return Vector128.Narrow(Vector128.Min(low, cap), Vector128.Min(high, cap));
    }

    /// <summary>Ones in every byte that is an ASCII letter.</summary>
    public static Vector128<byte> Letters(Vector128<byte> bytes) =>
        InRange(bytes | Vector128.Create((byte)0x20), 'a', 'z');

    /// <summary>Ones in every byte that is an ASCII digit.</summary>
    public static Vector128<byte> Digits(Vector128<byte> bytes) => InRange(bytes, '0', '9');

    /// <summary>How many bytes from the first on have ones.</summary>
    public static int RunLength(Vector128<byte> ones) =>
        BitOperations.TrailingZeroCount(~ones.ExtractMostSignificantBits());

    /// <summary>The key of the first bytes, <paramref name="length"/> of them.</summary>
    public static WordKey Key(Vector128<byte> bytes, int length)
    {
        Vector128<byte> mask = Vector128.LoadUnsafe(ref MemoryMarshal.GetReference(Ones), (nuint)(Window - length));
        Vector128<ulong> words = (bytes & mask).AsUInt64();
        return new WordKey(words.GetElement(0), words.GetElement(1));
    }

    /// <summary>The key of up to 16 bytes; false where there are more, none, or one of them is zero.</summary>
    public static bool TryKey(ReadOnlySpan<byte> bytes, out WordKey key)
    {
        key = WordKey.Empty;
        if (bytes.Length is 0 or > WordKey.MaxLength || bytes.Contains((byte)0))
        {
            return false;
        }

        Span<byte> padded = stackalloc byte[WordKey.MaxLength];
        padded.Clear();
        bytes.CopyTo(padded);
        key = Key(Vector128.LoadUnsafe(ref MemoryMarshal.GetReference(padded)), WordKey.MaxLength);
        return true;
    }

    private static Vector128<byte> InRange(Vector128<byte> bytes, char first, char last) => Vector128.LessThanOrEqual(
        bytes - Vector128.Create((byte)first), Vector128.Create((byte)(last - first)));
}
