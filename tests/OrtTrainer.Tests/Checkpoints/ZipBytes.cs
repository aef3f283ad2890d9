using System.Buffers.Binary;
using System.Text;

namespace OrtTrainer.Tests.Checkpoints;

/// <summary>
/// Zip archives written record by record, so that every field can be wrong on purpose and sizes can be 64-bit in a
/// small file.
/// </summary>
internal sealed class ZipBytes
{
    private readonly MemoryStream _file = new();
    private readonly MemoryStream _directory = new();
    private int _count;

    /// <summary>An entry; with <paramref name="zip64"/> its sizes and place stand in the extra field only.</summary>
    public ZipBytes Add(string name, byte[] content, bool zip64 = false, int? claimedSize = null, int method = 0)
    {
        var at = (int)_file.Position;
        var nameBytes = Encoding.UTF8.GetBytes(name);
        var size = claimedSize ?? content.Length;
        Write(_file, "PK\x03\x04"u8, [20, 0, 0, 0], U16(method), new byte[8], U32(size), U32(size));
        Write(_file, U16(nameBytes.Length), U16(0), nameBytes, content);

        // An unrelated extra field comes first, as other writers put time stamps there.
        byte[] extra = zip64 ? [0x55, 0x54, 1, 0, 7, 1, 0, 24, 0, .. U64(size), .. U64(size), .. U64(at)] : [];
        Write(_directory, "PK\x01\x02"u8, [20, 0, 20, 0, 0, 0], U16(method), new byte[8]);
        Write(_directory, zip64 ? U32(-1) : U32(size), zip64 ? U32(-1) : U32(size));
        Write(_directory, U16(nameBytes.Length), U16(extra.Length), new byte[10], zip64 ? U32(-1) : U32(at));
        Write(_directory, nameBytes, extra);
        _count++;
        return this;
    }

    /// <summary>
    /// The archive; <paramref name="directoryShift"/> and <paramref name="disk"/> are lies about the directory.
    /// </summary>
    public byte[] ToArray(bool zip64 = false, int directoryShift = 0, int disk = 0, int extraCount = 0)
    {
        var start = (int)_file.Position;
        var length = (int)_directory.Position;
        _directory.WriteTo(_file);
        if (zip64)
        {
            var end = (int)_file.Position;
            Write(_file, "PK\x06\x06"u8, U64(44), new byte[12], U64(_count), U64(_count + extraCount), U64(length));
            Write(_file, U64(start + directoryShift), "PK\x06\x07"u8, U32(0), U64(end), U32(1));
        }

        Write(_file, "PK\x05\x06"u8, U16(disk), U16(0));
        Write(_file, U16(zip64 ? 0xFFFF : _count), U16(zip64 ? 0xFFFF : _count + extraCount));
        Write(_file, U32(zip64 ? -1 : length), U32(zip64 ? -1 : start + directoryShift), U16(0));
        return _file.ToArray();
    }

    private static void Write(MemoryStream stream, ReadOnlySpan<byte> a, ReadOnlySpan<byte> b,
        ReadOnlySpan<byte> c = default, ReadOnlySpan<byte> d = default, ReadOnlySpan<byte> e = default,
        ReadOnlySpan<byte> f = default)
    {
        stream.Write(a);
        stream.Write(b);
        stream.Write(c);
        stream.Write(d);
        stream.Write(e);
        stream.Write(f);
    }

    private static byte[] U16(int value) => BitConverter.GetBytes((ushort)value);

    private static byte[] U32(int value) => BitConverter.GetBytes(value);

    private static byte[] U64(long value)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        return bytes;
    }
}
