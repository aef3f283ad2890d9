using OrtTrainer.Data;
using OrtTrainer.Tasks;

namespace OrtTrainer.Tests.Data;

/// <summary>Classification in the exports of annotation tools.</summary>
public sealed class AnnotationExportTests
{
    private const string Task = """
        {"id": 7, "data": {"review": "Late again.", "shop": "north"}, "annotations": [
          {"was_cancelled": true, "result": []},
          {"was_cancelled": false, "result": [
            {"from_name": "topic", "to_name": "review", "type": "choices", "value": {"choices": ["delivery", "staff"]}},
            {"from_name": "mood", "to_name": "review", "type": "choices", "value": {"choices": ["bad"]}},
            {"from_name": "stars", "to_name": "review", "type": "rating", "value": {"rating": 2}}]}],
         "predictions": []}
        """;

    [TestCase("mood", "[\"bad\"]")]
    [TestCase("topic", "[\"delivery\", \"staff\"]")]
    [TestCase("stars", "2")]
    [TestCase("label", "[\"delivery\", \"staff\"]")]
    public void A_task_of_Label_Studio_has_the_label_of_a_control_or_of_the_first(string label, string expected)
    {
        Example example = Read($"[{Task}]", DataFormat.Json, "classification", "review", label).Single();

        Assert.That((example.Text, example.Label), Is.EqualTo(("Late again.", expected)));
    }

    [Test]
    public void Choices_become_one_label_or_several_by_the_task()
    {
        Assert.That(Labels(Two("mood"), "classification", "mood"), Is.EqualTo(new[] { "bad", "good" }));
        Assert.That(Labels(Two("topic"), "multilabel", "topic"), Is.EqualTo(new[] { "delivery", "staff" }));

        static string Two(string control) => $"[{Task}, {Task.Replace("[\"bad\"]", "[\"good\"]")}]";
    }

    [Test]
    public void A_task_without_the_label_or_without_annotations_is_refused_with_what_there_is()
    {
        Assert.That(() => Read($"[{Task}]", DataFormat.Json, "classification", "review", "anger"),
            Throws.TypeOf<DataFileException>().With.Message.EndsWith(
                "line 1: the annotation has no label 'anger'; its results are topic, mood, stars. Name the control "
                + "that makes the label, or take the task out."));
        Assert.That(
            () => Read("""[{"data": {"text": "a"}, "annotations": []}]""", DataFormat.Json, "classification", "text",
                "mood"),
            Throws.TypeOf<DataFileException>().With.Message.Contains("the task has no annotation"));
    }

    [TestCase("""{"id": 1, "text": "a", "sentiment": "bad"}""", "bad")]
    [TestCase("""{"id": 1, "text": "a", "sentiment": {"choices": ["bad", "sad"]}}""", "[\"bad\", \"sad\"]")]
    public void The_short_form_of_Label_Studio_has_a_column_per_control(string row, string label) =>
        Assert.That(Read($"[{row}]", DataFormat.Json, "multilabel", "text", "sentiment").Single().Label,
            Is.EqualTo(label));

    [TestCase("label")]
    [TestCase("labels")]
    public void Doccano_writes_a_list_of_labels_under_either_name(string name)
    {
        string lines = $$"""
            {"id": 1, "text": "a", "{{name}}": ["bad"], "Comments": []}
            {"id": 2, "text": "b", "{{name}}": ["good"], "Comments": []}
            """;

        Assert.That(Labels(lines, "classification", null, DataFormat.JsonLines, "text"),
            Is.EqualTo(new[] { "bad", "good" }));
    }

    private static IReadOnlyList<string> Labels(
        string content, string task, string? label, DataFormat format = DataFormat.Json, string text = "review")
    {
        Example[] examples = Read(content, format, task, text, label);
        return ModelTask.Named(task).FindLabels("inline", examples, new ExampleColumns(text, Label: label ?? "label"))!
            .Names;
    }

    private static Example[] Read(string content, DataFormat format, string task, string text, string? label)
    {
        ModelTask read = ModelTask.Named(task);
        ExampleColumns columns = new(text, Label: label ?? "label");
        return [.. Tables.Read(content, format).SelectMany(row => read.ReadExamples(row, columns))];
    }
}
