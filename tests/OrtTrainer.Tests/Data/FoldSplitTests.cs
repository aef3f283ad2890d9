using OrtTrainer.Data;
using OrtTrainer.Tasks;
using OrtTrainer.Tests.Checkpoints;

namespace OrtTrainer.Tests.Data;

/// <summary>Rows divided into folds.</summary>
public sealed class FoldSplitTests
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void DropFolder() => _folder.Dispose();

    [Test]
    public void Folds_differ_by_one_row_at_most_in_all_and_in_every_label()
    {
        string[] labels = [.. Enumerable.Range(0, 53).Select(row => row % 7 == 0 ? "rare" : row % 2 == 0 ? "a" : "b")];
        int[] folds = FoldSplit.Of(Classified(labels), 5, seed: 1);

        Assert.That(Spread(folds, Enumerable.Range(0, 53)), Is.LessThanOrEqualTo(1));
        foreach (string label in labels.Distinct())
        {
            Assert.That(Spread(folds, Enumerable.Range(0, 53).Where(row => labels[row] == label)),
                Is.LessThanOrEqualTo(1), label);
        }
    }

    [Test]
    public void A_seed_fixes_the_folds_and_another_gives_others()
    {
        Dataset data = Classified([.. Enumerable.Range(0, 40).Select(row => row % 2 == 0 ? "a" : "b")]);

        int[] first = FoldSplit.Of(data, 4, seed: 3), again = FoldSplit.Of(data, 4, seed: 3);

        Assert.That(again, Is.EqualTo(first));
        Assert.That(FoldSplit.Of(data, 4, seed: 4), Is.Not.EqualTo(first));
    }

    [Test]
    public void Groups_stay_whole_and_labels_even()
    {
        string[] labels = [.. Enumerable.Range(0, 120).Select(row => row % 3 == 0 ? "a" : "b")];
        string[] groups = [.. Enumerable.Range(0, 120).Select(row => $"g{row / 4}")];
        int[] folds = FoldSplit.Of(Classified(labels, groups), 5, seed: 1);

        Assert.That(Enumerable.Range(0, 120).GroupBy(row => groups[row])
            .Select(group => group.Select(row => folds[row]).Distinct().Count()), Is.All.EqualTo(1));
        Assert.That(folds.Distinct().Count(), Is.EqualTo(5));
        Assert.That(Spread(folds, Enumerable.Range(0, 120)), Is.LessThanOrEqualTo(8));
        Assert.That(Spread(folds, Enumerable.Range(0, 120).Where(row => labels[row] == "a")),
            Is.LessThanOrEqualTo(4));
    }

    [Test]
    public void One_great_group_leaves_no_fold_empty()
    {
        string[] groups = [.. Enumerable.Range(0, 50).Select(row => row < 47 ? "great" : $"g{row}")];
        string[] labels = [.. Enumerable.Range(0, 50).Select(row => row % 2 == 0 ? "a" : "b")];

        Assert.That(FoldSplit.Of(Classified(labels, groups), 4, seed: 1).Distinct().Count(), Is.EqualTo(4));
    }

    [Test]
    public void Fewer_groups_than_folds_are_refused() =>
        Assert.That(
            () => FoldSplit.Of(Classified(["a", "b", "a", "b"], ["x", "x", "y", "y"]), 3, seed: 1),
            Throws.TypeOf<DataFileException>().With.Message.Contains("2 groups cannot be divided into 3 folds"));

    [Test]
    public void Held_out_parts_of_all_folds_are_the_file()
    {
        string file = _folder.Write("rows.tsv", "text\tlabel\tdoc\n" + string.Concat(
            Enumerable.Range(0, 30).Select(row => $"text {row}\t{(row % 2 == 0 ? "a" : "b")}\td{row / 3}\n")));
        DataOptions options = new() { Train = file, Folds = 3, GroupColumn = "doc" };

        List<int> heldOut = [];
        foreach (int fold in new[] { 1, 2, 3 })
        {
            DataSplits splits = LabeledData.Load(options with { Fold = fold });
            Assert.That(splits.Train.Count + splits.Eval.Count, Is.EqualTo(30));
            Assert.That(splits.Train.Examples.Select(e => e.Group).Intersect(splits.Eval.Examples.Select(e => e.Group)),
                Is.Empty);
            heldOut.AddRange(splits.Eval.SourceRows);
        }

        Assert.That(heldOut, Is.EquivalentTo(Enumerable.Range(0, 30)));
    }

    private Dataset Classified(string[] labels, string[]? groups = null)
    {
        string file = _folder.Write("data.tsv", "text\tlabel\tdoc\n" + string.Concat(
            labels.Select((label, row) => $"text {row}\t{label}\t{groups?[row] ?? "-"}\n")));
        return LabeledData.LoadTrain(
            new DataOptions { Train = file, GroupColumn = groups is null ? null : "doc" });
    }

    private static int Spread(int[] folds, IEnumerable<int> rows)
    {
        int[] wanted = [.. rows];
        int[] counts = [.. folds.Distinct().Select(fold => wanted.Count(row => folds[row] == fold))];
        return counts.Max() - counts.Min();
    }
}
