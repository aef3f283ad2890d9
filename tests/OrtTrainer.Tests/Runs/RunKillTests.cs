using System.Text.Json;
using OrtTrainer.Common;
using OrtTrainer.Options;
using OrtTrainer.Randomness;
using OrtTrainer.Runs;

namespace OrtTrainer.Tests.Runs;

/// <summary>Runs that are killed at random moments give, once resumed, the bits of one that nobody disturbed.</summary>
public sealed class RunKillTests
{
    private static readonly string[] Files = ["last.safetensors", "averaged.safetensors", "best.safetensors"];

    [Test]
    public void A_killed_run_goes_on_to_the_same_bits_5_of_5_times()
    {
        using TinyTask tiny = new();
        TinyTask.Run(Options(tiny, "whole"));
        SeededRandom random = new(5);
        int killed = 0;
        for (int i = 0; i < 5; i++)
        {
            string output = $"killed{i}";
            string optionsFile = tiny.Output(output + ".json");
            File.WriteAllText(optionsFile, JsonSerializer.Serialize(Options(tiny, output), RunJson.Options));
            using (ChildRun child = ChildRun.Start(optionsFile))
            {
                // A checkpoint follows every step, so most of these moments are in the middle of writing one.
                TimeSpan more = TimeSpan.FromMicroseconds(random.NextInt(8000));
                killed += child.WaitForStep(1 + random.NextInt(35), more) ? 1 : 0;
                child.Kill();
            }

            RunSummary summary = FineTuner.ResumeAsync(tiny.Output(output)).GetAwaiter().GetResult();

            Assert.That(summary.Steps, Is.EqualTo(40));
            foreach (string file in Files)
            {
                Assert.That(tiny.RunFile(output, file), Is.EqualTo(tiny.RunFile("whole", file)), $"{file}, kill {i}");
            }

            Assert.That(RunLines.Untimed(tiny, output), Is.EqualTo(
                RunLines.Untimed(tiny, "whole")), $"metrics, kill {i}");
        }

        Assert.That(killed, Is.EqualTo(5), "runs that were still alive when they were killed");
    }

    private static FineTuneOptions Options(TinyTask tiny, string output) => tiny.Options(output) with
    {
        CheckpointSeconds = 0,
        EvalSteps = 3,
        KeepBest = true,
        Threads = 2,
    };
}
