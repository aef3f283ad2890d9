using System.Buffers.Binary;
using OrtTrainer.Text.Normalization;

namespace OrtTrainer.Tests.Text.Normalization;

/// <summary>
/// Writes character maps: a trie in which every node has a block of 256 units to itself, which wastes room and is
/// easy to see to be right.
/// </summary>
internal static class TinyCharacterMap
{
    private const int HasValue = 1 << 8;

    public static CharacterMap Of(params (string From, string To)[] entries) => CharacterMap.Parse(Bytes(entries));

    public static byte[] Bytes(params (string From, string To)[] entries)
    {
        List<uint> units = [0];
        List<byte> replacements = [];
        int root = NewBlock(units, 0);
        foreach ((string from, string to) in entries)
        {
            int block = root;
            int unit = 0;
            foreach (byte part in System.Text.Encoding.UTF8.GetBytes(from))
            {
                unit = block ^ part;
                block = (byte)units[unit] == part ? unit ^ (int)(units[unit] >> 10) : NewBlock(units, unit, part);
            }

            units[unit] |= HasValue;
            units[block] = 0x80000000 | (uint)replacements.Count;
            replacements.AddRange([.. System.Text.Encoding.UTF8.GetBytes(to), 0]);
        }

        byte[] trie = new byte[4 + (4 * units.Count)];
        BinaryPrimitives.WriteInt32LittleEndian(trie, 4 * units.Count);
        for (int i = 0; i < units.Count; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(trie.AsSpan(4 + (4 * i)), units[i]);
        }

        return [.. trie, .. replacements];
    }

    /// <summary>Appends a block for a node's children and writes the node's label and the way to the block.</summary>
    private static int NewBlock(List<uint> units, int node, byte label = 0)
    {
        units.AddRange(new uint[256 - (units.Count % 256)]);
        int block = units.Count;
        units.AddRange(new uint[256]);
        units[node] = ((uint)(node ^ block) << 10) | label;
        return block;
    }
}
