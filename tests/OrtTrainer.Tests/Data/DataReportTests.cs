using OrtTrainer.Data;
using OrtTrainer.Tasks;
using OrtTrainer.Tasks.Classification;
using OrtTrainer.Tasks.MultiLabel;
using OrtTrainer.Tasks.TokenClassification;

namespace OrtTrainer.Tests.Data;

internal sealed class DataReportTests
{
    private DataFolder _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = new DataFolder();

    [TearDown]
    public void DeleteFolder() => _folder.Dispose();

    [Test]
    public void Clean_data_gives_its_contents_and_no_warning()
    {
        DataReport report = DataReport.Of(
            _folder.Splits("b\tone\na\ttwo\nb\tthree\n", "a\tfour\nb\tfive\n", "b\tsix\na\tseven\n"));

        Assert.That(report.Warnings(), Is.Empty);
        Assert.That(
            report.Splits.Select(split => (split.Name, split.Count, Path.GetFileName(split.Source))),
            Is.EqualTo(new[] { ("train", 3, "train.tsv"), ("eval", 2, "eval.tsv"), ("test", 2, "test.tsv") }));
        Assert.That(report.Splits[0].Targets.LabelCounts.Select(label => (label.Key, label.Value)),
            Is.EqualTo(new[] { ("a", 1), ("b", 2) }));
    }

    [Test]
    public void Repeats_and_overlaps_are_counted_exactly_and_folded()
    {
        DataSplits data = _folder.Splits(
            "a\tone\nb\tTwo\na\tone\nb\ttwo\na\t ONE \nb\tthree\n",
            "a\tone\nb\tfour\nb\tTHREE\n",
            "a\tfour \nb\tfive\nb\tthree\n");

        DataReport report = DataReport.Of(data);

        Assert.That(Numbers(report.TrainRepeats), Is.EqualTo((1, 3)));
        Assert.That(report.TrainRepeats.Rows, Is.EqualTo(new[] { 2, 3, 4 }));
        Assert.That(Numbers(report.EvalSeen), Is.EqualTo((1, 2)));
        Assert.That(Numbers(report.TestSeen!), Is.EqualTo((1, 1)));
        Assert.That(Numbers(report.TestSeenInEval!), Is.EqualTo((0, 2)));
        Assert.That(report.Warnings(), Has.Some.EqualTo(
            "eval: 2 of 3 rows (1 of them with other case or white space at the ends) are in train too: "
            + "scores on eval flatter the model."));
    }

    [Test]
    public void A_pair_repeats_only_as_a_whole()
    {
        Dataset data = ClassificationTask.Instance.Label(
            "f",
            [new("a", "b", "1", 1), new("a", "c", "0", 2), new("b", "a", "0", 3), new("A", "B ", "0", 4)],
            LabelMap.OfData(["0", "1"]));

        Assert.That(Numbers(TextRepeats.Within(data)), Is.EqualTo((0, 1)));
        Assert.That(LabelConflict.In(data).Single().Lines, Is.EqualTo(new[] { 1, 4 }));
    }

    [Test]
    public void Texts_with_different_labels_are_shown_with_their_lines()
    {
        DataReport report = DataReport.Of(_folder.Splits("a\tone\nb\ttwo\nb\tOne\na\tthree\na\tthree\n", "a\tx\n"));

        LabelConflict conflict = report.Conflicts.Single();
        Assert.That(conflict.Labels, Is.EqualTo(new[] { "a", "b" }));
        Assert.That(report.Warnings(), Has.Some.EqualTo(
            "train: 1 texts with different labels, such as \"one\" (a and b, lines 2, 4)."));
    }

    [Test]
    public void Empty_texts_are_listed_by_line()
    {
        DataReport report = DataReport.Of(_folder.Splits("a\t\nb\ttwo\nb\t  \na\tx\n", "a\tz\n"));

        Assert.That(report.Splits[0].EmptyLines, Is.EqualTo(new[] { 2, 4 }));
        Assert.That(report.Warnings().First(), Does.StartWith("train: 2 rows without text, lines 2, 4 of "));
    }

    [Test]
    public void Rare_labels_are_named()
    {
        string rows = string.Concat(Enumerable.Range(0, 200).Select(at => $"often\tnumber {at}\n"));

        DataReport report = DataReport.Of(_folder.Splits(rows + "seldom\tnone\n", "often\tx\n"));

        Assert.That(report.Warnings(), Has.Some.EqualTo("train: labels with less than 1 % of the rows: seldom 1."));
    }

