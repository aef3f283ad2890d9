using Google.Protobuf;

namespace OrtTrainer.Teachers;

/// <summary>
/// The files beside an ONNX model that hold tensors of it (external_data). Found by skimming the file, so that weights
/// inside it are not loaded for it. Field numbers are those of onnx.proto.
/// </summary>
internal static class OnnxDataFiles
{
    // Protobuf's own limit, beyond which no session opens the model either.
    private const int DeepestNesting = 100;

    private enum Message
    {
        Model,
        Graph,
        Function,
        Node,
        Attribute,
        SparseTensor,
        Tensor,
        ExternalData,
    }

    // The messages that tensors can lie in, and the fields that lead to them.
    private static readonly Dictionary<(Message, int), Message> Fields = new()
    {
        [(Message.Model, 7)] = Message.Graph,
        [(Message.Model, 25)] = Message.Function,
        [(Message.Function, 7)] = Message.Node,
        [(Message.Graph, 1)] = Message.Node,
        [(Message.Graph, 5)] = Message.Tensor,
        [(Message.Graph, 15)] = Message.SparseTensor,
        [(Message.Node, 5)] = Message.Attribute,
        [(Message.Attribute, 5)] = Message.Tensor,
        [(Message.Attribute, 6)] = Message.Graph,
        [(Message.Attribute, 10)] = Message.Tensor,
        [(Message.Attribute, 11)] = Message.Graph,
        [(Message.Attribute, 22)] = Message.SparseTensor,
        [(Message.Attribute, 23)] = Message.SparseTensor,
        [(Message.SparseTensor, 1)] = Message.Tensor,
        [(Message.SparseTensor, 2)] = Message.Tensor,
        [(Message.Tensor, 13)] = Message.ExternalData,
    };

    /// <summary>
    /// Full paths, each once, in ordinal order; a file that is missing is left for the session to tell.
    /// </summary>
    /// <exception cref="InvalidDataException">The file is no ONNX model.</exception>
    public static IReadOnlyList<string> Of(string onnxFile)
    {
        HashSet<string> locations = new(StringComparer.Ordinal);
        using FileStream file = File.OpenRead(onnxFile);
        try
        {
            using CodedInputStream input = new(file, leaveOpen: true);
            Skim(input, file.Length, Message.Model, depth: 0, locations);
        }
        catch (Exception cause) when (cause is InvalidProtocolBufferException or EndOfStreamException)
        {
            throw new InvalidDataException(
                $"{onnxFile}: is no ONNX model, or is damaged ({cause.Message}). Export or copy it again.", cause);
        }

        string folder = Path.GetDirectoryName(Path.GetFullPath(onnxFile))!;
        return [.. locations.Select(location => Path.Combine(folder, location)).Where(File.Exists)
            .Order(StringComparer.Ordinal)];
    }

    private static void Skim(
        CodedInputStream input, long end, Message message, int depth, HashSet<string> locations)
    {
        string? key = null;
        while (input.Position < end)
        {
            uint tag = input.ReadTag();
            if (tag == 0 || depth > DeepestNesting)
            {
                throw new EndOfStreamException(tag == 0 ? "it ends within a message" : "it nests too deeply");
            }

            int field = WireFormat.GetTagFieldNumber(tag);
            if (message == Message.ExternalData && field == 1)
            {
                key = input.ReadString();
            }
            else if (message == Message.ExternalData && field == 2)
            {
                string value = input.ReadString();
                if (key == "location")
                {
                    locations.Add(value);
                }
            }
            else if (Fields.TryGetValue((message, field), out Message inner)
                && WireFormat.GetTagWireType(tag) == WireFormat.WireType.LengthDelimited)
            {
                int length = input.ReadLength();
                Skim(input, input.Position + length, inner, depth + 1, locations);
            }
            else
            {
                input.SkipLastField();
            }
        }
    }
}
