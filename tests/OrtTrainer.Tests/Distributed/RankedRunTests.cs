using OrtTrainer.Common;
using OrtTrainer.Data;
using OrtTrainer.Distributed;
using OrtTrainer.Methods;
using OrtTrainer.Options;
using OrtTrainer.Runs;
using OrtTrainer.Tests.Runs;

namespace OrtTrainer.Tests.Distributed;

/// <summary>Ranks give the bits of one process that accumulates the same batches.</summary>
public sealed class RankedRunTests
{
    private RankedTask _task = null!;

    [SetUp]
    public void MakeTask() => _task = new RankedTask();

    [TearDown]
    public void RemoveTask() => _task.Dispose();

    [TestCase(2, 4)]
    [TestCase(3, 4)]
    [TestCase(4, 4)]
    [TestCase(2, 5)]
    [TestCase(3, 7)]
    public void Any_number_of_ranks_gives_the_bits_of_one_process(int ranks, int accumulation)
    {
        FineTuneMethod method = FineTuneMethod.Parse("swa");
        TinyTask.Run(_task.Options("one", accumulation) with { Method = method });

        Exception?[] failures = RankedTask.Run(ranks, _task.Options("ranks", accumulation) with { Method = method });

        Assert.That(failures, Is.All.Null);
        _task.RequireSame("ranks", "one", "last.safetensors", "averaged.safetensors");
        Assert.That(RunLines.Untimed(_task.Task, "ranks"), Is.EqualTo(RunLines.Untimed(_task.Task, "one")));
    }

    [TestCase("finetune")]
    [TestCase("ema")]
    [TestCase("lawa")]
    [TestCase("swag")]
    [TestCase("lookahead")]
    [TestCase("sam+swa")]
    [TestCase("asam")]
    [TestCase("r-drop")]
    [TestCase("label-smoothing+swa")]
    [TestCase("swa", "mixout")]
    [TestCase("swa", "lora")]
    public void Every_method_gives_the_bits_of_one_process(string words, string? part = null)
    {
        FineTuneMethod method = FineTuneMethod.Parse(words);
        method = method.Set(new Lawa { Interval = 1 }) ?? method;
        FineTuneOptions Options(string output) => _task.Options(output) with
        {
            Method = method,
            Dropout = 0.1,
            Mixout = part == "mixout" ? 0.5 : null,
            Lora = part == "lora" ? "r=2" : null,
        };
        TinyTask.Run(Options("one"));

        Exception?[] failures = RankedTask.Run(2, Options("ranks"));

        Assert.That(failures, Is.All.Null);
        _task.RequireSame("ranks", "one", "last.safetensors");
        if (method.Averaging is not null)
        {
            _task.RequireSame("ranks", "one", "averaged.safetensors");
        }
    }

    [TestCase(OptimizerKind.Adamw)]
    [TestCase(OptimizerKind.Sgd)]
    [TestCase(OptimizerKind.Adafactor)]
    public void Every_optimizer_gives_the_bits_of_one_process(OptimizerKind optimizer)
    {
        FineTuneMethod method = FineTuneMethod.Parse("swa");
        TinyTask.Run(_task.Options("one") with { Method = method, Optimizer = optimizer });

        Exception?[] failures =
            RankedTask.Run(3, _task.Options("ranks") with { Method = method, Optimizer = optimizer });

        Assert.That(failures, Is.All.Null);
        _task.RequireSame("ranks", "one", "last.safetensors", "averaged.safetensors");
    }

    [TestCase(3, 2)]
    [TestCase(2, 4)]
    [TestCase(4, 1)]
    public void Another_number_of_ranks_resumes_to_the_same_bits(int before, int after)
    {
        FineTuneMethod method = FineTuneMethod.Parse("swa");
        TinyTask.Run(_task.Options("one") with { Method = method });
        using CancellationTokenSource source = new();
        EventList events = new(e =>
        {
            if (e is RunEvent.Stepped { Report.Step: 3 })
            {
                source.Cancel();
            }
        });

        FineTuneOptions options = _task.Options("ranks") with { Method = method };
        Exception?[] failures = RankedTask.Run(before, options, events: events, cancellation: source.Token);

        Assert.That(failures[0], Is.InstanceOf<OperationCanceledException>());
        Assert.That(failures[1..], Is.All.Null);
        Assert.That(_task.Task.RunFile("ranks", "checkpoint.safetensors"), Is.Not.Empty);
        if (after == 1)
        {
            FineTuner.Resume(options.Output);
        }
        else
        {
            FineTuneOptions saved = FineTuneOptions.Read(RunFolder.OptionsFileOf(options.Output));
            Assert.That(RankedTask.Run(after, saved, resumes: true), Is.All.Null);
        }

        _task.RequireSame("ranks", "one", "last.safetensors", "averaged.safetensors");
    }

