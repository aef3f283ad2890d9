using System.Globalization;
using OrtTrainer.Data;
using OrtTrainer.Tasks.Classification;
using OrtTrainer.Tasks.MultiLabel;
using OrtTrainer.Tasks.Regression;

namespace OrtTrainer.Tests.Tasks;

internal sealed class LabelingTests
{
    private static readonly LabelMap Letters = LabelMap.OfData(["a", "b", "c"]);

    [Test]
    public void Labels_become_ids()
    {
        Dataset data = ClassificationTask.Instance.Label("f", Examples("c", "a", "c"), Letters);

        Assert.That(((ClassTargets)data.Targets).Ids.ToArray(), Is.EqualTo(new[] { 2, 0, 2 }));
        Assert.That((data.Count, data.Outputs), Is.EqualTo((3, 3)));
    }

    [TestCase("[\"a\"]")]
    [TestCase(" a ")]
    [TestCase("a\t")]
    public void White_space_and_a_list_of_one_are_no_part_of_a_label(string label)
    {
        Dataset data = ClassificationTask.Instance.Label("f", Examples("b", label), Letters);

        Assert.That(((ClassTargets)data.Targets).Ids.ToArray(), Is.EqualTo(new[] { 1, 0 }));
    }

    [Test]
    public void A_label_may_begin_with_a_bracket()
    {
        LabelMap labels = LabelMap.OfData(["[x", "[y]"]);
        Dataset data = ClassificationTask.Instance.Label("f", Examples("[x", "[y]"), labels);

        Assert.That(
            ((ClassTargets)data.Targets).Ids.ToArray(), Is.EqualTo(new[] { labels.IdOf("[x"), labels.IdOf("[y]") }));
    }

    [TestCase("{\"name\":\"a\",\"score\":1}")]
    [TestCase("[\"a\",\"b\"]")]
    [TestCase("[[\"a\"]]")]
    [TestCase("[]")]
    public void A_label_that_is_JSON_of_another_kind_is_refused(string label)
    {
        Assert.That(
            Refusal(() => ClassificationTask.Instance.Label("f", Examples("a", label), Letters)),
            Is.EqualTo($"f, line 3: the label is {label}; expected a name, or a list of one. Write the name alone, " +
                "or take --task multilabel for several."));
    }

    [TestCase("[1,0,0,1]")]
    [TestCase("[0.0, 1.0, 0.0]")]
    [TestCase("[true,false,false]")]
    [TestCase("[\"True\", \"True\"]")]
    [TestCase("1|0|0|1")]
    public void A_vector_of_yes_and_no_is_no_list_of_names(string label)
    {
        Assert.That(
            Refusal(() => MultiLabelTask.Instance.Label("f", Examples("[\"a\"]", label), Letters)),
            Does.StartWith($"f, line 3: the label field {label} says yes or no by position; expected the names"));
    }

    [Test]
    public void Numbers_may_name_labels()
    {
        Dataset data = MultiLabelTask.Instance.Label("f", Examples("[3, 0]", "[1]"), LabelMap.OfData(["0", "1", "3"]));

        Assert.That(Rows(data), Is.EqualTo(new float[] { 1, 0, 1, 0, 1, 0 }));
    }

    [Test]
    public void Several_labels_become_ones_in_a_row_of_zeros()
    {
        Dataset data = MultiLabelTask.Instance.Label("f", Examples("a|c", "", "[\"b\"]", "c | b", "[]"), Letters);

        Assert.That(Rows(data), Is.EqualTo(new float[] { 1, 0, 1, 0, 0, 0, 0, 1, 0, 0, 1, 1, 0, 0, 0 }));
    }

    [Test]
    public void Another_separator_may_join_labels()
    {
        Dataset data = MultiLabelTask.Instance.Label(
            "f", Examples("a,b"), Letters, new ExampleColumns(LabelSeparator: ","));

        Assert.That(Rows(data), Is.EqualTo(new float[] { 1, 1, 0 }));
    }

