using System.Buffers.Binary;
using System.Text;

namespace OrtTrainer.Checkpoints.PyTorch;

/// <summary>
/// Finds the stored entries of a zip archive (PKWARE APPNOTE 6.3, zip64 included). <c>torch.save</c> never compresses,
/// so that tensors can be read in place; <c>System.IO.Compression</c> does not tell where an entry's bytes lie.
/// </summary>
internal static class ZipDirectory
{
    private const int EndBytes = 22;
    private const int Zip64EndBytes = 56;
    private const int Zip64LocatorBytes = 20;
    private const int CentralBytes = 46;
    private const int LocalBytes = 30;
    private const int LongestComment = 65_535;

    // A model has a few hundred entries of about 100 bytes each.
    private const int LargestDirectory = 32 << 20;

    private const string Damaged = "The file is truncated or damaged: download or copy it again.";

    /// <summary>Every entry by its name.</summary>
    /// <exception cref="CheckpointException">The archive is damaged, encrypted, compressed or split.</exception>
    public static IReadOnlyDictionary<string, ZipEntry> Read(CheckpointBytes file)
    {
        var (start, length, count) = FindDirectory(file);
        if (length > LargestDirectory || start < 0 || length < 0 || length > file.Length - start)
        {
            throw Bad(
                file, $"a directory of {length} bytes at byte {start}", $"one within the file's {file.Length}");
        }

        var directory = new byte[length];
        file.Read(start, directory, "zip directory");
        var entries = new Dictionary<string, ZipEntry>();
        var rest = directory.AsSpan();
        for (var i = 0L; i < count; i++)
        {
            var entry = ReadEntry(file, ref rest);
            if (!entries.TryAdd(entry.Name, entry))
            {
                throw Bad(file, $"the entry {CheckpointException.Quote(entry.Name)} twice", "every entry once");
            }
        }

        return entries;
    }

    private static (long Start, long Length, long Count) FindDirectory(CheckpointBytes file)
    {
        var tail = new byte[Math.Min(file.Length, EndBytes + LongestComment)];
        file.Read(file.Length - tail.Length, tail, "end of the zip archive");
        var at = tail.AsSpan().LastIndexOf("PK\x05\x06"u8);
        if (at < 0 || tail.Length - at < EndBytes)
        {
            throw Bad(file, "no end-of-directory record", "one in the last 64 KB of a zip archive");
        }

        var end = tail.AsSpan(at);
        if (U16(end[4..]) is not (0 or 0xFFFF))
        {
            throw Bad(file, "one part of a split archive", "a single file");
        }

        var directory = ((long)U32(end[16..]), (long)U32(end[12..]), (long)U16(end[10..]));
        var isZip64 = directory.Item1 == uint.MaxValue || directory.Item2 == uint.MaxValue || directory.Item3 == 0xFFFF;
        return isZip64 ? FindZip64Directory(file, file.Length - tail.Length + at) : directory;
    }

    private static (long Start, long Length, long Count) FindZip64Directory(CheckpointBytes file, long end)
    {
        Span<byte> locator = stackalloc byte[Zip64LocatorBytes];
        file.Read(end - Zip64LocatorBytes, locator, "zip64 locator");
        Span<byte> record = stackalloc byte[Zip64EndBytes];
        file.Read(I64(locator[8..]), record, "zip64 end-of-directory record");
        if (!locator.StartsWith("PK\x06\x07"u8) || !record.StartsWith("PK\x06\x06"u8))
        {
            throw Bad(file, "other bytes where the zip64 records should be", "a zip64 directory");
        }

        return (I64(record[48..]), I64(record[40..]), I64(record[32..]));
    }

    private static ZipEntry ReadEntry(CheckpointBytes file, ref Span<byte> rest)
    {
        if (rest.Length < CentralBytes || !rest.StartsWith("PK\x01\x02"u8))
        {
            throw Bad(file, "other bytes where a directory entry should be", "an entry");
        }

        int nameLength = U16(rest[28..]), extraLength = U16(rest[30..]), commentLength = U16(rest[32..]);
        var total = CentralBytes + nameLength + extraLength + commentLength;
        if (total > rest.Length)
        {
            throw Bad(file, "a directory entry that goes beyond the directory", "an entry within it");
        }

        var name = Encoding.UTF8.GetString(rest.Slice(CentralBytes, nameLength));
        if ((U16(rest[8..]) & 1) != 0)
        {
            throw new CheckpointException(
                file.Path, Entry(name), "encryption", "plain bytes", "Save the model without a password.");
        }

        if (U16(rest[10..]) != 0)
        {
            throw new CheckpointException(
                file.Path, Entry(name), $"compression method {U16(rest[10..])}",
                "uncompressed bytes, as torch.save writes them",
                "Write the file with torch.save, or convert it to safetensors.");
        }

        long packed = U32(rest[20..]), length = U32(rest[24..]), header = U32(rest[42..]);
        var extra = rest.Slice(CentralBytes + nameLength, extraLength);
        ReadZip64Extra(file, name, extra, ref length, ref packed, ref header);
        rest = rest[total..];
        return Locate(file, name, header, length, packed);
    }

    private static void ReadZip64Extra(
        CheckpointBytes file, string name, ReadOnlySpan<byte> extra, ref long length, ref long packed, ref long header)
    {
        var body = FindZip64Body(extra);

        // The 64-bit values stand in this order, each only where the 32-bit field is all ones.
        Take(ref body, ref length);
        Take(ref body, ref packed);
        Take(ref body, ref header);

        void Take(ref ReadOnlySpan<byte> body, ref long value)
        {
            if (value != uint.MaxValue)
            {
                return;
            }

            if (body.Length < sizeof(long))
            {
                throw Bad(file, $"{Entry(name)} without its zip64 sizes", "64-bit sizes");
            }

            value = I64(body);
            body = body[sizeof(long)..];
        }
    }

    /// <summary>The extra field of kind 1; empty where there is none.</summary>
    private static ReadOnlySpan<byte> FindZip64Body(ReadOnlySpan<byte> extra)
    {
        while (extra.Length >= 4)
        {
            int kind = U16(extra), size = Math.Min(U16(extra[2..]), extra.Length - 4);
            if (kind == 1)
            {
                return extra.Slice(4, size);
            }

            extra = extra[(4 + size)..];
        }

        return [];
    }

    private static ZipEntry Locate(CheckpointBytes file, string name, long header, long length, long packed)
    {
        Span<byte> local = stackalloc byte[LocalBytes];
        file.Read(header, local, Entry(name));
        if (!local.StartsWith("PK\x03\x04"u8))
        {
            throw Bad(file, $"{Entry(name)} without a local header", "one where the directory points");
        }

        var offset = header + LocalBytes + U16(local[26..]) + U16(local[28..]);
        if (length != packed || length < 0 || length > file.Length - offset)
        {
            throw Bad(
                file, $"{Entry(name)} of {length} bytes at byte {offset}", $"bytes within the file's {file.Length}");
        }

        return new ZipEntry(name, offset, length);
    }

    private static string Entry(string name) => $"zip entry {CheckpointException.Quote(name)}";

    private static ushort U16(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt16LittleEndian(bytes);

    private static uint U32(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt32LittleEndian(bytes);

    private static long I64(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadInt64LittleEndian(bytes);

    private static CheckpointException Bad(CheckpointBytes file, string found, string expected) =>
        new(file.Path, "zip archive", found, expected, Damaged);
}
