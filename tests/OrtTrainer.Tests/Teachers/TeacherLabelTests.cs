using OrtTrainer.Common;
using OrtTrainer.Data;
using OrtTrainer.Models;
using OrtTrainer.Tasks.MultiLabel;
using OrtTrainer.Teachers;

namespace OrtTrainer.Tests.Teachers;

/// <summary>Labels are matched by name, or the teacher is refused with both lists.</summary>
public sealed class TeacherLabelTests
{
    private static readonly LabelMap Student = LabelMap.OfModel(["animal", "food", "place"]);

    [Test]
    public void The_order_says_which_output_each_label_of_the_student_is()
    {
        int[] order = LabelOrder.Match("config.json", ["place", "animal", "food"], Student);

        Assert.That(order, Is.EqualTo(new[] { 1, 2, 0 }));
        Assert.That(LabelOrder.Reorder([10, 11, 12, 20, 21, 22], order), Is.EqualTo(new[] { 11, 12, 10, 21, 22, 20 }));
    }

    [Test]
    public void Other_names_are_refused_naming_both_lists_and_which_differ()
    {
        Assert.That(() => LabelOrder.Match("config.json", ["place", "Animal", "food"], Student),
            Throws.TypeOf<RunException>().With.Message.EqualTo(
                "config.json: the teacher's 3 labels are place, Animal, food; the student's 3 are animal, food, "
                + "place. Only the teacher has Animal; only the student has animal. Give the same things the same "
                + "names in the teacher's files (id2label of config.json) and in the data, or choose another "
                + "teacher."));
    }

    [Test]
    public void Another_number_of_classes_is_refused()
    {
        Assert.That(() => LabelOrder.Match("config.json", ["animal", "food"], Student),
            Throws.TypeOf<RunException>().With.Message.Contains("the teacher's 2 labels are animal, food; the "
                + "student's 3 are animal, food, place").And.Message.Contains("Their numbers differ"));
    }

    [Test]
    public void A_name_that_stands_twice_is_refused()
    {
        Assert.That(() => LabelOrder.Match("config.json", ["food", "food", "place"], Student),
            Throws.TypeOf<RunException>().With.Message.Contains("a name twice"));
    }

    [Test]
    public void Default_names_are_refused_where_the_student_has_real_ones()
    {
        Assert.That(() => LabelOrder.Match("config.json", ["LABEL_0", "LABEL_1", "LABEL_2"], Student),
            Throws.TypeOf<RunException>().With.Message.Contains("Default names do not tell")
                .And.Message.Contains("id2label"));
    }

    [Test]
    public void Default_names_stand_for_the_numbers_from_0()
    {
        Assert.That(
            LabelOrder.Match("c", ["LABEL_0", "LABEL_1", "LABEL_2"], LabelMap.OfData(["2", "0", "1"])),
            Is.EqualTo(new[] { 0, 1, 2 }));
        Assert.That(() => LabelOrder.Match("c", ["LABEL_0", "LABEL_1", "LABEL_2"], LabelMap.OfData(["-1", "0", "1"])),
            Throws.TypeOf<RunException>().With.Message.Contains("-1, 0, 1"));
    }

    [Test]
    public void Long_lists_are_cut()
    {
        LabelMap many = LabelMap.OfData(Enumerable.Range(0, 70).Select(i => i.ToString("00")));

        Assert.That(() => LabelOrder.Match("c", ["00"], many),
            Throws.TypeOf<RunException>().With.Message.Contains("18, 19 and 50 more"));
    }

    [Test]
    public void A_teacher_with_other_labels_runs_over_nothing()
    {
        using TeacherTask task = new();
        task.Rename("place", "beast", "food");
        EventLog events = new();

        Assert.That(() => task.Obtain(events: events), Throws.TypeOf<RunException>()
            .With.Message.StartsWith(Path.Combine(task.Model, "config.json"))
            .And.Message.Contains("only the student has animal"));
        Assert.That(events.Batches, Is.Zero);
        Assert.That(Directory.Exists(task.Cache), Is.False);
    }

    [Test]
    public void A_teacher_of_another_task_is_refused()
    {
        using TeacherTask task = new();
        Dataset several = MultiLabelTask.Instance.Label("rows", task.Data.Examples, task.Data.Labels);

        Assert.That(() => task.Obtain(data: several, task: MultiLabelTask.Instance), Throws.TypeOf<RunException>()
            .With.Message.Contains("single_label_classification").And.Message.Contains("multi_label_classification"));
    }
}
