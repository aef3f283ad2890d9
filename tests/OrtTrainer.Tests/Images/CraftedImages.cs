using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace OrtTrainer.Tests.Images;

/// <summary>Image files made byte by byte, of kinds that common encoders do not write.</summary>
internal static class CraftedImages
{
    /// <summary>A PNG of gray values with 16 bits each, one row.</summary>
    public static byte[] Gray16(params ushort[] values)
    {
        byte[] header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, values.Length);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), 1);
        header[8] = 16;
        using MemoryStream packed = new();
        using (ZLibStream zlib = new(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            zlib.Write([0, .. values.SelectMany(value => new[] { (byte)(value >> 8), (byte)value })]);
        }

        return
        [
            0x89, .. "PNG\r\n"u8, 0x1A, 0x0A, .. Chunk("IHDR", header), .. Chunk("IDAT", packed.ToArray()),
            .. Chunk("IEND", []),
        ];
    }

    /// <summary>
    /// A JPEG of 8 x 8 pixels of one color in CMYK, inverted as Adobe's programs write it: 255 is no ink.
    /// </summary>
    /// <param name="inks">Cyan, magenta, yellow, black; each 128 and a multiple of 8 more or less.</param>
    public static byte[] Cmyk(params int[] inks)
    {
        // Code lengths: one DC code of 4 bits for each category 0 to 11, one AC code of 1 bit, the end of a block.
        byte[] categories = [.. Enumerable.Range(0, 12).Select(i => (byte)i)];
        StringBuilder bits = new();
        foreach (int ink in inks)
        {
            // The DC coefficient is 8 times the distance from 128; the table of divisors is all 1.
            int value = 8 * (ink - 128);
            int size = value == 0 ? 0 : (int)Math.Log2(Math.Abs(value)) + 1;
            bits.Append(Convert.ToString(size, 2).PadLeft(4, '0'));
            int written = value < 0 ? value + (1 << size) - 1 : value;
            bits.Append(size == 0 ? "" : Convert.ToString(written, 2).PadLeft(size, '0')).Append('0');
        }

        string padded = bits.ToString().PadRight((bits.Length + 7) / 8 * 8, '1');
        IEnumerable<byte> scan = padded.Chunk(8).Select(eight => Convert.ToByte(new string(eight), 2))
            .SelectMany(value => value == 0xFF ? new byte[] { 0xFF, 0 } : [value]);
        return
        [
            0xFF, 0xD8,
            .. Segment(0xEE, [.. "Adobe"u8, 0, 100, 0, 0, 0, 0, 0]),
            .. Segment(0xDB, [0, .. Enumerable.Repeat((byte)1, 64)]),
            .. Segment(0xC0,
                [8, 0, 8, 0, 8, 4, .. Enumerable.Range(1, 4).SelectMany(i => new byte[] { (byte)i, 0x11, 0 })]),
            .. Segment(0xC4, [0x00, 0, 0, 0, 12, .. new byte[12], .. categories]),
            .. Segment(0xC4, [0x10, 1, .. new byte[15], 0]),
            .. Segment(0xDA, [4, .. Enumerable.Range(1, 4).SelectMany(i => new byte[] { (byte)i, 0 }), 0, 63, 0]),
            .. scan, 0xFF, 0xD9,
        ];
    }

    /// <summary>A JPEG with EXIF data that hold an orientation.</summary>
    public static byte[] Oriented(byte[] jpeg, int orientation) =>
    [
        .. jpeg[..2],
        .. Segment(0xE1,
        [
            .. "Exif"u8, 0, 0, .. "MM"u8, 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, (byte)orientation,
            0, 0, 0, 0, 0, 0,
        ]),
        .. jpeg[2..],
    ];

    private static byte[] Segment(byte marker, byte[] content) =>
        [0xFF, marker, (byte)((content.Length + 2) >> 8), (byte)(content.Length + 2), .. content];

    private static byte[] Chunk(string type, byte[] content)
    {
        byte[] body = [.. Encoding.ASCII.GetBytes(type), .. content];
        byte[] length = new byte[4], check = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, content.Length);
        BinaryPrimitives.WriteUInt32BigEndian(check, Crc(body));
        return [.. length, .. body, .. check];
    }

    private static uint Crc(byte[] bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in bytes)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) != 0 ? (crc >> 1) ^ 0xEDB88320 : crc >> 1;
            }
        }

        return ~crc;
    }
}
