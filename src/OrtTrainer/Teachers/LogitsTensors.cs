using System.Text.Json;
using OrtTrainer.Checkpoints;
using OrtTrainer.Common;

namespace OrtTrainer.Teachers;

/// <summary>Logits as a safetensors file.</summary>
internal static class LogitsTensors
{
    public const string Extension = ".safetensors";

    private const string Logits = "logits";
    private const string RowHash = "row_hash";
    private const string Labels = "labels";
    private const string Origin = "orttrainer.origin";

    /// <exception cref="CheckpointException">The file is damaged, or its tensors are not those of logits.</exception>
    public static LogitsContent Read(string path)
    {
        using SafetensorsFile file = SafetensorsFile.OpenFile(path);
        if (!file.TryGet(Logits, out TensorInfo info) || info.Shape is not [var rows, var outputs]
            || rows * outputs > int.MaxValue)
        {
            throw new CheckpointException(path, $"tensor {Logits}", info?.ToString() ?? "no such tensor",
                "a tensor of that name and of the shape [rows, labels]", "Save the teacher's logits under that name.");
        }

        float[] values = new float[info.ElementCount];
        file.ReadFloats(Logits, values);
        long[]? hashes = null;
        if (file.TryGet(RowHash, out _))
        {
            _ = file.Require(RowHash, rows);
            hashes = new long[rows];
            file.ReadInt64s(RowHash, hashes);
        }

        string[]? labels = Parse<string[]>(file, Labels);
        return labels is null || labels.Length == outputs
            ? new(values, (int)rows, (int)outputs, labels, hashes, Parse<LogitsOrigin>(file, Origin))
            : throw new CheckpointException(path, $"metadata {Labels}", $"{labels.Length} names",
                $"{outputs}, one per column of {info}", "Correct it, or leave it out.");
    }

    /// <exception cref="FileWriteException">The disk is full or the folder may not be written.</exception>
    public static void Write(string path, LogitsContent content)
    {
        Dictionary<string, string> metadata = new()
        {
            [Origin] = JsonSerializer.Serialize(content.Origin, RunJson.Options),
        };
        if (content.Labels is { } labels)
        {
            metadata[Labels] = JsonSerializer.Serialize(labels, RunJson.Options);
        }

        SafetensorsWriter.Write(
            path,
            [
                TensorData.Floats(Logits, [content.Rows, content.Outputs], content.Values),
                TensorData.Int64s(RowHash, [content.Rows], content.RowHashes),
            ],
            metadata);
    }

    private static T? Parse<T>(SafetensorsFile file, string key)
        where T : class
    {
        if (!file.Metadata.TryGetValue(key, out string? text))
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize<T>(text, RunJson.Options);
        }
        catch (JsonException cause)
        {
            throw new CheckpointException(file.Path, $"metadata {key}", CheckpointException.Quote(text),
                key == Labels ? "a JSON array of the labels' names" : "what this program writes there",
                "Correct it, or leave it out.", cause);
        }
    }
}
