using OrtTrainer.Data;
using OrtTrainer.Methods;
using OrtTrainer.Options;
using OrtTrainer.Prediction;
using OrtTrainer.Runs;
using OrtTrainer.Tasks.Classification;
using OrtTrainer.Tests.Prediction;
using OrtTrainer.Tests.Runtime;

namespace OrtTrainer.Tests.Runs;

/// <summary>Whatever ends training, prediction or export, no buffer of weights and no session stays behind.</summary>
public sealed class RunMemoryTests
{
    private TinyTask _tiny = null!;

    [SetUp]
    public void MakeTask() => _tiny = new TinyTask();

    [TearDown]
    public void RemoveTask() => _tiny.Dispose();

    [TestCase("finetune")]
    [TestCase("swa")]
    [TestCase("ema+sam")]
    [TestCase("lawa")]
    [TestCase("swag")]
    [TestCase("lookahead")]
    public void A_run_leaves_nothing_open(string method) => OpenObjects.AssertSameAfter(() => TinyTask.Run(
        _tiny.Options("out") with
        {
            Method = FineTuneMethod.Parse(method), MaxSteps = 12, Accumulation = 2, Mixout = 0.1, KeepBest = true,
        }));

    [TestCase(OptimizerKind.Sgd)]
    [TestCase(OptimizerKind.Adafactor)]
    public void Neither_does_one_with_another_optimizer(OptimizerKind optimizer) => OpenObjects.AssertSameAfter(() =>
        TinyTask.Run(_tiny.Options("out") with { Optimizer = optimizer, MaxSteps = 4 }));

    [Test]
    public void A_run_that_is_cancelled_and_resumed_leaves_nothing_open() => OpenObjects.AssertSameAfter(() =>
    {
        using CancellationTokenSource source = new();
        EventList events = new(e => source.Cancel());
        Assert.That(
            () => FineTuner.RunAsync(_tiny.Options("out") with { MaxSteps = 6 }, events, source.Token)
                .GetAwaiter().GetResult(),
            Throws.InstanceOf<OperationCanceledException>());
        FineTuner.ResumeAsync(_tiny.Output("out")).GetAwaiter().GetResult();
    });

    [Test]
    public void A_run_that_is_refused_leaves_nothing_open() => OpenObjects.AssertSameAfter(() =>
        Assert.That(
            () => TinyTask.Run(
                _tiny.Options("out") with { Method = FineTuneMethod.Of(new Swa { Interval = 9 }), MaxSteps = 1 }),
            Throws.InstanceOf<Exception>()));

    [Test]
    public void Prediction_and_export_leave_nothing_open() => OpenObjects.AssertSameAfter(() =>
    {
        using ExportedClassifier exported = new("bert", ClassificationTask.Instance);
        using (Predictor predictor = Predictor.Open(exported.Folder))
        {
            predictor.Predict([new("stars")]);
        }

        File.Delete(Path.Combine(exported.Folder, "onnx", "model.onnx"));
        using Predictor fromWeights = Predictor.Open(exported.Folder);
        fromWeights.Predict([new("stars")]);
    });

    [Test]
    public void A_folder_that_is_refused_leaves_nothing_open() => OpenObjects.AssertSameAfter(() =>
    {
        using ExportedClassifier exported = new("bert", ClassificationTask.Instance);
        ForeignTypes.Rewrite(
            Path.Combine(exported.Folder, "onnx", "model.onnx"), OrtTrainer.Graph.ElementType.Int64,
            OrtTrainer.Graph.ElementType.Int64);
        Assert.That(() => Predictor.Open(exported.Folder), Throws.InstanceOf<Exception>());
    });
}
