using System.Globalization;
using OrtTrainer.Checkpoints;
using OrtTrainer.Common;
using OrtTrainer.Data;
using OrtTrainer.Models;
using OrtTrainer.Tasks.Classification;
using OrtTrainer.Tasks.Regression;
using OrtTrainer.Teachers;
using OrtTrainer.Tests.Checkpoints;

namespace OrtTrainer.Tests.Teachers;

/// <summary>Logits made elsewhere: a row per row of the training file, columns by name.</summary>
public sealed class TeacherLogitsFileTests
{
    private TeacherTask _task = null!;

    [SetUp]
    public void Make() => _task = new TeacherTask();

    [TearDown]
    public void Remove() => _task.Dispose();

    [TestCase("logits.safetensors")]
    [TestCase("logits.csv")]
    [TestCase("logits.tsv")]
    public void What_is_written_reads_back_bit_for_bit(string name)
    {
        TeacherLogits logits = _task.Obtain();
        TeacherLogitsFile.Write(_task.File(name), logits, _task.Data);
        EventLog events = new();

        TeacherLogits read = From(_task.File(name), events: events);

        Assert.That(read.Values, Is.EqualTo(logits.Values));
        Assert.That(events.Batches, Is.Zero);
        Assert.That(events.Notes, Is.Empty);
        Assert.That(read.Report.Audit.Accuracy, Is.EqualTo(logits.Report.Audit.Accuracy));
    }

    [Test]
    public void A_safetensors_file_of_this_program_tells_whose_logits_they_are_and_what_they_cost()
    {
        TeacherLogits logits = _task.Obtain();
        TeacherLogitsFile.Write(_task.File("l.safetensors"), logits, _task.Data);

        TeacherReport report = From(_task.File("l.safetensors")).Report;

        Assert.That((report.Name, report.MaxLength), Is.EqualTo(("teacher", (int?)24)));
        Assert.That(report.Cost, Is.EqualTo(logits.Report.Cost));
        Assert.That((report.IsCached, report.CacheFile), Is.EqualTo((true, (string?)null)));
    }

    [Test]
    public void A_part_that_was_split_off_takes_its_rows_of_the_whole_file()
    {
        Write("numbers.csv", "animal,food,place", row => [row, row + 0.25f, row + 0.5f]);

        TeacherLogits logits = From(_task.File("numbers.csv"), _task.Data.Take([5, 59]).Take([1, 0]));

        Assert.That(logits.Values, Is.EqualTo(new[] { 59, 59.25f, 59.5f, 5, 5.25f, 5.5f }));
    }

    [Test]
    public void Columns_go_by_name()
    {
        Write("numbers.tsv", "place\tanimal\tfood", row => [3, 1, 2]);

        Assert.That(From(_task.File("numbers.tsv"))[8].ToArray(), Is.EqualTo(new[] { 1f, 2, 3 }));
    }

    [Test]
    public void Other_names_are_refused_as_with_a_model()
    {
        Write("numbers.csv", "place,animals,food", row => [3, 1, 2]);

        Refused("numbers.csv", typeof(RunException), "only the student has animal");
    }

    [Test]
    public void Tensors_without_names_are_taken_in_the_students_order_and_a_note_says_so()
    {
        Tensors("t.safetensors", [60, 3], Enumerable.Range(0, 180).Select(i => i / 4f));
        EventLog events = new();

        TeacherLogits logits = From(_task.File("t.safetensors"), events: events);

        Assert.That(logits[2].ToArray(), Is.EqualTo(new[] { 1.5f, 1.75f, 2 }));
        Assert.That(logits.Report.Cost, Is.Null);
        Assert.That(events.Notes.Single(), Does.Contain("names no labels").And.Contain("animal, food, place"));
    }

    [Test]
    public void Names_in_the_metadata_put_columns_in_order()
    {
        Tensors("t.safetensors", [60, 3], Enumerable.Range(0, 180).Select(i => (float)(i % 3)),
            """["place", "animal", "food"]""");

        Assert.That(From(_task.File("t.safetensors"))[0].ToArray(), Is.EqualTo(new[] { 1f, 2, 0 }));
    }

    [TestCase("""["place", "animal"]""", "2 names")]
    [TestCase("place,animal,food", "a JSON array")]
    public void Names_that_do_not_fit_the_columns_are_refused(string labels, string message)
    {
        Tensors("t.safetensors", [60, 3], new float[180], labels);

        Refused("t.safetensors", typeof(CheckpointException), message);
    }

    [TestCase(59)]
    [TestCase(61)]
    [TestCase(0)]
    public void Another_number_of_rows_is_refused_with_both_numbers(int rows)
    {
        Tensors("t.safetensors", [rows, 3], new float[3 * rows]);

        Refused("t.safetensors", typeof(DataFileException), $"logits for {rows} rows; expected 60");
    }

    [Test]
    public void Rows_of_the_part_alone_are_refused_saying_what_is_missing()
    {
        Tensors("t.safetensors", [50, 3], new float[150]);

        Assert.That(() => From(_task.File("t.safetensors"), _task.Data.Take([.. Enumerable.Range(0, 50)])),
            Throws.TypeOf<DataFileException>().With.Message.Contains(
                $"expected 60, one for every row of {_task.DataFile} (the 10 that are split off to evaluate on "
                + "included)"));
    }

