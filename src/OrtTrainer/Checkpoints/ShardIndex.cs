using System.Text.Json;

namespace OrtTrainer.Checkpoints;

/// <summary>
/// <c>model.safetensors.index.json</c> or <c>pytorch_model.bin.index.json</c>: which shard holds each tensor, as
/// Hugging Face splits large models.
/// </summary>
internal static class ShardIndex
{
    private const long LargestIndex = 100_000_000;

    /// <summary>Tensor names and the shard's file name, in the file's order.</summary>
    /// <exception cref="CheckpointException">The file is damaged or points outside its folder.</exception>
    public static IReadOnlyList<KeyValuePair<string, string>> Read(string path)
    {
        var json = ReadBytes(path);
        try
        {
            using var document = JsonDocument.Parse(json);
            return ReadWeightMap(path, document.RootElement);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // JsonElement reports text that is no valid Unicode as InvalidOperationException.
            throw Bad(path, "index", $"invalid JSON ({e.Message})", "an object with weight_map", e);
        }
    }

    private static List<KeyValuePair<string, string>> ReadWeightMap(string path, JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("weight_map", out var map)
            || map.ValueKind != JsonValueKind.Object)
        {
            throw Bad(path, "weight_map", "no such object", "tensor names with the file of each");
        }

        var entries = new List<KeyValuePair<string, string>>();
        var names = new HashSet<string>();
        foreach (var property in map.EnumerateObject())
        {
            var part = $"weight_map {CheckpointException.Quote(property.Name)}";
            if (!names.Add(property.Name))
            {
                throw Bad(path, part, "the name twice", "every name once");
            }

            entries.Add(new(property.Name, ReadFileName(path, part, property.Value)));
        }

        return entries.Count > 0 ? entries : throw Bad(path, "weight_map", "no tensors", "at least one");
    }

    private static byte[] ReadBytes(string path)
    {
        using var file = CheckpointBytes.Open(path);
        if (file.Length > LargestIndex)
        {
            throw Bad(path, "file", $"{file.Length} bytes", $"at most {LargestIndex}");
        }

        var json = new byte[file.Length];
        file.Read(0, json, "index");
        return json;
    }

    private static string ReadFileName(string path, string part, JsonElement value)
    {
        var name = value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

        // A shard lies beside its index: anything else would let an index read files elsewhere.
        return name.Length > 0 && name is not ("." or "..") && name.AsSpan().IndexOfAny('/', '\\', '\0') < 0
            ? name
            : throw Bad(path, part, CheckpointException.Quote(name), "the name of a file in the same folder");
    }

    private static CheckpointException Bad(
        string path, string part, string found, string expected, Exception? inner = null) =>
        new(Path.GetFullPath(path), part, found, expected, "Download or write the index again.", inner);
}
