using System.Buffers.Binary;
using System.Text;

namespace OrtTrainer.Tests.Checkpoints;

/// <summary>Safetensors files put together byte by byte, independently of the writer under test.</summary>
internal static class SafetensorsBytes
{
    /// <summary>Length, header and data; <paramref name="claimedLength"/> lies about the header's length.</summary>
    public static byte[] Join(string header, byte[] data, ulong? claimedLength = null)
    {
        var json = Encoding.UTF8.GetBytes(header);
        var file = new byte[8 + json.Length + data.Length];
        BinaryPrimitives.WriteUInt64LittleEndian(file, claimedLength ?? (ulong)json.Length);
        json.CopyTo(file, 8);
        data.CopyTo(file, 8 + json.Length);
        return file;
    }

    /// <summary>A file with the one tensor <c>x</c>.</summary>
    public static byte[] One(string type, string shape, byte[] data) =>
        Join($$$"""{"x":{"dtype":"{{{type}}}","shape":{{{shape}}},"data_offsets":[0,{{{data.Length}}}]}}""", data);
}
