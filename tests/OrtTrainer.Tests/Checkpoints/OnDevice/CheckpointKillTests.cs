using System.Diagnostics;
using OrtTrainer.Checkpoints.OnDevice;
using OrtTrainer.Randomness;

namespace OrtTrainer.Tests.Checkpoints.OnDevice;

/// <summary>A process that is killed while it writes leaves a checkpoint that can be read.</summary>
internal sealed class CheckpointKillTests
{
    private const int Kills = 50;

    [Test]
    public void A_kill_at_any_moment_leaves_a_whole_checkpoint_50_of_50_times()
    {
        using TemporaryFolder folder = new();
        string path = folder.File("checkpoint");
        SeededRandom random = new(50);
        int[] delays = [.. Enumerable.Range(0, Kills).Select(_ => random.NextInt(20_000))];
        int whole = 0, alive = 0;

        // Some at once, each with a file of its own: most of the time is taken by processes that start.
        Parallel.For(0, Kills, new ParallelOptions { MaxDegreeOfParallelism = 4 }, kill =>
        {
            string own = $"{path}{kill}";
            using Process child = ChildCheckpoints.Start(own);
            while (int.Parse(child.StandardOutput.ReadLine()!) < 2)
            {
                // The first checkpoint is there once the second begins.
            }

            Thread.Sleep(TimeSpan.FromMicroseconds(delays[kill]));
            Interlocked.Add(ref alive, child.HasExited ? 0 : 1);
            child.Kill();
            child.WaitForExit();
            using DeviceCheckpointFile file = DeviceCheckpointFile.OpenFile(own);
            Interlocked.Add(ref whole, ChildCheckpoints.IsWhole(file) ? 1 : 0);
        });

        Assert.That((alive, whole), Is.EqualTo((Kills, Kills)), "alive when killed, and whole afterwards");
    }
}
