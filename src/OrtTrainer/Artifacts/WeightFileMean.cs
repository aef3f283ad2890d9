using OrtTrainer.Checkpoints;
using OrtTrainer.Checkpoints.OnDevice;
using OrtTrainer.Common;
using OrtTrainer.Runtime;
using OrtTrainer.Training.Averaging;

namespace OrtTrainer.Artifacts;

/// <summary>
/// The mean of weight files of one model: checkpoints that devices saved, or safetensors. Float32 tensors are averaged;
/// others, such as position ids, are those of the first file.
/// </summary>
internal static class WeightFileMean
{
    /// <summary>Writes the mean in the form of the first file; a checkpoint then has no state of an
    /// optimizer.</summary>
    /// <param name="files">Two or more, whose tensors are the same by name, type and shape.</param>
    /// <param name="rule">What each counts.</param>
    /// <param name="output">The file to write.</param>
    /// <exception cref="CheckpointException">A file is damaged, or has other tensors than the first.</exception>
    /// <exception cref="RunException">A file is of no known form.</exception>
    /// <exception cref="FileWriteException">The file cannot be written.</exception>
    public static void Write(IReadOnlyList<string> files, AveragingRule rule, string output)
    {
        using Checkpoint first = Open(files[0]);
        TensorInfo[] averaged = [.. Tensors(first).Where(info => info.ElementType == ElementType.Float32)];
        long length = averaged.Sum(info => info.ElementCount);
        using WeightBuffer mean = new(Device.Default, length), next = new(Device.Default, length);
        for (int n = 0; n < files.Count; n++)
        {
            using Checkpoint file = Open(files[n]);
            RequireSame(first, file);
            long at = 0;
            foreach (TensorInfo info in averaged)
            {
                file.ReadFloats(info.Name, next, at);
                at += info.ElementCount;
            }

            rule.Blend(next, mean, n);
        }

        Dictionary<string, TensorData> tensors = [];
        long offset = 0;
        foreach (TensorInfo info in averaged)
        {
            tensors.Add(info.Name, TensorData.Floats(info.Name, info.Shape.AsSpan(), mean, offset));
            offset += info.ElementCount;
        }

        TensorData DataOf(string name) =>
            tensors.GetValueOrDefault(name) ?? TensorData.Of(first, Tensors(first).Single(t => t.Name == name));
        switch (first)
        {
            case DeviceCheckpointFile checkpoint:
                DeviceCheckpointWriter.Write(output, new DeviceCheckpoint
                {
                    Trainable = [.. checkpoint.Trainable.Select(DataOf)],
                    Frozen = [.. checkpoint.Frozen.Select(DataOf)],
                    Properties = checkpoint.Properties,
                });
                break;
            case SafetensorsFile safetensors:
                SafetensorsWriter.Write(output, first.Names.Select(DataOf), safetensors.Metadata);
                break;
        }
    }

    /// <summary>A checkpoint of a device or a safetensors file.</summary>
    /// <exception cref="CheckpointException">It is damaged or has no values.</exception>
    public static Checkpoint Open(string path)
    {
        if (!DeviceCheckpointFile.IsCheckpoint(path))
        {
            return SafetensorsFile.OpenFile(path);
        }

        DeviceCheckpointFile checkpoint = DeviceCheckpointFile.OpenFile(path);
        try
        {
            checkpoint.RequireValues();
            return checkpoint;
        }
        catch
        {
            checkpoint.Dispose();
            throw;
        }
    }

    private static IEnumerable<TensorInfo> Tensors(Checkpoint file)
    {
        foreach (string name in file.Names)
        {
            if (file.TryGet(name, out TensorInfo info))
            {
                yield return info;
            }
        }
    }

    private static void RequireSame(Checkpoint first, Checkpoint other)
    {
        foreach (TensorInfo info in Tensors(first))
        {
            bool isThere = other.TryGet(info.Name, out TensorInfo found);
            if (!isThere || found.ElementType != info.ElementType || !found.Shape.SequenceEqual(info.Shape))
            {
                throw Differs(
                    other, info.Name, isThere ? $"{found}" : "none of that name", $"{info}, as in {first.Path}");
            }
        }

        if (other.Names.FirstOrDefault(name => !first.TryGet(name, out _)) is { } extra)
        {
            throw Differs(other, extra, "a tensor of that name", $"none, as in {first.Path}");
        }
    }

    private static CheckpointException Differs(Checkpoint file, string tensor, string found, string expected) => new(
        file.Path, $"tensor {CheckpointException.Quote(tensor)}", found, expected,
        "Average weights of one model alone: leave this file out.");
}
