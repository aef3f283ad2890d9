using System.Runtime.InteropServices;
using OrtTrainer.Checkpoints;
using OrtTrainer.Checkpoints.OnDevice;

namespace OrtTrainer.Tests.OnDevice;

/// <summary>A parameter with its moments.</summary>
internal sealed record StandInParameter(string Name, long[] Shape, float[] Values, bool Trainable)
{
    public float[][] Moments { get; set; } = [];
}

/// <summary>The state of a checkpoint that a session changes.</summary>
internal sealed class StandInCheckpoint
{
    public required IReadOnlyList<StandInParameter> Parameters { get; init; }

    public required IReadOnlyDictionary<string, object> Properties { get; init; }

    public long Step { get; set; }

    public static StandInCheckpoint Load(string path)
    {
        using DeviceCheckpointFile file = DeviceCheckpointFile.OpenFile(path);
        return new StandInCheckpoint
        {
            Parameters = [.. file.Names.Select(name => Parameter(file, name))],
            Properties = file.Properties,
            Step = file.Optimizer?.Step ?? 0,
        };
    }

    public void Save(string path, bool withOptimizer)
    {
        DeviceCheckpointWriter.Write(path, new DeviceCheckpoint
        {
            Trainable = [.. Parameters.Where(p => p.Trainable).Select(p => Data(p.Name, p, p.Values))],
            Frozen = [.. Parameters.Where(p => !p.Trainable).Select(p => Data(p.Name, p, p.Values))],
            Properties = Properties,
            Optimizer = !withOptimizer ? null : new DeviceOptimizerState(
                Step, InitialLearningRate: 0,
                Parameters.Where(p => p.Trainable).ToDictionary(
                    p => p.Name,
                    p => (IReadOnlyList<TensorData>)[.. p.Moments.Select(moment => Data("moment", p, moment))])),
        });
    }

    private static StandInParameter Parameter(DeviceCheckpointFile file, string name)
    {
        Assert.That(file.TryGet(name, out TensorInfo info), name);
        float[] values = new float[info.ElementCount];
        file.ReadFloats(name, values);
        return new StandInParameter(name, [.. info.Shape], values, file.Trainable.Contains(name))
        {
            Moments = [.. (file.Optimizer?.Moments.GetValueOrDefault(name) ?? []).Select(Values)],
        };
    }

    private static float[] Values(TensorData tensor)
    {
        List<float> values = [];
        tensor.Visit(bytes => values.AddRange(MemoryMarshal.Cast<byte, float>(bytes)));
        return [.. values];
    }

    private static TensorData Data(string name, StandInParameter parameter, float[] values) =>
        TensorData.Floats(name, parameter.Shape, values.AsMemory());
}
