using System.Globalization;
using OrtTrainer.Data;

namespace OrtTrainer.Tests.Data;

internal sealed class DatasetTests
{
    private static readonly LabelMap Letters = LabelMap.OfData(["a", "b", "c"]);

    [Test]
    public void Labels_become_ids()
    {
        Dataset data = Dataset.Of("f", Examples("c", "a", "c"), TaskKind.Classification, Letters);

        Assert.That(data.LabelIds, Is.EqualTo(new[] { 2, 0, 2 }));
        Assert.That((data.Count, data.Outputs, data.Targets.Count), Is.EqualTo((3, 3, 0)));
    }

    [Test]
    public void Several_labels_become_ones_in_a_row_of_zeros()
    {
        Dataset data = Dataset.Of(
            "f", Examples("a|c", "", "[\"b\"]", "c | b", "[]"), TaskKind.MultiLabel, Letters);

        Assert.That(data.Targets, Is.EqualTo(new float[] { 1, 0, 1, 0, 0, 0, 0, 1, 0, 0, 1, 1, 0, 0, 0 }));
        Assert.That(data.LabelIds, Is.Empty);
    }

    [Test]
    public void Another_separator_may_join_labels()
    {
        Dataset data = Dataset.Of("f", Examples("a,b"), TaskKind.MultiLabel, Letters, ",");

        Assert.That(data.Targets, Is.EqualTo(new float[] { 1, 1, 0 }));
    }

    [Test]
    public void Numbers_are_read_alike_in_every_culture()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = new CultureInfo("") { NumberFormat = { NumberDecimalSeparator = "," } };
        try
        {
            Dataset data = Dataset.Of("f", Examples("3.25", "-1e-3", "4"), TaskKind.Regression, null);

            Assert.That(data.Targets, Is.EqualTo(new[] { 3.25f, -0.001f, 4f }));
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
            Refusal(() => Dataset.Of("f", Examples("1", label), TaskKind.Regression, null)),
            Does.StartWith($"f, line 3: the label is '{label}'; regression needs a finite number"));
    }

    [Test]
    public void An_unknown_label_is_named_with_its_line_and_those_known()
    {
        Assert.That(
            Refusal(() => Dataset.Of("test.tsv", Examples("a", "d"), TaskKind.Classification, Letters)),
            Does.StartWith("test.tsv, line 3: the label 'd' is not known from the training data or the model.")
                .And.Contains("Known labels: a, b, c."));
    }

    [Test]
    public void An_empty_label_is_refused_with_its_line()
    {
        Assert.That(
            Refusal(() => Dataset.Of("f", Examples("a", ""), TaskKind.Classification, Letters)),
            Does.StartWith("f, line 3: the label is empty"));
    }

    [TestCase("a||b", "f, line 2: the label field 'a||b' holds an empty label; expected names joined by '|'")]
    [TestCase("[\"a\"", "f, line 2: the label field '[\"a\"' begins as a JSON array but is none")]
    public void A_malformed_list_of_labels_is_refused(string field, string message)
    {
        Assert.That(
            Refusal(() => Dataset.Of("f", Examples(field), TaskKind.MultiLabel, Letters)), Does.StartWith(message));
    }

    [Test]
    public void No_rows_and_rows_without_labels_are_refused()
    {
        Assert.That(
            Refusal(() => Dataset.Of("f", [], TaskKind.Classification, Letters)),
            Does.StartWith("f: there are no rows in it"));
        Assert.That(
            Refusal(() => Dataset.Of("f", [new Example("x", null, null, 7)], TaskKind.Classification, Letters)),
            Does.StartWith("f, line 7: the row has no label"));
    }

    [Test]
    public void Rows_can_be_taken_in_any_order()
    {
        Dataset data = Dataset.Of("f", Examples("a|b", "c", "b"), TaskKind.MultiLabel, Letters).Take([2, 0]);

        Assert.That(data.Targets, Is.EqualTo(new float[] { 0, 1, 0, 1, 1, 0 }));
        Assert.That(data.Examples.Select(example => example.Line), Is.EqualTo(new[] { 4, 2 }));
    }

    [Test]
    public void Rows_that_were_taken_remember_which_of_the_file_they_are()
    {
        Dataset whole = Dataset.Of("f", Examples("a", "c", "b"), TaskKind.Classification, Letters);

        Dataset part = whole.Take([2, 0]).Take([1]);

        Assert.That(whole.SourceRows, Is.EqualTo(new[] { 0, 1, 2 }));
        Assert.That((part.SourceRows.Single(), part.SourceCount), Is.EqualTo((0, 3)));
    }

    private static Example[] Examples(params string[] labels) =>
        [.. labels.Select((label, at) => new Example($"text {at}", null, label, at + 2))];

    private static string Refusal(Func<Dataset> reading) => Assert.Throws<DataFileException>(() => reading())!.Message;
}
