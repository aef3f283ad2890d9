using OrtTrainer.Options;

namespace OrtTrainer.Tests.Runs;

/// <summary>Seeds fix everything: equal options give equal bits.</summary>
public sealed class RunDeterminismTests
{
    [Test]
    public void Layers_that_are_computed_again_change_no_bit()
    {
        using TinyTask tiny = new();
        FineTuneOptions options = tiny.Options("kept");

        TinyTask.Run(options);
        TinyTask.Run(options with { Output = tiny.Output("again"), Recompute = true });

        Assert.That(tiny.RunFile("again", "last.safetensors"), Is.EqualTo(tiny.RunFile("kept", "last.safetensors")));
        Assert.That(RunLines.Untimed(tiny, "again"), Is.EqualTo(RunLines.Untimed(tiny, "kept")));
    }

    [TestCase(true)]
    [TestCase(false)]
    public void Two_runs_of_one_command_give_the_same_bits(bool kernels)
    {
        using TinyTask tiny = new();
        FineTuneOptions options = tiny.Options("first") with { Kernels = kernels, Threads = 2 };

        TinyTask.Run(options);
        TinyTask.Run(options with { Output = tiny.Output("second") });

        AssertSameBits(tiny, "second", "first");
    }

    // With kernels only: under the function bodies ONNX Runtime's own reductions may split the work by threads, which
    // moves sums by rounding on models larger than this one.
    [Test]
    public void One_thread_and_two_give_the_same_bits()
    {
        using TinyTask tiny = new();
        FineTuneOptions options = tiny.Options("one") with { Threads = 1 };

        TinyTask.Run(options);
        TinyTask.Run(options with { Output = tiny.Output("two"), Threads = 2 });

        AssertSameBits(tiny, "two", "one");
    }

    [Test]
    public void Another_seed_gives_other_weights()
    {
        using TinyTask tiny = new();

        TinyTask.Run(tiny.Options("one") with { Seed = 1 });
        TinyTask.Run(tiny.Options("two") with { Seed = 2 });

        Assert.That(tiny.RunFile("two", "last.safetensors"), Is.Not.EqualTo(tiny.RunFile("one", "last.safetensors")));
    }

    private static void AssertSameBits(TinyTask tiny, string output, string expected)
    {
        Assert.That(RunLines.Untimed(tiny, output), Is.EqualTo(RunLines.Untimed(tiny, expected)));
        foreach (string file in new[] { "last.safetensors", "averaged.safetensors" })
        {
            Assert.That(tiny.RunFile(output, file), Is.EqualTo(tiny.RunFile(expected, file)), file);
        }
    }
}
