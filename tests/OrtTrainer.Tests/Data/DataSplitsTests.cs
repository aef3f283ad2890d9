using OrtTrainer.Data;
using OrtTrainer.Tasks;
using OrtTrainer.Tasks.MultiLabel;
using OrtTrainer.Tasks.Regression;

namespace OrtTrainer.Tests.Data;

internal sealed class DataSplitsTests
{
    private DataFolder _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = new DataFolder();

    [TearDown]
    public void DeleteFolder() => _folder.Dispose();

    [Test]
    public void Files_given_are_used_as_they_are()
    {
        DataSplits data = _folder.Splits("b\tone\na\ttwo\n", "a\tthree\n", "b\tfour\n");

        Assert.That(data.Labels!.Names, Is.EqualTo(new[] { "a", "b" }));
        Assert.That(Ids(data.Train), Is.EqualTo(new[] { 1, 0 }));
        Assert.That(data.Eval.Examples.Single(), Is.EqualTo(new Example("three", null, "a", 2)));
        Assert.That(Ids(data.Test!), Is.EqualTo(new[] { 1 }));
        Assert.That(data.EvalOrigin, Does.EndWith("eval.tsv"));
    }

    [Test]
    public void A_split_keeps_the_mix_of_labels_and_every_row_once()
    {
        DataSplits data = _folder.Splits(Rows(("a", 100), ("b", 50), ("c", 7), ("d", 1)));

        // 158 rows at 10 %: 16, shared by largest remainder 10.13, 5.06, 0.71, 0.10 -> 10, 5, 1, 0.
        Assert.That(Counts(data.Eval), Is.EqualTo(new[] { 10, 5, 1, 0 }));
        Assert.That(Counts(data.Train), Is.EqualTo(new[] { 90, 45, 6, 1 }));
        Assert.That(
            data.Train.Examples.Concat(data.Eval.Examples).Select(example => example.Line).Order(),
            Is.EqualTo(Enumerable.Range(2, 158)));
        Assert.That(
            data.EvalOrigin,
            Does.StartWith("16 of the 158 rows of ").And.EndsWith("train.tsv, stratified, seed 1"));
    }

    [Test]
    public void A_split_depends_on_its_seed_alone()
    {
        DataOptions options = new()
        {
            Train = _folder.Write("train.tsv", "label\ttext\n" + Rows(("a", 60), ("b", 40))),
        };

        int[] first = Lines(LabeledData.Load(options)), again = Lines(LabeledData.Load(options));
        int[] other = Lines(LabeledData.Load(options with { SplitSeed = 2 }));

        Assert.That(again, Is.EqualTo(first));
        Assert.That(other, Is.Not.EqualTo(first));
        Assert.That(first, Is.Ordered);

        static int[] Lines(DataSplits data) => [.. data.Eval.Examples.Select(example => example.Line)];
    }

    [Test]
    public void Every_row_is_held_out_about_as_often()
    {
        DataOptions options = new()
        {
            Train = _folder.Write("train.tsv", "label\ttext\n" + Rows(("a", 12), ("b", 8))),
            EvalFraction = 0.25,
        };
        int[] heldOut = new int[20];
        for (ulong seed = 0; seed < 400; seed++)
        {
            foreach (Example example in LabeledData.Load(options with { SplitSeed = seed }).Eval.Examples)
            {
                heldOut[example.Line - 2]++;
            }
        }

        // 400 draws at 1/4: 100 with standard deviation 8.7.
        Assert.That(heldOut, Is.All.InRange(70, 130));
    }

    [Test]
    public void Rare_labels_stay_in_train_while_others_can_fill_the_part()
    {
        DataOptions options = new()
        {
            Train = _folder.Write("train.tsv", "label\ttext\n" + Rows(("a", 2), ("b", 1), ("c", 1), ("d", 1))),
            EvalFraction = 0.8,
        };

        DataSplits data = LabeledData.Load(options);

        Assert.That(Counts(data.Eval)[0], Is.EqualTo(2).Or.EqualTo(1));
        Assert.That((data.Train.Count, data.Eval.Count), Is.EqualTo((1, 4)));
    }

    [Test]
    public void A_regression_split_covers_the_range_of_its_numbers()
    {
        string rows = string.Concat(Enumerable.Range(0, 100).Select(value => $"{value * 37 % 100}\ttext {value}\n"));

        DataSplits data = _folder.Splits(rows, task: RegressionTask.Instance);

        Assert.That(
            ((NumberTargets)data.Eval.Targets).Values.ToArray().Select(target => (int)target / 10).Order(),
            Is.EqualTo(Enumerable.Range(0, 10)));
    }

