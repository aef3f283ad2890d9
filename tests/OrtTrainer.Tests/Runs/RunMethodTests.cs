using System.Text.Json;
using System.Text.Json.Nodes;
using OrtTrainer.Common;
using OrtTrainer.Data;
using OrtTrainer.Methods;
using OrtTrainer.Models;
using OrtTrainer.Options;
using OrtTrainer.Runs;
using OrtTrainer.Tasks.MultiLabel;
using OrtTrainer.Teachers;

namespace OrtTrainer.Tests.Runs;

/// <summary>Whole runs with losses other than plain labels.</summary>
public sealed class RunMethodTests
{
    private TinyTask _tiny = null!;

    [SetUp]
    public void MakeTask() => _tiny = new TinyTask(rows: 240);

    [TearDown]
    public void RemoveTask() => _tiny.Dispose();

    private static IEnumerable<string> Words() =>
        FineTuneMethod.Words.Where(w => FineTuneMethod.Parse(w).Loss is not null);

    [TestCaseSource(nameof(Words))]
    public void Every_loss_is_learnt_with_its_parts_in_the_log(string word)
    {
        FineTuneMethod method = FineTuneMethod.Parse($"{word}+swa");
        EventList events = new();

        RunSummary summary = TinyTask.Run(Options("out", method), events);

        Assert.That(summary.Live, Is.GreaterThan(0.7));
        Assert.That(summary.NAveraged, Is.GreaterThan(0));
        JsonElement[] steps = [.. File.ReadLines(Path.Combine(_tiny.Output("out"), "run", "metrics.jsonl"))
            .Select(line => JsonDocument.Parse(line).RootElement).Where(e => e.TryGetProperty("loss", out _))];
        Assert.That(steps, Has.Length.EqualTo(summary.Steps));
        foreach (JsonElement step in steps)
        {
            float sum = Part(step, "label_loss") + Part(step, "teacher_loss") + Part(step, "penalty_loss")
                + Part(step, "intermediate_loss");
            Assert.That(sum, Is.EqualTo(Part(step, "loss")), "the parts add up, bit for bit");
        }

        string[] expected = word switch
        {
            "label-smoothing" or "focal" or "poly-1" => ["label_loss"],
            "confidence-penalty" or "r-drop" => ["label_loss", "penalty_loss"],
            "annealing-distillation" => ["teacher_loss"],
            "rail-distillation" => ["label_loss", "teacher_loss", "intermediate_loss"],
            _ => ["label_loss", "teacher_loss"],
        };
        string[] parts = ["label_loss", "teacher_loss", "penalty_loss", "intermediate_loss"];
        Assert.That(parts.Where(part => Part(steps[3], part) != 0), Is.EqualTo(expected));
    }

    [Test]
    public void A_second_run_takes_what_the_teacher_said_in_the_first()
    {
        FineTuneMethod method = FineTuneMethod.Parse("distillation");
        EventList first = new();
        EventList second = new();

        RunSummary ran = TinyTask.Run(Options("first", method), first);
        RunSummary kept = TinyTask.Run(Options("second", method), second);

        Assert.That(first.Of<RunEvent.Taught>(), Is.Not.Empty);
        Assert.That(second.Of<RunEvent.Taught>(), Is.Empty);
        Assert.That((ran.Teacher!.IsCached, kept.Teacher!.IsCached), Is.EqualTo((false, true)));
        Assert.That(kept.Teacher.Cost!.Seconds, Is.GreaterThan(0));
        Assert.That(kept.Teacher.Audit.Accuracy, Is.GreaterThan(0.8));
        Assert.That(_tiny.RunFile("second", "last.safetensors"),
            Is.EqualTo(_tiny.RunFile("first", "last.safetensors")));
    }

