using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using OrtTrainer.Data;
using OrtTrainer.Models;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Teachers;

/// <summary>
/// Tells whether texts are the ones that a teacher saw: SHA-256 of the texts themselves, in order, whatever file they
/// come from. Labels do not enter: no teacher sees them.
/// </summary>
internal static class TextHash
{
    /// <summary>64 hexadecimal digits for all texts.</summary>
    public static string Of(Dataset data)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (Example example in data.Examples)
        {
            hash.AppendData(Of(example));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>64 hexadecimal digits for all tokens, and for the rows of a table that they have.</summary>
    public static string Of(IReadOnlyList<TokenizedExample> inputs, TokenRows rows)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach ((TokenizedExample input, int[] places) in inputs.Zip(rows.OfInputs))
        {
            hash.AppendData(MemoryMarshal.AsBytes<int>([input.InputIds.Length]));
            hash.AppendData(MemoryMarshal.AsBytes<int>(input.InputIds));
            hash.AppendData(MemoryMarshal.AsBytes<int>(input.TokenTypeIds));
            hash.AppendData(MemoryMarshal.AsBytes<int>(places));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>A number per text, [N]: the first eight bytes of its hash.</summary>
    public static long[] Rows(Dataset data) =>
        [.. data.Examples.Select(example => BinaryPrimitives.ReadInt64LittleEndian(Of(example)))];

    // Each text is preceded by its length, so that none can pass a letter to the next; -1 stands for no pair.
    private static byte[] Of(Example example)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> length = stackalloc byte[sizeof(int)];
        foreach (string? text in new[] { example.Text, example.Pair })
        {
            BinaryPrimitives.WriteInt32LittleEndian(length, text?.Length ?? -1);
            hash.AppendData(length);
            hash.AppendData(MemoryMarshal.AsBytes(text.AsSpan()));
        }

        if (example.Attachment is { } attachment)
        {
            hash.AppendData(attachment);
        }

        return hash.GetHashAndReset();
    }
}
