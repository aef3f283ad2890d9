using OrtTrainer.Data;
using OrtTrainer.Tasks.Classification;
using OrtTrainer.Teachers;

namespace OrtTrainer.Tests.Teachers;

/// <summary>A second run has no teacher to wait for; whatever could change its outputs makes it run again.</summary>
public sealed class TeacherCacheTests
{
    private TeacherTask _task = null!;

    [SetUp]
    public void Make() => _task = new TeacherTask();

    [TearDown]
    public void Remove() => _task.Dispose();

    [Test]
    public void A_second_call_runs_no_teacher_and_gives_the_same_bits()
    {
        TeacherLogits first = _task.Obtain();
        EventLog events = new();

        TeacherLogits second = _task.Obtain(events: events);

        Assert.That((first.Report.IsCached, second.Report.IsCached), Is.EqualTo((false, true)));
        Assert.That(events.Batches, Is.Zero);
        Assert.That(second.Values, Is.EqualTo(first.Values));
        Assert.That(second.Report.Cost, Is.EqualTo(first.Report.Cost), "the cost of the run that computed");
    }

    [Test]
    public void A_teacher_that_was_copied_elsewhere_is_the_same()
    {
        _task.Obtain();
        Directory.Move(_task.Model, _task.File("moved"));

        Assert.That(_task.Obtain(_task.Options with { Model = _task.File("moved") }).Report.IsCached);
    }

    [Test]
    public void Files_that_have_no_say_in_the_outputs_change_nothing()
    {
        _task.Obtain();
        File.WriteAllText(Path.Combine(_task.Model, "README.md"), "about this model");

        Assert.That(_task.Obtain().Report.IsCached);
    }

    [Test]
    public void Changed_weights_run_again_and_give_other_values()
    {
        TeacherLogits before = _task.Obtain();
        _task.ChangeWeights();

        TeacherLogits after = _task.Obtain();

        Assert.That(after.Report.IsCached, Is.False);
        Assert.That(after.Values, Is.Not.EqualTo(before.Values));
        Assert.That(after.Values, Is.EqualTo(_task.StudentLogits()).Within(1e-5));
    }

    [Test]
    public void A_changed_vocabulary_runs_again()
    {
        _task.Obtain();
        string vocabulary = Path.Combine(_task.Model, "vocab.txt");
        File.WriteAllText(vocabulary, File.ReadAllText(vocabulary).Replace("cat\n", "tac\n", StringComparison.Ordinal));

        Assert.That(_task.Obtain().Report.IsCached, Is.False);
    }

    [Test]
    public void Another_length_or_batch_size_runs_again()
    {
        _task.Obtain();

        Assert.That(_task.Obtain(_task.Options with { MaxLength = 9 }).Report.IsCached, Is.False);
        Assert.That(_task.Obtain(_task.Options with { TokensPerBatch = 64 }).Report.IsCached, Is.False);
        Assert.That(_task.Obtain(_task.Options with { Threads = 2 }).Report.IsCached, "threads change no value");
    }

    [Test]
    public void Other_texts_run_again_and_other_labels_do_not()
    {
        _task.Obtain();
        Example[] rows = [.. _task.Data.Examples];
        Example[] relabelled = [rows[0] with { Label = "place" }, .. rows[1..]];
        Example[] rewritten = [rows[0] with { Text = rows[0].Text + " ." }, .. rows[1..]];
        Example[] paired = [rows[0] with { Pair = "" }, .. rows[1..]];

        Assert.That(_task.Obtain(data: Of(relabelled)).Report.IsCached);
        Assert.That(_task.Obtain(data: Of(rewritten)).Report.IsCached, Is.False);
        Assert.That(_task.Obtain(data: Of(paired)).Report.IsCached, Is.False, "an empty pair is not no pair");
        Assert.That(_task.Obtain(data: Of([.. rows.Reverse()])).Report.IsCached, Is.False);
        Assert.That(_task.Obtain(data: _task.Data.Take([0, 1])).Report.IsCached, Is.False);
    }

    [Test]
    public void The_same_labels_in_another_order_have_an_entry_of_their_own()
    {
        float[] before = _task.Obtain().Values;
        Dataset reversed = ClassificationTask.Instance.Label(
            "rows", _task.Data.Examples, LabelMap.OfModel(["place", "food", "animal"]));

        TeacherLogits after = _task.Obtain(data: reversed);

        Assert.That(after.Report.IsCached, Is.False);
        Assert.That(after.Values, Is.EqualTo(before.Chunk(3).SelectMany(row => row.Reverse())));
    }

    [Test]
    public void A_letter_that_moves_from_one_text_to_the_next_is_noticed()
    {
        Dataset one = Of([new("ab", "c", "food", 1), new("d", null, "food", 2)]);
        Dataset other = Of([new("a", "bc", "food", 1), new("d", null, "food", 2)]);

        Assert.That(TextHash.Of(one), Is.Not.EqualTo(TextHash.Of(other)));
        Assert.That(TextHash.Rows(one)[0], Is.Not.EqualTo(TextHash.Rows(other)[0]));
        Assert.That(TextHash.Rows(one)[1], Is.EqualTo(TextHash.Rows(other)[1]));
    }

    private Dataset Of(Example[] rows) => ClassificationTask.Instance.Label("rows", rows, _task.Data.Labels);
}