    [Test]
    public void A_multi_label_split_keeps_the_mix_of_label_sets()
    {
        DataSplits data = _folder.Splits(
            Rows(("x|y", 40), ("y", 20), ("", 20), ("x", 1), ("z", 1)), task: MultiLabelTask.Instance);

        Assert.That(data.Labels!.Names, Is.EqualTo(new[] { "x", "y", "z" }));
        Assert.That(data.Eval.Examples.CountBy(example => example.Label!), Is.EquivalentTo(
            new Dictionary<string, int> { ["x|y"] = 4, ["y"] = 2, [""] = 2 }));
    }

    [TestCase(2)]
    [TestCase(3)]
    [TestCase(11)]
    public void Small_files_still_leave_a_row_on_either_side(int rows)
    {
        DataSplits data = _folder.Splits(Rows(("a", rows - 1), ("b", 1)));

        Assert.That((data.Train.Count, data.Eval.Count), Is.EqualTo((rows - 1, 1)));
    }

    [Test]
    public void Pairs_come_from_two_columns()
    {
        DataOptions options = new()
        {
            Train = _folder.Write("pairs.csv", "left,right,same\n\"a, b\",c,1\nd,e,0\n"),
            TextColumn = "left",
            PairColumn = "right",
            LabelColumn = "same",
        };

        Dataset train = LabeledData.Load(options with { Eval = options.Train }).Train;

        Assert.That(train.Examples[0], Is.EqualTo(new Example("a, b", "c", "1", 2)));
    }

    [Test]
    public void The_models_labels_come_first()
    {
        DataOptions options = new()
        {
            Train = _folder.Write("train.tsv", "label\ttext\nbad\tone\ngood\ttwo\n"),
            ModelLabels = ["good", "bad", "mixed"],
        };

        DataSplits data = LabeledData.Load(options);

        Assert.That(data.Labels!.Names, Is.EqualTo(new[] { "good", "bad", "mixed" }));
        Assert.That(Ids(data.Train).Concat(Ids(data.Eval)), Is.EquivalentTo(new[] { 0, 1 }));
    }

    [Test]
    public void A_label_that_only_the_test_file_has_is_refused()
    {
        Assert.That(
            () => _folder.Splits("a\tone\nb\ttwo\n", "a\tthree\n", "a\tfour\nB\tfive\n"),
            Throws.TypeOf<DataFileException>().With.Message.Contains(
                "test.tsv, line 3: the label 'B' is not known from the training data or the model. "
                + "Did you mean 'b'? Known labels: a, b."));
    }

    [Test]
    public void One_class_only_is_refused()
    {
        Assert.That(
            () => _folder.Splits("a\tone\na\ttwo\n"),
            Throws.TypeOf<DataFileException>().With.Message.Contains(
                "train.tsv: all 2 rows have the label 'a' in column 'label'; expected at least two different ones"));
    }

    [Test]
    public void Labels_of_which_no_two_are_alike_are_refused_in_many_rows()
    {
        string Rows(int count) => string.Concat(Enumerable.Range(0, count).Select(i => $"{i}\ttext {i}\n"));

        Assert.That(
            () => _folder.Splits(Rows(50), "1\tone\n"),
            Throws.TypeOf<DataFileException>().With.Message.Contains(
                "each of the 50 rows has a label of its own in column 'label', such as '0'; expected labels that rows "
                + "share. Is it the right column? Numbers are learned by --task regression."));
        Assert.That(() => _folder.Splits(Rows(49), "1\tone\n"), Throws.Nothing);
    }

    [TestCase("")]
    [TestCase("label\ttext\n")]
    public void An_empty_file_is_refused(string content)
    {
        DataOptions options = new() { Train = _folder.Write("train.tsv", content) };

        Assert.That(
            () => LabeledData.Load(options),
            Throws.TypeOf<DataFileException>().With.Message.EndsWith(
                "train.tsv: there are no rows in it; expected at least one example."));
    }

    [Test]
    public void One_row_cannot_be_split()
    {
        Assert.That(
            () => _folder.Splits("1.5\tone\n", task: RegressionTask.Instance),
            Throws.TypeOf<DataFileException>().With.Message.Contains("one example cannot be split"));
    }

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(double.NaN)]
    public void The_share_to_split_off_lies_between_0_and_1(double share)
    {
        Assert.That(
            () => new DataOptions { Train = "train.tsv", EvalFraction = share },
            Throws.TypeOf<ArgumentOutOfRangeException>()
                .With.Message.Contains("EvalFraction is a share between 0 and 1"));
    }

    private static string Rows(params (string Label, int Count)[] labels) => string.Concat(
        from label in labels
        from at in Enumerable.Range(0, label.Count)
        select $"{label.Label}\t{label.Label} number {at}\n");

    private static int[] Counts(Dataset data) =>
        [.. Enumerable.Range(0, data.Outputs).Select(id => Ids(data).Count(found => found == id))];

    private static int[] Ids(Dataset data) => ((ClassTargets)data.Targets).Ids.ToArray();
}
