using System.Globalization;
using Google.Protobuf;
using OrtTrainer.Graph.Onnx;
using static OrtTrainer.Graph.Onnx.TensorProto.Types;

namespace OrtTrainer.Graph;

/// <summary>
/// Tensors whose bytes lie in a file beside the model, as ONNX's <c>external_data</c> describes them.
/// </summary>
internal static class ExternalTensor
{
    /// <summary>
    /// Offsets of large tensors are multiples of a page, so that they can be mapped; of others, of a cache line.
    /// </summary>
    private const int Page = 4096;

    private const int CacheLine = 64;

    /// <summary>From how many bytes on a tensor is large.</summary>
    private const int Large = 1 << 16;

    /// <summary>Shorter tensors stay in the model, where shape inference can read them.</summary>
    private const int Smallest = 1024;

    /// <summary>Loads the tensor's bytes if they are external.</summary>
    /// <exception cref="GraphException">The file is absent, too short, or outside the folder, or the entry is
    /// damaged.</exception>
    public static void Load(TensorProto tensor, string folder)
    {
        if (tensor.DataLocation != DataLocation.External)
        {
            return;
        }

        string file = Resolve(tensor, folder);
        long expected = ((ElementType)tensor.DataType).Size() * tensor.ValueType().Shape.ElementCount;
        long offset = Number(tensor, "offset") ?? 0;
        long length = Number(tensor, "length") ?? expected;
        if (length != expected)
        {
            throw Damaged(tensor, $"its length is {length} bytes, but {tensor.ValueType()} takes {expected}");
        }

        using FileStream stream = OpenRead(tensor, file);
        if (offset > stream.Length - length)
        {
            throw Damaged(tensor, $"{length} bytes at offset {offset} are asked for, but {file} has {stream.Length}");
        }

        byte[] bytes = new byte[length];
        stream.Position = offset;
        stream.ReadExactly(bytes);
        tensor.RawData = UnsafeByteOperations.UnsafeWrap(bytes);
        tensor.ExternalData.Clear();
        tensor.DataLocation = DataLocation.Default;
    }

    /// <summary>
    /// Writes the tensor to <paramref name="data"/> and returns its description; the tensor itself if it is short.
    /// </summary>
    public static TensorProto Store(TensorProto tensor, Stream data, string location)
    {
        if (!tensor.HasRawData || tensor.RawData.Length < Smallest)
        {
            return tensor;
        }

        int alignment = tensor.RawData.Length >= Large ? Page : CacheLine;
        long offset = (data.Position + alignment - 1) / alignment * alignment;
        data.Write(new byte[offset - data.Position]);
        data.Write(tensor.RawData.Span);
        TensorProto stored = new()
        {
            Name = tensor.Name,
            DataType = tensor.DataType,
            DataLocation = DataLocation.External,
        };
        stored.Dims.AddRange(tensor.Dims);
        stored.ExternalData.Add(new StringStringEntryProto { Key = "location", Value = location });
        stored.ExternalData.Add(Entry("offset", offset));
        stored.ExternalData.Add(Entry("length", tensor.RawData.Length));
        return stored;
    }

    /// <summary>
    /// The file an entry names. A model may come from anywhere, so it must not reach files outside its folder.
    /// </summary>
    private static string Resolve(TensorProto tensor, string folder)
    {
        string location = Text(tensor, "location") ?? throw Damaged(tensor, "it names no file");
        string inside = Path.GetFullPath(folder) + Path.DirectorySeparatorChar;
        string file = Path.GetFullPath(Path.Combine(folder, location));
        return !Path.IsPathRooted(location) && file.StartsWith(inside, StringComparison.Ordinal)
            ? file
            : throw Damaged(tensor, $"'{location}' is outside the model's folder");
    }

    private static FileStream OpenRead(TensorProto tensor, string file)
    {
        try
        {
            return File.OpenRead(file);
        }
        catch (IOException cause)
        {
            throw new GraphException(
                $"The external data of tensor '{tensor.Name}' cannot be read: {cause.Message}", cause);
        }
    }

    private static string? Text(TensorProto tensor, string key) =>
        tensor.ExternalData.FirstOrDefault(e => e.Key == key)?.Value;

    private static long? Number(TensorProto tensor, string key) => Text(tensor, key) is not { } text
        ? null
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long value)
            ? value
            : throw Damaged(tensor, $"{key} is '{text}', not a number from 0 up");

    private static StringStringEntryProto Entry(string key, long value) =>
        new() { Key = key, Value = value.ToString(CultureInfo.InvariantCulture) };

    private static GraphException Damaged(TensorProto tensor, string why) =>
        new($"The external data of tensor '{tensor.Name}' cannot be used: {why}.");
}