    [TestCase("distillation")]
    [TestCase("self-distillation")]
    [TestCase("r-drop+swa")]
    [TestCase("annealing-distillation+swa")]
    public void An_interrupted_run_goes_on_to_the_same_bits(string word)
    {
        FineTuneOptions options = Options("whole", FineTuneMethod.Parse(word));
        TinyTask.Run(options);

        using CancellationTokenSource stop = new();
        EventList events = new(e =>
        {
            if (e is RunEvent.Stepped { Report.Step: 7 })
            {
                stop.Cancel();
            }
        });
        Assert.That(
            async () => await FineTuner.RunAsync(options with { Output = _tiny.Output("cut") }, events, stop.Token),
            Throws.InstanceOf<OperationCanceledException>());
        FineTuner.ResumeAsync(_tiny.Output("cut")).GetAwaiter().GetResult();

        Assert.That(_tiny.RunFile("cut", "last.safetensors"), Is.EqualTo(_tiny.RunFile("whole", "last.safetensors")));
    }

    [Test]
    public void A_self_distillation_keeps_its_teacher_and_tells_what_it_took()
    {
        RunSummary summary = TinyTask.Run(Options("out", FineTuneMethod.Parse("self-distillation")));

        string teacher = Path.Combine(_tiny.Output("out"), "run", "teacher");
        FineTuneOptions options = FineTuneOptions.Read(RunFolder.OptionsFileOf(teacher));
        Assert.That(options.Method, Is.EqualTo(FineTuneMethod.FineTune));
        Assert.That(File.Exists(Path.Combine(teacher, "onnx", "model.onnx")));
        Assert.That(summary.TeacherTrainSeconds, Is.GreaterThan(0));
        Assert.That(summary.Teacher!.Source, Is.EqualTo(teacher));
    }

    [Test]
    public void A_teacher_of_other_labels_stops_the_run_before_anything_is_written()
    {
        using TinyTask other = new(MultiLabelTask.Instance);
        TinyTask.Run(other.Options("teacher"));
        FineTuneOptions options = Options("out", FineTuneMethod.Parse("distillation")) with
        {
            Teacher = new() { Model = other.Output("teacher"), Cache = _tiny.Output("cache") },
        };

        Assert.That(() => TinyTask.Run(options), Throws.TypeOf<RunException>());
        Assert.That(Directory.Exists(_tiny.Output("out")), Is.False);
    }

    [Test]
    public void Passes_that_the_models_configuration_makes_the_same_are_refused()
    {
        string config = Path.Combine(_tiny.Model, "config.json");
        JsonObject fields = JsonNode.Parse(File.ReadAllText(config))!.AsObject();
        fields["hidden_dropout_prob"] = 0;
        fields["attention_probs_dropout_prob"] = 0;
        File.WriteAllText(config, fields.ToJsonString());
        FineTuneOptions options = _tiny.Options("out") with { Method = FineTuneMethod.Of(new RDrop()) };

        Assert.That(() => TinyTask.Run(options), Throws.TypeOf<RunException>().With.Message.StartsWith(
            "r-drop compares two passes with different dropout; the model's config.json has none"));
        Assert.That(Directory.Exists(_tiny.Output("out")), Is.False);
    }

    private FineTuneOptions Options(string output, FineTuneMethod method) => _tiny.Options(output) with
    {
        Method = method,
        Epochs = 8,
        Dropout = 0.02,
        Teacher = method.Loss switch
        {
            SelfDistillation => new() { Cache = _tiny.Output("cache") },
            { LearnsFromTeacher: true } => Teacher(),
            _ => null,
        },
    };

    private TeacherOptions Teacher()
    {
        if (!Directory.Exists(_tiny.Output("teacher")))
        {
            TinyTask.Run(_tiny.Options("teacher") with { Method = FineTuneMethod.FineTune, Epochs = 10 });
        }

        return new() { Model = _tiny.Output("teacher"), Cache = _tiny.Output("cache") };
    }

    private static float Part(JsonElement step, string name) => step.GetProperty(name).GetSingle();
}
