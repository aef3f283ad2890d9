using System.Buffers.Binary;
using System.IO.Compression;

namespace OrtTrainer.Tests.Checkpoints;

/// <summary>Files as torch.save lays them out, around a pickle and storages made by hand.</summary>
internal static class TorchBytes
{
    /// <summary>
    /// 1 to 6 as float32 in storage "0", seen as w [2, 3], its transpose t [3, 2] and every other column s [2, 2].
    /// </summary>
    public static byte[] SixFloats()
    {
        var bytes = new byte[24];
        for (var i = 0; i < 6; i++)
        {
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(4 * i), i + 1);
        }

        return bytes;
    }

    public static byte[] SixFloatsPickle() =>
        new PickleWriter().BeginState()
            .Tensor("w", "FloatStorage", "0", 6, 0, [2, 3], [3, 1])
            .Tensor("t", "FloatStorage", "0", 6, 0, [3, 2], [1, 3])
            .Tensor("s", "FloatStorage", "0", 6, 1, [2, 2], [3, 1])
            .Tensor("r", "FloatStorage", "0", 6, 5, [3], [0])
            .Tensor("e", "FloatStorage", "0", 6, 0, [0, 4], [4, 1])
            .EndState().ToArray();

    public static byte[] Zip(
        byte[] pickle, byte[]? storage, string byteOrder = "little",
        CompressionLevel compression = CompressionLevel.NoCompression)
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            Add("archive/data.pkl", pickle);
            Add("archive/byteorder", System.Text.Encoding.ASCII.GetBytes(byteOrder));
            if (storage is not null)
            {
                Add("archive/data/0", storage);
            }

            void Add(string name, byte[] bytes)
            {
                using var entry = zip.CreateEntry(name, compression).Open();
                entry.Write(bytes);
            }
        }

        return stream.ToArray();
    }

    /// <summary>The format before torch 1.6 with the one storage "0".</summary>
    public static byte[] Legacy(byte[] pickle, byte[] storage, long count, int version = 1001) =>
    [
        .. new PickleWriter().Proto().Raw(0x8A, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19).Stop()
            .ToArray(),
        .. new PickleWriter().Proto().Integer(version).Stop().ToArray(),
        .. new PickleWriter().Proto().Op('}').Op('(').Text("little_endian").Raw(0x88).Op('u').Stop().ToArray(),
        .. pickle,
        .. new PickleWriter().Proto().Op(']').Text("0").Op('a').Stop().ToArray(),
        .. BitConverter.GetBytes(count),
        .. storage,
    ];
}
