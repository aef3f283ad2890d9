using System.Diagnostics;
using OrtTrainer.Packs;

namespace OrtTrainer.Tests.Packs;

/// <summary>A pack's training in a process that a test can kill, with a checkpoint after every step.</summary>
internal static class ChildPack
{
    /// <summary>What the process is told.</summary>
    public const string Word = "pack";

    public static Process Start(string pack, string train, string output)
    {
        string host = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        return Process.Start(new ProcessStartInfo(
            host, ["exec", typeof(ChildPack).Assembly.Location, Word, pack, train, output])
        {
            RedirectStandardOutput = true,
        })!;
    }

    /// <summary>Trains for so long that nobody waits for the end; a line per step.</summary>
    public static int Run(string pack, string train, string output)
    {
        using PackTraining training = new(Pack.Open(pack), new PackTrainingOptions
        {
            Train = train, Output = output, Epochs = 100_000, BatchSize = 4, CheckpointEvery = 1, Threads = 1,
        });
        training.Run(step => Console.WriteLine(step.Step), default);
        return 0;
    }
}