    [Test]
    public void Labels_that_differ_in_case_only_are_counted_in_all_parts_and_told_once()
    {
        DataReport report = DataReport.Of(
            _folder.Splits("Pos\tone\npos\ttwo\nneg\tthree\npos\tfour\n", "pos\tfive\n", "Pos\tsix\nneg\tseven\n"));

        Assert.That(report.Warnings().Where(line => line.Contains("differ")), Is.EqualTo(new[]
        {
            "labels 'Pos' (2 rows) and 'pos' (3 rows) differ in case only; they are learned as 2 different labels. If "
            + "they mean the same, write them alike in the data.",
        }));
    }

    [Test]
    public void Labels_of_a_list_may_be_nearly_equal_too()
    {
        DataReport report = DataReport.Of(
            _folder.Splits("a b|x\tone\na  b|x\ttwo\nx\tthree\n", "x\tfour\n", task: MultiLabelTask.Instance));

        Assert.That(report.Warnings(), Has.One.StartsWith(
            "labels 'a  b' (1 row) and 'a b' (1 row) differ in white space only;"));
    }

    [Test]
    public void Tags_that_are_nearly_equal_are_counted_in_words()
    {
        string file = _folder.Write("train.jsonl", """
            {"tokens": ["Kim", "in", "Rome"], "tags": ["B-PER", "O", "B-LOC"]}
            {"tokens": ["Ann", "Lee"], "tags": ["B-Per", "B-PER"]}
            """);
        DataReport report = DataReport.Of(LabeledData.Load(
            new DataOptions { Train = file, Eval = file, Task = TokenClassificationTask.Instance }));

        Assert.That(report.Warnings(), Has.One.StartsWith(
            "labels 'B-PER' (4 words) and 'B-Per' (2 words) differ in case only;"));
    }

    [Test]
    public void A_cancellation_ends_the_report() =>
        Assert.That(
            () => DataReport.Of(_folder.Splits("a\tone\nb\ttwo\n", "a\tx\n"), new CancellationToken(canceled: true)),
            Throws.InstanceOf<OperationCanceledException>());

    [Test]
    public void Of_many_groups_of_nearly_equal_labels_the_first_are_named()
    {
        string rows = string.Concat("abcde".Select((label, at) => $"{label}\tt{at}\n{char.ToUpper(label)}\tT {at}\n"));

        string[] warnings = [.. DataReport.Of(_folder.Splits(rows, "a\tnew\n")).Warnings()];

        Assert.That(warnings.Count(line => line.StartsWith("labels '", StringComparison.Ordinal)), Is.EqualTo(3));
        Assert.That(warnings[^1], Is.EqualTo("2 more groups of labels differ as little."));
    }

    [Test]
    public void Several_labels_are_counted_each()
    {
        DataReport report = DataReport.Of(
            _folder.Splits("x|y\tone\ny\ttwo\n\tthree\n", "x\tfour\n", task: MultiLabelTask.Instance));

        Assert.That(report.Splits[0].Targets.LabelCounts.Select(label => label.Value), Is.EqualTo(new[] { 1, 2 }));
    }

    [Test]
    public void Lengths_are_summarised_by_nearest_rank()
    {
        LengthSummary summary = LengthSummary.Of([.. Enumerable.Range(1, 200).Reverse()], maxLength: 128);

        Assert.That(summary, Is.EqualTo(new LengthSummary(200, 1, 100, 180, 198, 200, 128, 72)));
        Assert.That(summary.TruncatedShare, Is.EqualTo(0.36));
    }

    [TestCase(new int[0], 0, 0, 0)]
    [TestCase(new[] { 5 }, 5, 5, 5)]
    [TestCase(new[] { 9, 5 }, 5, 9, 9)]
    public void Few_lengths_have_quantiles_too(int[] lengths, int median, int percentile99, int maximum)
    {
        LengthSummary summary = LengthSummary.Of(lengths, 128);

        Assert.That(
            (summary.Median, summary.Percentile99, summary.Maximum), Is.EqualTo((median, percentile99, maximum)));
    }

    [Test]
    public void What_is_cut_is_counted()
    {
        Assert.That(LengthSummary.Of([10, 10, 130], 128).Cut, Is.EqualTo(
            "1 of 3 examples (33.3 %) is longer than 128 tokens and cut there "
            + "(median 10, 90th percentile 130, longest 130)."));
        Assert.That(LengthSummary.Of([10, 129, 130], 128).Cut, Does.StartWith(
            "2 of 3 examples (66.7 %) are longer than 128 tokens"));
        Assert.That(LengthSummary.Of([10, 10, 128], 128).Cut, Is.Null);
    }

    private static (int Exact, int Folded) Numbers(TextRepeats repeats) => (repeats.Exact, repeats.Folded);
}
