using OrtTrainer.Checkpoints;
using OrtTrainer.Common;
using OrtTrainer.Data;
using OrtTrainer.Methods;
using OrtTrainer.Models;
using OrtTrainer.Options;
using OrtTrainer.Prediction;
using OrtTrainer.Runs;
using OrtTrainer.Tasks;
using OrtTrainer.Tasks.Regression;
using OrtTrainer.Tests.Models;
using OrtTrainer.Training.Loss;

namespace OrtTrainer.Tests.Runs;

/// <summary>Whole runs that learn from random layers of a random teacher of five.</summary>
public sealed class RailRunTests
{
    private static readonly string[] Labels = ["animal", "food", "place"];

    private TinyTask _tiny = null!;

    [SetUp]
    public void MakeTask()
    {
        _tiny = new TinyTask();
        WriteTeacher(layers: 5);
        TinyBert.Write(_tiny.Model, TinyTask.Words, layers: 3);
    }

    [TearDown]
    public void RemoveTask() => _tiny.Dispose();

    [TestCase("rail-distillation+sam+swa", 33, 2)]
    [TestCase("rail-distillation+ema", 11, 1)]
    [TestCase("rail-distillation+swag", 38, 1)]
    public void An_interrupted_run_goes_on_to_the_same_bits(string method, int step, int accumulation)
    {
        FineTuneOptions options = Options("whole", method) with { Accumulation = accumulation, MaxSteps = 40 };
        RunSummary whole = TinyTask.Run(options);
        using CancellationTokenSource stop = new();
        EventList events = new(e =>
        {
            if (e is RunEvent.Stepped stepped && stepped.Report.Step == step)
            {
                stop.Cancel();
            }
        });
        Assert.That(
            async () => await FineTuner.RunAsync(options with { Output = _tiny.Output("cut") }, events, stop.Token),
            Throws.InstanceOf<OperationCanceledException>());

        RunSummary resumed = FineTuner.ResumeAsync(_tiny.Output("cut")).GetAwaiter().GetResult();

        Assert.That(RunLines.Untimed(_tiny, "cut"), Is.EqualTo(RunLines.Untimed(_tiny, "whole")));
        Assert.That((resumed.Live, resumed.Averaged), Is.EqualTo((whole.Live, whole.Averaged)));
        foreach (string file in new[] { "last.safetensors", "averaged.safetensors" })
        {
            Assert.That(_tiny.RunFile("cut", file), Is.EqualTo(_tiny.RunFile("whole", file)), file);
        }
    }

    [Test]
    public void What_a_run_leaves_is_the_model_alone_and_predicts_as_it_scored()
    {
        RunSummary summary = TinyTask.Run(Options("out", "rail-distillation+swag") with { Epochs = 8 });

        string[] expected = TensorNames(Path.Combine(_tiny.Model, "model.safetensors"));
        string run = Path.Combine(_tiny.Output("out"), "run");
        string[] kept = ["last", "averaged", "variance"];
        foreach (string file in kept.Select(name => Path.Combine(run, name + ".safetensors"))
            .Append(Path.Combine(_tiny.Output("out"), "model.safetensors")))
        {
            Assert.That(TensorNames(file), Is.EquivalentTo(expected), file);
        }

        using Predictor predictor = Predictor.Open(_tiny.Output("out"));
        Dataset eval = LabeledData.LoadTrain(new DataOptions { Train = _tiny.Eval });
        double accuracy = predictor.Predict(eval.Examples)
            .Zip(eval.Examples, (prediction, example) => prediction.Label == example.Label ? 1.0 : 0).Average();
        double scored = (summary.Exported == "averaged" ? summary.EvalAveraged! : summary.EvalLive)["accuracy"];
        Assert.That(accuracy, Is.EqualTo(scored).Within(1e-12));
        Assert.That(summary.ExportDifference, Is.LessThan(1e-4));
    }

    [Test]
    public void Without_weight_for_the_layers_it_is_distillation_bit_for_bit()
    {
        FineTuneOptions options = Options("rail", "rail-distillation") with
        {
            ClipNorm = null, MaxSteps = 12, Method = FineTuneMethod.Of(new RailDistillation
            {
                LabelWeight = 0.5, TeacherWeight = 0.5, IntermediateWeight = 0, Temperature = 3, MapWidth = 8,
            }),
        };
        TinyTask.Run(options);
        TinyTask.Run(options with
        {
            Output = _tiny.Output("plain"),
            Method = FineTuneMethod.Of(new Distillation { Alpha = 0.5, Temperature = 3 }),
        });

        Assert.That(_tiny.RunFile("rail", "last.safetensors"), Is.EqualTo(_tiny.RunFile("plain", "last.safetensors")));
    }

    [Test]
    public void The_student_s_layers_come_nearer_to_the_teacher_s()
    {
        EventList events = new();

        TinyTask.Run(Options("out", "rail-distillation") with { Epochs = 20, Dropout = 0 }, events);

        float[] distances = [.. events.Of<RunEvent.Stepped>().Select(e => e.Report.Terms.Intermediate)];
        Assert.That(distances[..8].Average(), Is.GreaterThan(0.05));
        Assert.That(distances[^8..].Average(), Is.LessThan(0.5 * distances[..8].Average()));
    }

