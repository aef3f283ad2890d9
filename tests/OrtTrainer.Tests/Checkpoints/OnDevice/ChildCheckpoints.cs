using System.Diagnostics;
using OrtTrainer.Checkpoints;
using OrtTrainer.Checkpoints.OnDevice;
using OrtTrainer.Tests.Runs;

namespace OrtTrainer.Tests.Checkpoints.OnDevice;

/// <summary>A process that writes one checkpoint over another until it is killed.</summary>
internal static class ChildCheckpoints
{
    /// <summary>What starts it.</summary>
    public const string Word = "--write-checkpoints";

    // Large enough that most moments are in the middle of writing.
    private const int Values = 200_000;

    /// <summary>Writes, and prints a line before each.</summary>
    public static int WriteForever(string path)
    {
        for (int n = 0; ; n++)
        {
            Console.WriteLine(n);
            DeviceCheckpointWriter.Write(path, Content(n));
        }
    }

    /// <summary>Whether a checkpoint is one of those, whole.</summary>
    public static bool IsWhole(DeviceCheckpointFile file)
    {
        float[] values = new float[Values];
        file.ReadFloats("a.weight", values);
        return file.Properties["n"] is long n && values.All(value => value == n)
            && file.Optimizer!.Step == n;
    }

    public static Process Start(string path) => Process.Start(new ProcessStartInfo(
        Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet",
        ["exec", typeof(ChildRun).Assembly.Location, Word, path])
    {
        RedirectStandardOutput = true,
    })!;

    private static DeviceCheckpoint Content(int n)
    {
        TensorData values = TensorData.Floats("a.weight", [Values], Enumerable.Repeat((float)n, Values).ToArray());
        return new DeviceCheckpoint
        {
            Trainable = [values],
            Optimizer = new(n, 1e-3f, new Dictionary<string, IReadOnlyList<TensorData>>
            {
                [values.Name] = [values, values],
            }),
            Properties = new Dictionary<string, object> { ["n"] = (long)n },
        };
    }
}
