using System.Buffers.Binary;
using System.Numerics;

namespace OrtTrainer.Logging.TensorBoard;

/// <summary>
/// TensorFlow's framing of records: the length in 8 bytes, its checksum, the bytes, their checksum. Checksums are
/// CRC-32C, rotated and moved by a constant ("masked"), so that a checksum of bytes with checksums in them is none of
/// itself.
/// </summary>
internal static class RecordFile
{
    private const int HeadBytes = 12;
    private const int FootBytes = 4;
    private const uint MaskDelta = 0xa282ead8;

    /// <summary>Writes one record.</summary>
    public static void Write(Stream stream, ReadOnlySpan<byte> record)
    {
        byte[] framed = new byte[HeadBytes + record.Length + FootBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(framed, (ulong)record.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(framed.AsSpan(8), Masked(framed.AsSpan(0, 8)));
        record.CopyTo(framed.AsSpan(HeadBytes));
        BinaryPrimitives.WriteUInt32LittleEndian(framed.AsSpan(HeadBytes + record.Length), Masked(record));
        stream.Write(framed);
    }

    /// <summary>The records of a file up to its end, or to the first that is unfinished or damaged, as a killed process
    /// leaves it.</summary>
    public static IEnumerable<byte[]> Read(Stream stream)
    {
        byte[] head = new byte[HeadBytes];
        while (stream.ReadAtLeast(head, HeadBytes, throwOnEndOfStream: false) == HeadBytes)
        {
            ulong length = BinaryPrimitives.ReadUInt64LittleEndian(head);
            if (BinaryPrimitives.ReadUInt32LittleEndian(head.AsSpan(8)) != Masked(head.AsSpan(0, 8))
                || length > int.MaxValue - FootBytes)
            {
                yield break;
            }

            byte[] record = new byte[(int)length], foot = new byte[FootBytes];
            if (stream.ReadAtLeast(record, record.Length, throwOnEndOfStream: false) < record.Length
                || stream.ReadAtLeast(foot, FootBytes, throwOnEndOfStream: false) < FootBytes
                || BinaryPrimitives.ReadUInt32LittleEndian(foot) != Masked(record))
            {
                yield break;
            }

            yield return record;
        }
    }

    /// <summary>The masked CRC-32C.</summary>
    internal static uint Masked(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        while (bytes.Length >= sizeof(ulong))
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }

        foreach (byte value in bytes)
        {
            crc = BitOperations.Crc32C(crc, value);
        }

        return BitOperations.RotateRight(~crc, 15) + MaskDelta;
    }
}
