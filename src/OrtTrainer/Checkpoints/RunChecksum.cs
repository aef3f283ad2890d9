using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace OrtTrainer.Checkpoints;

/// <summary>
/// SHA-256 over a run's state: the texts in order of their keys, then each tensor's name, type, shape and bytes. Every
/// text and shape is preceded by its length, so that no two states give the same input.
/// </summary>
internal sealed class RunChecksum : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public RunChecksum(IReadOnlyDictionary<string, string> state)
    {
        Append(state.Count);
        foreach (var (key, value) in state.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            Append(key);
            Append(value);
        }
    }

    public void Append(string name, ElementType type, ReadOnlySpan<long> shape)
    {
        Append(name);
        Append(type.ToSafetensors());
        Append(shape.Length);
        Append(MemoryMarshal.AsBytes(shape));
    }

    public void Append(ReadOnlySpan<byte> bytes) => _hash.AppendData(bytes);

    /// <summary>64 hexadecimal digits.</summary>
    public string Finish() => Convert.ToHexStringLower(_hash.GetHashAndReset());

    public void Dispose() => _hash.Dispose();

    private void Append(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        Append(bytes.Length);
        Append(bytes);
    }

    private void Append(int number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, number);
        Append(bytes);
    }
}