    [Test]
    public void Threads_change_no_bit()
    {
        FineTuneOptions options = Options("one", "rail-distillation+swa") with { MaxSteps = 10 };
        TinyTask.Run(options);
        TinyTask.Run(options with { Output = _tiny.Output("two"), Threads = 2 });

        byte[] expected = _tiny.RunFile("one", "averaged.safetensors");
        Assert.That(_tiny.RunFile("two", "averaged.safetensors"), Is.EqualTo(expected));
    }

    [Test]
    public void Kept_layers_are_not_computed_again_and_their_cost_is_told()
    {
        EventList second = new();
        RunSummary first = TinyTask.Run(Options("first", "rail-distillation") with { MaxSteps = 2 });
        RunSummary again = TinyTask.Run(Options("second", "rail-distillation") with { MaxSteps = 2 }, second);
        RunSummary outputsOnly = TinyTask.Run(Options("third", "distillation") with { MaxSteps = 2 });

        Assert.That((first.Teacher!.IsCached, again.Teacher!.IsCached), Is.EqualTo((false, true)));
        Assert.That(second.Of<RunEvent.Taught>(), Is.Empty);
        Assert.That(again.Teacher.Cost!.Seconds, Is.EqualTo(first.Teacher.Cost!.Seconds)
            .And.GreaterThan(outputsOnly.Teacher!.Cost!.Seconds));
    }

    [TestCase("multi_label")]
    [TestCase("regression")]
    public void Other_tasks_learn_from_layers_too(string taskName)
    {
        ModelTask task = ModelTask.Named(taskName);
        using TinyTask other = new(task);
        WriteTeacher(5, task, outputs: task == RegressionTask.Instance ? 1 : 3);
        TinyBert.Write(other.Model, TinyTask.Words, layers: 3);
        EventList events = new();

        TinyTask.Run(Options("out", "rail-distillation") with
        {
            Model = other.Model, Data = other.Options("out").Data, MaxSteps = 3,
        }, events);

        LossParts[] terms = [.. events.Of<RunEvent.Stepped>().Select(e => e.Report.Terms)];
        Assert.That(terms.Select(t => t.Intermediate), Has.Exactly(3).InRange(0.01, 4.0 / 3));
        Assert.That(terms.Select(t => t.Teacher), Has.All.GreaterThan(0));
    }

    [Test]
    public void The_maps_lie_behind_the_model_and_count_in_the_memory_alone()
    {
        FineTuneOptions options = Options("out", "rail-distillation").Resolve();
        using PreparedRun run = PreparedRun.Create(options);
        using PreparedRun plain = PreparedRun.Create(options with { Method = FineTuneMethod.Parse("distillation") });

        long maps = run.State.Layout.Length - run.Layout.Length;
        Assert.That(run.Layout.Length, Is.EqualTo(plain.Layout.Length));
        Assert.That(maps, Is.EqualTo(2 * 2 * 8 * 16));
        Assert.That(run.Facts.Parameters, Is.EqualTo(plain.Facts.Parameters));
        Assert.That(run.Initialized.Count(name => name.StartsWith("rail.", StringComparison.Ordinal)), Is.EqualTo(4));
        Assert.That(run.Facts.MemoryEstimate - plain.Facts.MemoryEstimate,
            Is.EqualTo(4 * ((4 * maps) + (60 * 5 * 16))));
    }

    [Test]
    public void A_teacher_that_is_too_shallow_is_refused()
    {
        WriteTeacher(layers: 2);

        Refuses(Options("out", "rail-distillation"), "the teacher has 2 layers and the student 3");
    }

    [Test]
    public void A_student_of_one_layer_is_refused() => Refuses(
        Options("out", "rail-distillation") with { Layers = [1] }, "the student has 1 layer;");

    [Test]
    public void A_bare_graph_is_refused()
    {
        string graph = Path.Combine(_tiny.Output("teacher"), "model.onnx");
        File.WriteAllText(graph, "");

        Refuses(
            Options("out", "rail-distillation") with { Teacher = new() { Model = graph } }, $"{graph}: is no folder");
    }

    private void Refuses(FineTuneOptions options, string message)
    {
        Assert.That(() => TinyTask.Run(options), Throws.TypeOf<RunException>().With.Message.Contains(message));
        Assert.That(Directory.Exists(options.Output), Is.False, "nothing is written");
    }

    private FineTuneOptions Options(string output, string method) => _tiny.Options(output) with
    {
        Method = FineTuneMethod.Of(
            [.. FineTuneMethod.Parse(method).Parts.Select(part => part switch
            {
                RailDistillation rail => rail with { MapWidth = 8 },
                Swag swag => swag with { Samples = 2 },
                _ => part,
            })]),
        Teacher = new() { Model = _tiny.Output("teacher"), Cache = _tiny.Output("cache") },
    };

    private void WriteTeacher(int layers, ModelTask? task = null, int outputs = 3)
    {
        string folder = _tiny.Output("teacher");
        TinyBert.Write(folder, TinyTask.Words, layers, outputs);
        ModelConfig config = ModelConfig.Load(folder).With(problemType: (task ?? ModelTask.Default).ProblemType);
        (task == RegressionTask.Instance ? config : config.With(labels: Labels)).Save(folder);
    }

    private static string[] TensorNames(string path)
    {
        using SafetensorsFile file = SafetensorsFile.OpenFile(path);
        return [.. file.Names];
    }
}
