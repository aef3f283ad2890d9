using System.Text.Json.Nodes;
using OrtTrainer.Common;
using OrtTrainer.Methods;
using OrtTrainer.Options;
using OrtTrainer.Runs;
using OrtTrainer.Tasks;
using OrtTrainer.Teachers;
using OrtTrainer.Tests.Checkpoints;
using OrtTrainer.Tests.Models;

namespace OrtTrainer.Tests.Runs;

/// <summary>Whole runs of models that write, which learn every token from a teacher.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class WritingTeacherRunTests : IDisposable
{
    private const int AllTokens = 1000;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [TestCase("causal_lm", null)]
    [TestCase("causal_lm", AllTokens)]
    [TestCase("seq2seq", null)]
    [TestCase("seq2seq", AllTokens)]
    public void A_student_that_is_its_teacher_has_nothing_to_learn_from_it(string task, int? top)
    {
        EventList events = new();
        RunSummary summary = FineTuner.Run(
            Options(task, "same") with
            {
                Method = FineTuneMethod.Parse("distillation"),
                Teacher = new() { Model = _folder.File("model"), TopK = top },
                LearningRate = 0, MaxSteps = 3,
            },
            events);

        Assert.That(events.Of<RunEvent.Stepped>().Select(e => e.Report.Terms.Teacher), Is.All.Zero.Within(1e-5));
        Assert.That(events.Of<RunEvent.Stepped>().Select(e => e.Report.Terms.Labels), Is.All.GreaterThan(1e-3));
        TeacherReport report = events.Of<RunEvent.Started>().Single().Teacher!;
        Assert.That(report.Audit.Perplexity, Is.EqualTo(summary.EvalLive["perplexity"]).Within(1e-3));
        Assert.That((report.RunsWithSteps, report.IsAuditOfEvaluation), Is.EqualTo((top is null, true)));
        Assert.That(summary.TeacherStepSeconds is null, Is.EqualTo(top is not null));
    }

    [Test]
    public void All_logits_kept_teach_what_a_running_teacher_does_and_few_teach_something_else()
    {
        double[] losses =
        [
            .. new int?[] { null, AllTokens, 1 }.Select((top, i) => FineTuner.Run(Options("causal_lm", $"out{i}") with
            {
                Method = FineTuneMethod.Parse("distillation"),
                Teacher = new() { Model = Teacher(), TopK = top },
                MaxSteps = 12,
            }).EvalLive["nll"]),
        ];

        Assert.That(losses[1], Is.EqualTo(losses[0]).Within(1e-4));
        Assert.That(losses[2], Is.Not.EqualTo(losses[0]).Within(1e-3));
    }

    [Test]
    public void A_run_that_keeps_the_largest_logits_goes_on_to_the_same_bits()
    {
        FineTuneOptions options = Options("causal_lm", "whole") with
        {
            Method = FineTuneMethod.Parse("distillation+swa"),
            Teacher = new() { Model = Teacher(), TopK = 3 },
            MaxSteps = 12,
        };
        TinyTask.Run(options);
        TinyTask.RunInParts(options with { Output = _folder.File("parted") }, interruptedAt: 7);

        Assert.That(
            File.ReadAllBytes(_folder.File("parted/run/last.safetensors")),
            Is.EqualTo(File.ReadAllBytes(_folder.File("whole/run/last.safetensors"))));
    }

    [Test]
    public void A_teacher_with_other_tokens_is_refused()
    {
        TinyEncoderDecoder.Write(_folder.File("other"), "t5");

        Assert.That(
            () => FineTuner.Run(Options("causal_lm", "out") with
            {
                Method = FineTuneMethod.Parse("distillation"), Teacher = new() { Model = _folder.File("other") },
            }),
            Throws.InstanceOf<RunException>().With.Message.Contains("the student's is causal_lm"));
    }

    /// <summary>A Llama with other random weights than the student's.</summary>
    private string Teacher()
    {
        TinyLlama.Write(_folder.File("teacher"), seed: 8);
        return _folder.File("teacher");
    }

    private FineTuneOptions Options(string task, string output)
    {
        bool writesOn = task == "causal_lm";
        if (writesOn)
        {
            TinyLlama.Write(_folder.File("model"));
        }
        else
        {
            TinyEncoderDecoder.Write(_folder.File("model"), "t5");
            JsonNode config = JsonNode.Parse(File.ReadAllText(_folder.File("model/config.json")))!;
            config["architectures"] = new JsonArray("T5ForConditionalGeneration");
            _folder.Write("model/config.json", config.ToJsonString());
        }

        string[] rows = writesOn
            ? ["the cat sat,on the mat", "the dog ran,under a hill .", "a cat ran,and then slept .", "the dog,slept"]
            : ["the cat is old,one two", "the dog is red,two", "the soup is old,three one four", "the hill,four"];
        string header = writesOn ? "prompt,completion\n" : "source,target\n";
        _folder.Write("train.csv", header + string.Join('\n', rows.Concat(rows)) + "\n");
        _folder.Write("eval.csv", header + string.Join('\n', rows) + "\n");
        return new FineTuneOptions
        {
            Model = _folder.File("model"),
            Output = _folder.File(output),
            Data = new()
            {
                Train = _folder.File("train.csv"), Eval = _folder.File("eval.csv"), Task = ModelTask.Named(task),
            },
            BatchSize = 4,
            LearningRate = 1e-2,
            Dropout = 0,
            MaxLength = 16,
            Threads = 1,
        };
    }
}