    [Test]
    public void Fewer_batches_than_ranks_are_refused_with_what_to_give()
    {
        Exception?[] failures = RankedTask.Run(4, _task.Options("ranks", accumulation: 2));

        Assert.That(failures[0], Is.InstanceOf<RunException>().With.Message.EqualTo(
            "A step has 2 batches for 4 ranks, and some would have none. Give --accumulation 4, or a multiple, and " +
            "divide --batch-size where the examples of a step are to stay as many; or start fewer ranks."));
        Assert.That(failures[1..], Is.All.InstanceOf<RankStoppedException>());
        Assert.That(Directory.Exists(_task.Task.Output("ranks")), Is.False);
    }

    [Test]
    public void Gradual_unfreezing_is_refused()
    {
        Exception?[] failures = RankedTask.Run(2, _task.Options("ranks", accumulation: 2) with { UnfreezeEvery = 1 });

        Assert.That(failures[0], Is.InstanceOf<RunException>().With.Message.StartsWith("--unfreeze-every changes"));
        Assert.That(Directory.Exists(_task.Task.Output("ranks")), Is.False);
    }

    [Test]
    public void A_failure_of_all_is_told_once()
    {
        FineTuneOptions options = _task.Options("ranks");
        Exception?[] failures =
            RankedTask.Run(2, options with { Data = options.Data with { Train = _task.Task.Output("gone.tsv") } });

        Assert.That(failures[0], Is.Not.Null.And.Not.InstanceOf<RankStoppedException>());
        Assert.That(failures[0]!.Message, Does.Contain("gone.tsv"));
        Assert.That(failures[1], Is.InstanceOf<RankStoppedException>());
        Assert.That(Directory.Exists(options.Output), Is.False);
    }

    [Test]
    public void Ranks_with_other_data_are_refused_by_name()
    {
        string other = _task.Task.WriteRows("other.tsv", rows: 80, seed: 9);
        Exception?[] failures = ThreadRanks.Run(3, group => group.Together(
            () => group.Rank == 2 ? other : _task.Task.Train, (found, expected) => $"it has {found}, not {expected}"));

        Assert.That(failures[0], Is.InstanceOf<RunException>().With.Message.EqualTo(
            $"Rank 2 on thread 2: it has {other}, not {_task.Task.Train}"));
        Assert.That(failures[1..], Is.All.InstanceOf<RankStoppedException>());
    }

    [Test]
    public void A_failure_of_one_rank_is_told_by_the_first_with_its_place()
    {
        Exception?[] failures = ThreadRanks.Run(2, group => group.Together(
            () => group.Rank == 1 ? throw new IOException("The disk is gone.") : "fine", (_, _) => ""));

        Assert.That(failures[0], Is.InstanceOf<RunException>().With.Message.EqualTo(
            "Rank 1 on thread 1: The disk is gone."));
        Assert.That(failures[1], Is.InstanceOf<RankStoppedException>());
    }

    [Test]
    public void A_loss_that_is_no_number_ends_all_ranks()
    {
        Exception?[] failures = RankedTask.Run(2, _task.Options("ranks") with { LearningRate = 1e30, ClipNorm = null });

        Assert.That(failures[0], Is.InstanceOf<RunException>().With.Message.Contains("both must be finite"));
        Assert.That(failures[1], Is.Null);
    }

    [Test]
    public void Self_distillation_is_refused_with_what_to_do()
    {
        Exception?[] failures = RankedTask.Run(
            2, _task.Options("ranks") with { Method = FineTuneMethod.Parse("self-distillation") });

        Assert.That(
            failures[0], Is.InstanceOf<RunException>().With.Message.Contains("--method distillation --teacher"));
    }
}
