using OrtTrainer.Checkpoints;
using OrtTrainer.Common;
using OrtTrainer.Models;
using OrtTrainer.Teachers;

namespace OrtTrainer.Tests.Teachers;

/// <summary>Teachers that cannot be used: one message that says what, where and what to do.</summary>
public sealed class TeacherFailureTests
{
    private TeacherTask _task = null!;

    [SetUp]
    public void Make() => _task = new TeacherTask();

    [TearDown]
    public void Remove() => _task.Dispose();

    [Test]
    public void A_missing_tokenizer_is_never_replaced_by_the_students()
    {
        File.Delete(Path.Combine(_task.Model, "vocab.txt"));

        Assert.That(() => _task.Obtain(), Throws.TypeOf<RunException>()
            .With.Message.StartsWith($"{_task.Model}: no tokenizer found")
            .And.Message.Contains("never with the student's"));
    }

    [Test]
    public void A_missing_configuration_is_named()
    {
        File.Delete(Path.Combine(_task.Model, "config.json"));

        Assert.That(() => _task.Obtain(), Throws.TypeOf<RunException>()
            .With.Message.StartsWith($"{_task.Model}: there is no config.json in it"));
    }

    [Test]
    public void A_graph_without_a_configuration_is_refused()
    {
        string graph = _task.Write("lonely.onnx", "");

        Assert.That(() => _task.Obtain(_task.Options with { Model = graph }), Throws.TypeOf<RunException>()
            .With.Message.StartsWith(graph).And.Message.Contains("Put the model's config.json"));
    }

    [Test]
    public void A_path_with_nothing_at_it_is_named()
    {
        Assert.That(() => _task.Obtain(_task.Options with { Model = _task.File("nobody") }),
            Throws.TypeOf<RunException>().With.Message.StartsWith($"{_task.File("nobody")}: there is no such"));
    }

    [Test]
    public void Missing_weights_are_named()
    {
        File.Delete(Path.Combine(_task.Model, "model.safetensors"));

        Assert.That(() => _task.Obtain(), Throws.TypeOf<CheckpointException>()
            .With.Message.StartsWith($"{_task.Model}: found no weights"));
    }

    [Test]
    public void An_encoder_without_a_head_is_refused_and_nothing_is_kept()
    {
        string config = File.ReadAllText(Path.Combine(_task.Model, "config.json"));
        Tests.Models.TinyBert.Write(_task.Model, [.. TinyWords()],
            name: name => name.StartsWith("classifier", StringComparison.Ordinal) ? null : name);
        File.WriteAllText(Path.Combine(_task.Model, "config.json"), config);

        Assert.That(() => _task.Obtain(), Throws.TypeOf<RunException>()
            .With.Message.Contains("classifier.weight").And.Message.Contains("Fine-tune"));
        Assert.That(Directory.GetFiles(_task.Cache, "*.safetensors"), Is.Empty);
    }

    [Test]
    public void A_tokenizer_with_more_tokens_than_the_model_is_refused()
    {
        File.AppendAllText(Path.Combine(_task.Model, "vocab.txt"), "unheard\n");

        Assert.That(() => _task.Obtain(), Throws.TypeOf<RunException>().With.Message.Contains("vocab_size"));
    }

    [Test]
    public void A_file_that_is_no_graph_is_refused()
    {
        string graph = Path.Combine(_task.Model, "model.onnx");
        File.WriteAllText(graph, "no graph at all");

        Assert.That(() => _task.Obtain(), Throws.TypeOf<InvalidDataException>().With.Message.StartsWith(graph));
    }

    [Test]
    public void More_tokens_than_the_teacher_has_positions_for_are_refused()
    {
        Assert.That(() => _task.Obtain(_task.Options with { MaxLength = 25 }), Throws.TypeOf<RunException>()
            .With.Message.Contains("positions for 24 tokens; a limit of 25"));
    }

    [Test]
    public void A_weight_that_is_no_number_is_noticed_in_what_it_gives()
    {
        string path = Path.Combine(_task.Model, "model.safetensors");
        byte[] bytes = File.ReadAllBytes(path);
        BitConverter.TryWriteBytes(bytes.AsSpan(bytes.Length - sizeof(float)), float.NaN);
        File.WriteAllBytes(path, bytes);

        Assert.That(() => _task.Obtain(), Throws.TypeOf<RunException>()
            .With.Message.Contains("NaN").And.Message.Contains("line 2").And.Message.Contains("weights are damaged"));
        Assert.That(Directory.GetFiles(_task.Cache, "*.safetensors"), Is.Empty);
    }

    [Test]
    public void A_cache_that_is_a_file_is_refused_before_the_teacher_runs()
    {
        EventLog events = new();
        string file = _task.Write("occupied", "something else");

        Assert.That(() => _task.Obtain(_task.Options with { Cache = file }, events: events),
            Throws.TypeOf<RunException>().With.Message.StartsWith(file).And.Message.Contains("another folder"));
        Assert.That(events.Batches, Is.Zero);
    }

    [Test]
    public void Options_name_exactly_one_teacher()
    {
        Assert.That(() => new TeacherOptions().Resolve(),
            Throws.ArgumentException.With.Message.Contains("neither is given"));
        Assert.That(() => new TeacherOptions { Model = "a", Logits = "b.csv" }.Resolve(),
            Throws.ArgumentException.With.Message.Contains("both are given"));
    }

    [Test]
    public void Options_out_of_range_are_refused_by_name()
    {
        Assert.That(() => new TeacherOptions { MaxLength = 7 },
            Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.StartsWith("MaxLength is 7; expected 8 or more"));
        Assert.That(() => new TeacherOptions { Threads = 0 },
            Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.StartsWith("Threads is 0"));
        Assert.That(() => new TeacherOptions { TokensPerBatch = 0 },
            Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.StartsWith("TokensPerBatch is 0"));
        Assert.That(() => new TeacherOptions { Device = "webgpu" },
            Throws.ArgumentException.With.Message.Contains("'webgpu' is not in this build; it has cpu"));
    }

    [Test]
    public void Cancelling_between_batches_keeps_nothing()
    {
        using CancellationTokenSource source = new();
        EventLog events = new(_ => source.Cancel());

        Assert.That(
            () => TeacherLogits.Obtain(
                _task.Options with { TokensPerBatch = 30 }, _task.Task, _task.Data, 1, events, source.Token),
            Throws.InstanceOf<OperationCanceledException>());
        Assert.That(events.Batches, Is.EqualTo(1));
        Assert.That(Directory.GetFiles(_task.Cache, "*.safetensors"), Is.Empty);
        Assert.That(_task.Obtain().Report.IsCached, Is.False);
    }

    private static IEnumerable<string> TinyWords() => Tests.Runs.TinyTask.Words.Reverse();
}