    [Test]
    public void Another_number_of_columns_is_refused_with_both_numbers()
    {
        Tensors("t.safetensors", [60, 4], new float[240]);

        Refused("t.safetensors", typeof(DataFileException), "4 logits per row; expected 3");
    }

    [Test]
    public void A_text_that_changed_since_is_noticed_by_its_line()
    {
        TeacherLogitsFile.Write(_task.File("l.safetensors"), _task.Obtain(), _task.Data);
        Example[] rows = [.. _task.Data.Examples];
        rows[7] = rows[7] with { Text = "something else" };
        Dataset changed = ClassificationTask.Instance.Label(_task.DataFile, rows, _task.Data.Labels);

        Assert.That(() => From(_task.File("l.safetensors"), changed), Throws.TypeOf<DataFileException>()
            .With.Message.Contains("row 8").And.Message.Contains("line 9")
            .And.Message.Contains("Run the teacher again"));
        Assert.That(() => From(_task.File("l.safetensors"), changed.Take([0, 1])), Throws.Nothing,
            "a row that is not used does not matter");
    }

    [Test]
    public void A_file_without_the_tensor_is_refused()
    {
        SafetensorsWriter.Write(_task.File("t.safetensors"), [TensorData.Floats("scores", [1], new float[1])]);

        Refused("t.safetensors", typeof(CheckpointException), "tensor logits");
    }

    [Test]
    public void Values_that_are_no_numbers_are_refused_by_row()
    {
        float[] values = new float[180];
        values[100] = float.NaN;
        Tensors("t.safetensors", [60, 3], values);
        Write("words.csv", "animal,food,place", row => [0, 0, 0], last: "1,two,3");

        Refused("t.safetensors", typeof(DataFileException), "row 34 hold NaN");
        Refused("words.csv", typeof(DataFileException), "'two' in column 'food' is no number");
    }

    [Test]
    public void Half_and_double_precision_are_read_too()
    {
        byte[] values = [.. Enumerable.Range(0, 180).SelectMany(i => BitConverter.GetBytes((Half)(i / 8.0)))];
        File.WriteAllBytes(_task.File("half.safetensors"), SafetensorsBytes.Join(
            """{"logits":{"dtype":"F16","shape":[60,3],"data_offsets":[0,360]}}""", values));

        Assert.That(From(_task.File("half.safetensors"))[1].ToArray(), Is.EqualTo(new[] { 0.375f, 0.5f, 0.625f }));
    }

    [Test]
    public void Labels_with_commas_and_quotes_survive_a_table()
    {
        string[] names = ["a, b", "say \"c\"", "d"];
        LogitsTable.Write(_task.File("q.csv"), [1.5f, float.MinValue, 1e-30f], names);

        LogitsContent content = LogitsTable.Read(_task.File("q.csv"));

        Assert.That(content.Labels, Is.EqualTo(names));
        Assert.That(content.Values, Is.EqualTo(new[] { 1.5f, float.MinValue, 1e-30f }));
        Assert.That(() => LogitsTable.Read(_task.File("q.csv"), new CancellationToken(canceled: true)),
            Throws.InstanceOf<OperationCanceledException>());
        Assert.That(() => LogitsTable.Write(_task.File("q.tsv"), [1f], ["a\tb"]),
            Throws.TypeOf<DataFileException>().With.Message.Contains(".safetensors"));
    }

    [Test]
    public void An_extension_nobody_knows_is_refused()
    {
        _task.Write("logits.bin", "");

        Refused("logits.bin", typeof(DataFileException), "'.bin'");
        Assert.That(TeacherLogitsFile.IsKnown("a.safetensors") && TeacherLogitsFile.IsKnown("a.CSV"));
        Assert.That(TeacherLogitsFile.IsKnown("a.npy"), Is.False);
    }

    [Test]
    public void A_regression_takes_one_column_of_any_name()
    {
        using TeacherTask task = new(RegressionTask.Instance);
        TeacherLogits logits = task.Obtain();
        TeacherLogitsFile.Write(task.File("r.csv"), logits, task.Data);

        Assert.That(task.Obtain(new TeacherOptions { Logits = task.File("r.csv") }).Values, Is.EqualTo(logits.Values));
    }

    private TeacherLogits From(string path, Dataset? data = null, EventLog? events = null) =>
        _task.Obtain(new TeacherOptions { Logits = path }, data, events);

    private void Refused(string name, Type exception, string message) => Assert.That(() => From(_task.File(name)),
        Throws.TypeOf(exception).With.Message.StartsWith(_task.File(name)).And.Message.Contains(message));

    private void Write(string name, string header, Func<int, float[]> row, string? last = null)
    {
        char delimiter = name.EndsWith(".csv", StringComparison.Ordinal) ? ',' : '\t';
        IEnumerable<string> lines = Enumerable.Range(0, last is null ? 60 : 59).Select(i =>
            string.Join(delimiter, row(i).Select(value => value.ToString(CultureInfo.InvariantCulture))));
        _task.Write(name, string.Join('\n', [header, .. lines, .. last is null ? [] : new[] { last }]));
    }

    private void Tensors(string name, long[] shape, IEnumerable<float> values, string? labels = null) =>
        SafetensorsWriter.Write(
            _task.File(name), [TensorData.Floats("logits", shape, values.ToArray())],
            labels is null ? null : new Dictionary<string, string> { ["labels"] = labels });
}
