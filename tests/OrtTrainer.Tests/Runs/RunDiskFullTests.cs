using OrtTrainer.Common;
using OrtTrainer.Options;
using OrtTrainer.Runs;
using OrtTrainer.Tests.Checkpoints;

namespace OrtTrainer.Tests.Runs;

public sealed class RunDiskFullTests
{
    [Test]
    public void A_full_disk_ends_a_run_clearly_and_it_goes_on_from_the_checkpoint_that_was_whole()
    {
        using TinyTask tiny = new();
        FineTuneOptions options = tiny.Options("whole") with { CheckpointSeconds = 0, Epochs = 2 };
        TinyTask.Run(options);
        long checkpoint = new FileInfo(Path.Combine(tiny.Output("whole"), "run", "checkpoint.safetensors")).Length;
        int room = (int)(checkpoint * 2.5 / 1024);
        Exception? failure;
        using (SmallDisk disk = SmallDisk.MountOrSkip(tiny.Output("disk"), room))
        {
            failure = Assert.Catch(() => TinyTask.Run(options with { Output = Path.Combine(disk.Path, "out") }));
            Copy(Path.Combine(disk.Path, "out"), tiny.Output("rescued"));
        }

        Assert.That(failure, Is.TypeOf<FileWriteException>().With.Message.Contains("checkpoint.safetensors")
            .And.Message.Contains("disk is full").And.Message.Contains("Free some space"));
        EventList events = new();
        RunSummary summary = FineTuner.ResumeAsync(tiny.Output("rescued"), events).GetAwaiter().GetResult();
        Assert.That(events.Of<RunEvent.Started>().Single().StartStep, Is.Positive);
        Assert.That(summary.Steps, Is.EqualTo(16));
        Assert.That(tiny.RunFile("rescued", "last.safetensors"), Is.EqualTo(tiny.RunFile("whole", "last.safetensors")));
        Assert.That(tiny.RunFile("rescued", "averaged.safetensors"), Is.EqualTo(
            tiny.RunFile("whole", "averaged.safetensors")));
    }

    private static void Copy(string from, string to)
    {
        foreach (string file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            string target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }
}
