using OrtTrainer.Common;
using OrtTrainer.Data;
using OrtTrainer.Tasks;
using OrtTrainer.Tasks.QuestionAnswering;
using OrtTrainer.Teachers;
using OrtTrainer.Tests.Cli;
using OrtTrainer.Tests.Models;
using OrtTrainer.Tests.Tasks.QuestionAnswering;
using OrtTrainer.Text;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Tests.Teachers;

/// <summary>A teacher of answers, which reads the same windows as its student or is refused.</summary>
public sealed class SpanTeacherTests
{
    private QuestionFiles _files = null!;
    private string _teacher = null!;
    private Dataset _data = null!;

    private static ModelTask Task => QuestionAnsweringTask.Instance;

    private TeacherOptions Options => new() { Model = _teacher, Cache = _files.File("cache") };

    [OneTimeSetUp]
    public void Finetune()
    {
        _files = new QuestionFiles();
        _teacher = _files.File("teacher");
        CliRun.Of([.. Command(_files.Model, _teacher), "--epochs", "1"]).Succeeded();
        _data = LabeledData.LoadTrain(new DataOptions { Train = _files.Long, Task = Task });
    }

    [OneTimeTearDown]
    public void Remove() => _files.Dispose();

    [Test]
    public void Every_token_of_every_window_has_a_row_for_start_and_end()
    {
        EncodedDataset student = Task.Encode(_data, Tokenizer.Load(_files.Model), 12, threads: 1, stride: 2);
        EventLog events = new();

        TeacherLogits logits = TeacherLogits.Obtain(
            Options with { TopK = 2 }, Task, _data, threads: 1, events, default, (student, 2));

        Assert.That(student.Inputs, Has.Count.EqualTo(6));
        Assert.That((logits.Rows, logits.Outputs, logits.Places), Is.EqualTo(((int)student.Tokens, 2, (int[]?)null)));
        Assert.That(logits.Report.MaxLength, Is.EqualTo(12), "the student's");
        Assert.That(events.Notes.Single(), Is.EqualTo($"teacher: {student.Tokens} rows x 2 outputs, the largest 2 of "
            + "each distribution, 0.0 MB kept in half precision"));
        Assert.That(logits.Report.Audit.Accuracy, Is.InRange(0, 1));
        Assert.That(logits.Report.Audit.CalibrationError, Is.InRange(0, 1));
    }

    [Test]
    public void A_run_over_windows_goes_on_to_the_same_bits()
    {
        string[] command =
        [
            "finetune", "--task", "question-answering", "--model", _files.Model, "--train", _files.Long, "--eval",
            _files.Long, "--batch-size", "2", "--max-length", "12", "--stride", "2", "--threads", "1", "--json",
            "--epochs", "3", "--checkpoint-seconds", "0", "--method", "distillation", "--teacher", _teacher,
            "--teacher-cache", _files.File("cache"),
        ];
        CliRun.Of([.. command, "--out", _files.File("whole")]).Succeeded();
        CliRun.InterruptedAt("\"step\":4,", [.. command, "--out", _files.File("cut")]);
        CliRun.Of("finetune", "--resume", _files.File("cut"), "--json").Succeeded();

        Assert.That(File.ReadAllBytes(Path.Combine(_files.File("cut"), "model.safetensors")),
            Is.EqualTo(File.ReadAllBytes(Path.Combine(_files.File("whole"), "model.safetensors"))));
    }

    [Test]
    public void A_teacher_that_cuts_texts_into_other_tokens_is_refused()
    {
        string start = _files.File("other-start"), other = _files.File("other");
        TinyBert.Write(start, ["a", "##da", "bob", "is", "in", "far", "the", "who", "?", "."]);
        CliRun.Of([.. Command(start, other), "--epochs", "1"]).Succeeded();
        EncodedDataset student = Task.Encode(_data, Tokenizer.Load(_files.Model), 24, threads: 1);

        Assert.That(
            () => TeacherLogits.Obtain(
                Options with { Model = other }, Task, _data, threads: 1, null, default, (student, null)),
            Throws.InstanceOf<RunException>().With.Message.Contains("teacher and student read it as other tokens")
                .And.Message.Contains("Take a teacher with the student's tokenizer and length, or self-distillation."));
    }

    [Test]
    public void A_model_trains_its_own_teacher_and_the_verb_says_how_good_one_is()
    {
        CliRun.Of([.. Command(_files.Model, _files.File("self")), "--epochs", "1", "--method", "self-distillation"])
            .Succeeded();

        CliRun run = CliRun.Of(
            "teacher", "--task", "question-answering", "--model", _teacher, "--data", _files.Train, "--max-length",
            "24", "--cache", _files.File("cache"), "--threads", "1").Succeeded();

        Assert.That(run.Out + run.Error, Does.Contain("of the starts and ends"));
    }

    private string[] Command(string model, string output) =>
    [
        "finetune", "--task", "question-answering", "--model", model, "--train", _files.Train, "--eval", _files.Eval,
        "--batch-size", "8", "--lr", "0.01", "--max-length", "24", "--threads", "1", "--out", output,
    ];
}