    [Test]
    public void Numbers_are_read_alike_in_every_culture()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = new CultureInfo("") { NumberFormat = { NumberDecimalSeparator = "," } };
        try
        {
            Dataset data = RegressionTask.Instance.Label("f", Examples("3.25", "-1e-3", "4"), null);

            Assert.That(Rows(data), Is.EqualTo(new[] { 3.25f, -0.001f, 4f }));
            Assert.That(data.Outputs, Is.EqualTo(1));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [TestCase("NaN")]
    [TestCase("Infinity")]
    [TestCase("1e99")]
    [TestCase("3,25")]
    [TestCase("")]
    public void A_target_that_is_no_finite_number_is_refused(string label)
    {
        Assert.That(
            Refusal(() => RegressionTask.Instance.Label("f", Examples("1", label), null)),
            Does.StartWith($"f, line 3: the label is '{label}'; regression needs a finite number"));
    }

    [Test]
    public void An_unknown_label_is_named_with_its_line_and_those_known()
    {
        Assert.That(
            Refusal(() => ClassificationTask.Instance.Label("test.tsv", Examples("a", "d"), Letters)),
            Does.StartWith("test.tsv, line 3: the label 'd' is not known from the training data or the model.")
                .And.Contains("Known labels: a, b, c."));
    }

    [Test]
    public void An_empty_label_is_refused_with_its_line()
    {
        Assert.That(
            Refusal(() => ClassificationTask.Instance.Label("f", Examples("a", ""), Letters)),
            Does.StartWith("f, line 3: the label is empty"));
    }

    [TestCase("a||b", "f, line 2: the label field 'a||b' holds an empty label; expected names joined by '|'")]
    [TestCase("[\"a\"", "f, line 2: the label field '[\"a\"' begins as a JSON array but is none")]
    public void A_malformed_list_of_labels_is_refused(string field, string message)
    {
        Assert.That(
            Refusal(() => MultiLabelTask.Instance.Label("f", Examples(field), Letters)), Does.StartWith(message));
    }

    [Test]
    public void No_rows_and_rows_without_labels_are_refused()
    {
        Assert.That(
            Refusal(() => ClassificationTask.Instance.Label("f", [], Letters)),
            Does.StartWith("f: there are no rows in it"));
        Assert.That(
            Refusal(() => ClassificationTask.Instance.Label("f", [new Example("x", null, null, 7)], Letters)),
            Does.StartWith("f, line 7: the row has no label"));
    }

    [Test]
    public void Rows_can_be_taken_in_any_order()
    {
        Dataset data = MultiLabelTask.Instance.Label("f", Examples("a|b", "c", "b"), Letters).Take([2, 0]);

        Assert.That(Rows(data), Is.EqualTo(new float[] { 0, 1, 0, 1, 1, 0 }));
        Assert.That(data.Examples.Select(example => example.Line), Is.EqualTo(new[] { 4, 2 }));
    }

    [Test]
    public void Rows_that_were_taken_remember_which_of_the_file_they_are()
    {
        Dataset whole = ClassificationTask.Instance.Label("f", Examples("a", "c", "b"), Letters);

        Dataset part = whole.Take([2, 0]).Take([1]);

        Assert.That(whole.SourceRows, Is.EqualTo(new[] { 0, 1, 2 }));
        Assert.That((part.SourceRows.Single(), part.SourceCount), Is.EqualTo((0, 3)));
    }

    private static float[] Rows(Dataset data)
    {
        float[] rows = new float[data.Count * data.Outputs];
        for (int i = 0; i < data.Count; i++)
        {
            data.Targets.Write(i, rows.AsSpan(i * data.Outputs, data.Outputs));
        }

        return rows;
    }

    private static Example[] Examples(params string[] labels) =>
        [.. labels.Select((label, at) => new Example($"text {at}", null, label, at + 2))];

    private static string Refusal(Func<Dataset> reading) => Assert.Throws<DataFileException>(() => reading())!.Message;
}
