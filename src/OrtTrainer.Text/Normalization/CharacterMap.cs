using System.Buffers.Binary;

namespace OrtTrainer.Text.Normalization;

/// <summary>
/// SentencePiece's precompiled character map: a double-array trie from UTF-8 sequences to their replacements.
/// </summary>
/// <remarks>
/// Layout: 4 bytes little-endian size of the trie, its 4-byte units, then the replacements, each ended by a zero
/// byte; a key's value is the place of its replacement. Units are those of the darts-clone library.
/// </remarks>
internal sealed class CharacterMap
{
    private readonly uint[] _units;
    private readonly byte[] _source;

    private CharacterMap(uint[] units, byte[] source) => (_units, _source) = (units, source);

    /// <summary>The map as it was read.</summary>
    public ReadOnlySpan<byte> Source => _source;

    private ReadOnlySpan<byte> Replacements => _source.AsSpan(4 + (4 * _units.Length));

    /// <summary>Reads a map.</summary>
    /// <exception cref="InvalidDataException">The sizes do not fit.</exception>
    public static CharacterMap Parse(ReadOnlySpan<byte> map)
    {
        uint size = map.Length >= 4 ? BinaryPrimitives.ReadUInt32LittleEndian(map) : uint.MaxValue;
        if (size > map.Length - 4 || size % 4 != 0 || size == 0)
        {
            throw new InvalidDataException($"the trie should have {size} bytes, the map has {map.Length} in all");
        }

        uint[] units = new uint[size / 4];
        for (int i = 0; i < units.Length; i++)
        {
            units[i] = BinaryPrimitives.ReadUInt32LittleEndian(map[(4 + (4 * i))..]);
        }

        return new CharacterMap(units, map.ToArray());
    }

    /// <summary>The longest key that the text begins with.</summary>
    /// <param name="text">UTF-8 text.</param>
    /// <param name="length">The key's length in bytes; 0 where no key matches.</param>
    /// <returns>The replacement in UTF-8.</returns>
    public ReadOnlySpan<byte> LongestMatch(ReadOnlySpan<byte> text, out int length) =>
        Match(text, longest: true, out length);

    /// <summary>The shortest key that the text begins with, as <see cref="LongestMatch"/>.</summary>
    public ReadOnlySpan<byte> ShortestMatch(ReadOnlySpan<byte> text, out int length) =>
        Match(text, longest: false, out length);

    private ReadOnlySpan<byte> Match(ReadOnlySpan<byte> text, bool longest, out int length)
    {
        length = 0;
        int value = 0;
        uint node = Offset(_units[0]);
        for (int i = 0; i < text.Length; i++)
        {
            // Zero is the end mark of a key and cannot be part of one.
            node ^= text[i];
            if (text[i] == 0 || node >= _units.Length || Label(_units[node]) != text[i])
            {
                break;
            }

            bool isKey = ((_units[node] >> 8) & 1) == 1;
            node ^= Offset(_units[node]);
            if (isKey && node < _units.Length)
            {
                value = (int)(_units[node] & 0x7FFFFFFF);
                length = i + 1;
                if (!longest)
                {
                    break;
                }
            }
        }

        return length == 0 ? [] : Replacement(value);
    }

    private static uint Label(uint unit) => unit & ((1u << 31) | 0xFF);

    private static uint Offset(uint unit) => (unit >> 10) << (int)((unit & (1u << 9)) >> 6);

    private ReadOnlySpan<byte> Replacement(int place)
    {
        if (place >= Replacements.Length)
        {
            return [];
        }

        ReadOnlySpan<byte> rest = Replacements[place..];
        int end = rest.IndexOf((byte)0);
        return end < 0 ? rest : rest[..end];
    }
}
