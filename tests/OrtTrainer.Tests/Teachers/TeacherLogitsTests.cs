using OrtTrainer.Checkpoints;
using OrtTrainer.Data;
using OrtTrainer.Export;
using OrtTrainer.Models;
using OrtTrainer.Runtime;
using OrtTrainer.Tasks.Classification;
using OrtTrainer.Tasks.MultiLabel;
using OrtTrainer.Tasks.Regression;
using OrtTrainer.Teachers;

namespace OrtTrainer.Tests.Teachers;

/// <summary>A teacher's outputs in the student's order, whatever form the teacher comes in.</summary>
public sealed class TeacherLogitsTests
{
    private TeacherTask _task = null!;

    [SetUp]
    public void Make() => _task = new TeacherTask();

    [TearDown]
    public void Remove() => _task.Dispose();

    [Test]
    public void Logits_are_those_of_the_teacher_in_the_order_of_rows_and_of_the_students_labels()
    {
        TeacherLogits logits = _task.Obtain();

        Assert.That(_task.Data.Labels!.Names, Is.EqualTo(TeacherTask.Student));
        Assert.That((logits.Rows, logits.Outputs), Is.EqualTo((60, 3)));
        Assert.That(logits.Values, Is.EqualTo(_task.StudentLogits()).Within(1e-5));
        Assert.That(logits[7].ToArray(), Is.EqualTo(logits.Values[21..24]));
    }

    [Test]
    public void A_part_of_the_data_has_the_logits_of_its_rows()
    {
        float[] all = _task.StudentLogits();
        int[] rows = [40, 3, 59];

        TeacherLogits logits = _task.Obtain(data: _task.Data.Take(rows));

        Assert.That(logits.Values,
            Is.EqualTo(rows.SelectMany(row => all[(3 * row)..((3 * row) + 3)])).Within(1e-5));
    }

    [Test]
    public void A_regression_has_one_output_whatever_its_name()
    {
        using TeacherTask task = new(RegressionTask.Instance);

        TeacherLogits logits = task.Obtain();

        Assert.That(logits.Outputs, Is.EqualTo(1));
        Assert.That(logits.Values, Is.EqualTo(task.OwnLogits()).Within(1e-5));
    }

    [Test]
    public void Several_labels_per_row_are_matched_by_name_too()
    {
        using TeacherTask task = new(MultiLabelTask.Instance);

        Assert.That(task.Obtain().Values, Is.EqualTo(task.StudentLogits()).Within(1e-5));
    }

    [TestCase("model.onnx", "")]
    [TestCase("other.onnx", "other.onnx")]
    [TestCase("onnx/model.onnx", "onnx/model.onnx")]
    [TestCase("onnx/model.onnx", "")]
    public void A_graph_in_place_of_weights_gives_the_same(string file, string named)
    {
        float[] expected = _task.StudentLogits();
        MoveWeightsTo(file);

        TeacherLogits logits = _task.Obtain(_task.Options with { Model = Path.Combine(_task.Model, named) });

        Assert.That(logits.Values, Is.EqualTo(expected).Within(1e-5));
        Assert.That(logits.Report.Name, Is.EqualTo("teacher"));
    }

    [Test]
    public void A_graph_of_an_architecture_unknown_here_is_a_teacher_too()
    {
        float[] expected = _task.StudentLogits();
        MoveWeightsTo("model.onnx");
        ModelConfig.Load(_task.Model).With("model_type", "a_model_of_next_year").Save(_task.Model);

        Assert.That(_task.Obtain().Values, Is.EqualTo(expected).Within(1e-5));
    }

    [Test]
    public void Batches_of_any_size_give_the_same_and_tell_how_far_they_are()
    {
        EventLog events = new();

        TeacherLogits logits = _task.Obtain(_task.Options with { TokensPerBatch = 40 }, events: events);

        Assert.That(logits.Values, Is.EqualTo(_task.StudentLogits()).Within(1e-5));
        Assert.That(events.Batches, Is.GreaterThan(5));
        Assert.That(events.Computed.Select(e => e.Done), Is.Ordered.Ascending);
        Assert.That(events.Computed.Last(), Is.EqualTo(new TeacherEvent.Computed(60, 60)));
    }

    [Test]
    public void The_longest_input_is_the_teachers_own_unless_told()
    {
        Assert.That(_task.Obtain().Report.MaxLength, Is.EqualTo(24), "positions of the model");
        Assert.That(_task.Obtain(_task.Options with { MaxLength = 8 }).Report.MaxLength, Is.EqualTo(8));
    }

    [Test]
    public void The_report_tells_what_ran_where_and_at_what_cost()
    {
        TeacherReport report = _task.Obtain(_task.Options with { Threads = 2 }).Report;

        Assert.That((report.Name, report.Source), Is.EqualTo(("teacher", _task.Model)));
        Assert.That((report.Rows, report.Outputs, report.IsCached), Is.EqualTo((60, 3, false)));
        Assert.That((report.Cost!.Device, report.Cost.Threads), Is.EqualTo(("cpu", 2)));
        Assert.That(report.Cost.Seconds, Is.GreaterThan(0).And.LessThanOrEqualTo(report.ElapsedSeconds));
        Assert.That(report.Cost.MemoryBytes, Is.GreaterThanOrEqualTo(0));
        Assert.That(report.CacheFile, Is.EqualTo(_task.CacheFile));
        Assert.That(report.Audit.Rows, Is.EqualTo(60));
    }

    private void MoveWeightsTo(string file)
    {
        using PretrainedModel model = PretrainedModel.Open(_task.Model);
        string folder = _task.File("exported");
        ParameterLayout layout = PackedGraph.Evaluation(model.Architecture, new SequenceHead(3)).Layout;
        using OrtTrainer.Runtime.WeightBuffer weights = new(Device.Default, layout.Length);
        model.Load(layout, weights, seed: 0);
        ModelExporter.Export(folder, new FineTunedModel
        {
            Config = model.Config,
            Task = ClassificationTask.Instance,
            Labels = TeacherTask.Teacher,
            Layout = layout,
            Parameters = weights,
            TokenizerFolder = _task.Model,
        }, Export.TinyClassifier.Provenance);
        string path = Path.Combine(_task.Model, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        System.IO.File.Move(Path.Combine(folder, "onnx", "model.onnx"), path);
        System.IO.File.Delete(Path.Combine(_task.Model, "model.safetensors"));
    }
}
