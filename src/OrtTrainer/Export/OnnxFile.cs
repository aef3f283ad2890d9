using System.Globalization;
using Google.Protobuf;
using OrtTrainer.Common;
using OrtTrainer.Graph.Onnx;

namespace OrtTrainer.Export;

/// <summary>
/// Writes an ONNX model: in one file, or with its weights in a second one beside it where they would come near
/// protobuf's limit of 2 GB.
/// </summary>
internal static class OnnxFile
{
    // What optimum appends to the name of a graph, and transformers.js looks for.
    private const string DataSuffix = "_data";

    /// <summary>Weights of more bytes than this go into the second file.</summary>
    public const long DefaultInlineLimit = 1L << 30;

    // Shapes and other small constants stay in the model, where runtimes fold them.
    private const int SmallestExternal = 1024;

    // What the ONNX specification recommends, so that tensors can be mapped into memory.
    private const int Alignment = 4096;

    /// <summary>The name of the second file of a graph.</summary>
    public static string DataNameOf(string graph) => graph + DataSuffix;

    /// <summary>Whether the weights are too large for one file.</summary>
    public static bool NeedsExternalData(ModelProto model, long inlineLimit) =>
        model.Graph.Initializer.Sum(tensor => (long)tensor.RawData.Length) > inlineLimit;

    /// <summary>
    /// Writes the model into a folder, which is made if absent; with external data, the weights leave
    /// <paramref name="model"/> too.
    /// </summary>
    /// <exception cref="FileWriteException">The disk is full or the folder may not be written.</exception>
    public static void Write(string folder, string name, ModelProto model, bool externalData)
    {
        Directory.CreateDirectory(folder);
        if (externalData)
        {
            AtomicFile.Write(
                Path.Combine(folder, DataNameOf(name)), stream => MoveWeights(model, DataNameOf(name), stream));

            // ONNX Runtime, which loads the same weights next, is not seen by the garbage collector.
            GC.Collect();
        }

        AtomicFile.Write(Path.Combine(folder, name), stream => model.WriteTo(stream));
    }

    private static void MoveWeights(ModelProto model, string location, Stream stream)
    {
        Span<byte> padding = stackalloc byte[Alignment];
        padding.Clear();
        long offset = 0;
        foreach (TensorProto tensor in model.Graph.Initializer.Where(t => t.RawData.Length >= SmallestExternal))
        {
            int gap = (int)(-offset & (Alignment - 1));
            stream.Write(padding[..gap]);
            offset += gap;
            tensor.RawData.WriteTo(stream);
            tensor.ExternalData.AddRange([
                Entry("location", location),
                Entry("offset", Number(offset)),
                Entry("length", Number(tensor.RawData.Length)),
            ]);
            tensor.DataLocation = TensorProto.Types.DataLocation.External;
            offset += tensor.RawData.Length;
            tensor.ClearRawData();
        }
    }

    private static StringStringEntryProto Entry(string key, string value) => new() { Key = key, Value = value };

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
