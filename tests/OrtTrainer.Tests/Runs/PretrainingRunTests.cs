using OrtTrainer.Common;
using OrtTrainer.Methods;
using OrtTrainer.Options;
using OrtTrainer.Prediction;
using OrtTrainer.Runs;
using OrtTrainer.Tasks;
using OrtTrainer.Tasks.MaskedLanguageModel;
using OrtTrainer.Tests.Checkpoints;

namespace OrtTrainer.Tests.Runs;

/// <summary>Whole runs of masked language modeling, on sentences whose words follow each other.</summary>
public sealed class PretrainingRunTests
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void Make()
    {
        _folder = new TemporaryFolder();
        TinyCorpus.Write(_folder);
    }

    [TearDown]
    public void Remove() => _folder.Dispose();

    [Test]
    public void A_run_learns_what_stands_beside_what_and_its_export_says_it()
    {
        RunSummary summary = Run(Options("out") with { Epochs = 30 });

        Assert.That(summary.Metric, Is.EqualTo("perplexity"));
        Assert.That(summary.Averaged, Is.LessThan(2), "of 8 words");
        Assert.That(summary.EvalAveraged!["accuracy"], Is.GreaterThan(0.7));
        using Predictor predictor = Predictor.Open(_folder.File("out"));
        Assert.That(predictor.Task, Is.SameAs(MaskedLanguageModelTask.Instance));
        TextPrediction prediction = predictor.Predict("three four [MASK] six seven [MASK] one two");
        Assert.That(prediction.Labels, Is.EqualTo(new[] { "five", "eight" }));
        Assert.That(prediction.Scores, Has.All.GreaterThan(0.3f).And.All.LessThanOrEqualTo(1f));
    }

    [Test]
    public void The_export_can_be_gone_on_with_and_be_fine_tuned()
    {
        RunSummary first = Run(Options("first") with { Epochs = 10 });
        EventList events = new();
        RunSummary second = Run(
            Options("second") with { Model = _folder.File("first"), Epochs = 1, LearningRate = 0 }, events);

        Assert.That(events.Of<RunEvent.Started>().Single().Initialized, Is.Empty);
        Assert.That(second.Live, Is.EqualTo(first.ExportsAverage ? first.Averaged : first.Live).Within(1e-5));

        using TinyTask tiny = new();
        events = new();
        TinyTask.Run(tiny.Options("tuned") with { Model = _folder.File("first"), MaxSteps = 1 }, events);
        Assert.That(events.Of<RunEvent.Started>().Single().Initialized, Is.EqualTo(new[]
        {
            "bert.pooler.dense.weight", "bert.pooler.dense.bias", "classifier.weight", "classifier.bias",
        }));
    }

    [TestCase(3)]
    [TestCase(17)]
    public void An_interrupted_run_goes_on_to_the_same_bits(int step)
    {
        FineTuneOptions options = Options("whole") with { Accumulation = 2, Epochs = 3 };
        Run(options);
        using CancellationTokenSource source = new();
        EventList events = new(e =>
        {
            if (e is RunEvent.Stepped { Report.Step: var done } && done == step)
            {
                source.Cancel();
            }
        });
        Assert.That(
            () => FineTuner.Run(options with { Output = _folder.File("cut") }, events, source.Token),
            Throws.InstanceOf<OperationCanceledException>());

        FineTuner.Resume(_folder.File("cut"));

        foreach (string file in new[] { "last", "averaged" })
        {
            Assert.That(
                File.ReadAllBytes(Path.Combine(_folder.File("cut"), "run", file + ".safetensors")),
                Is.EqualTo(File.ReadAllBytes(Path.Combine(_folder.File("whole"), "run", file + ".safetensors"))));
        }
    }

    [Test]
    public void A_corpus_that_has_changed_is_not_gone_on_with()
    {
        FineTuneOptions options = Options("out") with { Epochs = 1 };
        Run(options);
        File.AppendAllText(_folder.File("corpus.txt"), "eight one\n");

        Assert.That(() => FineTuner.Resume(_folder.File("out")), Throws.InstanceOf<RunException>());
    }

    [Test]
    public void The_memory_that_is_forecast_includes_logits_of_the_vocabulary()
    {
        // 16 examples of 12 tokens, and 13 logits for every masked one, and those once more as products read them.
        long much = Forecast(0.5), little = Forecast(0.25);

        Assert.That(much - little, Is.EqualTo(2 * sizeof(float) * 13 * ((16 * 12 / 2) - (16 * 12 / 4))));

        long Forecast(double share)
        {
            EventList events = new();
            FineTuneOptions options = Options(FormattableString.Invariant($"forecast{share}"));
            Run(options with { MaxSteps = 1, Data = options.Data with { MaskShare = share } }, events);
            return events.Of<RunEvent.Started>().Single().MemoryEstimate;
        }
    }

    [Test]
    public void The_examples_of_a_corpus_are_counted()
    {
        EventList events = new();
        Run(Options("out") with { MaxSteps = 1 }, events);

        RunEvent.Started facts = events.Of<RunEvent.Started>().Single();
        Assert.That(facts.TrainExamples + facts.EvalExamples, Is.EqualTo(400));
        Assert.That(facts.TrainTokens, Is.EqualTo(12 * facts.TrainExamples));
    }

    [Test]
    public void Threads_make_no_difference()
    {
        Run(Options("one") with { Epochs = 1 });
        Run(Options("two") with { Epochs = 1, Threads = 3 });

        Assert.That(
            File.ReadAllBytes(Path.Combine(_folder.File("two"), "run", "last.safetensors")),
            Is.EqualTo(File.ReadAllBytes(Path.Combine(_folder.File("one"), "run", "last.safetensors"))));
    }

    [TestCase("label-smoothing")]
    [TestCase("tf-reg")]
    [TestCase("confidence-penalty")]
    [TestCase("focal")]
    [TestCase("poly-1")]
    public void Losses_of_labels_learn_what_stands_beside_what(string method)
    {
        RunSummary summary = Run(Options("out") with { Method = FineTuneMethod.Parse(method), Epochs = 15 });

        Assert.That(summary.EvalLive["accuracy"], Is.GreaterThan(0.5), "of 8 words");
    }

    [Test]
    public void R_drop_masks_both_passes_alike_and_differs_by_dropout_alone()
    {
        FineTuneOptions options = Options("out") with { Method = FineTuneMethod.Parse("r-drop"), MaxSteps = 3 };
        EventList without = new();
        Run(options with { Dropout = 1e-9 }, without);
        EventList with = new();
        Run(options with { Output = _folder.File("dropout"), Dropout = 0.3 }, with);

        Assert.That(Penalties(without), Is.All.Zero.Within(1e-6), "the same masks, and hardly any dropout");
        Assert.That(Penalties(with), Is.All.GreaterThan(1e-3));

        static IEnumerable<float> Penalties(EventList events) =>
            events.Of<RunEvent.Stepped>().Select(e => e.Report.Terms.Penalty);
    }

    [Test]
    public void Masking_is_refused_where_nothing_is_masked()
    {
        using TinyTask tiny = new();
        FineTuneOptions options = tiny.Options("out");

        Assert.That(
            () => TinyTask.Run(options with { Data = options.Data with { WholeWordMasking = true } }),
            Throws.InstanceOf<RunException>().With.Message.EqualTo(
                "Options of masking are given, but the task is classification, which masks nothing; leave them out."));
    }

    private static RunSummary Run(FineTuneOptions options, IProgress<RunEvent>? events = null) =>
        FineTuner.Run(options, events);

    private FineTuneOptions Options(string output) => TinyCorpus.Options(_folder, output, "swa");
}
