using OrtTrainer.Data;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Tests.Training.Batches;

public sealed class BatchRowsTests
{
    private static readonly ExampleTargets Targets = new(new ClassTargets([0, 1, 0, 1, 0], 2));

    [TestCase(1, new[] { 3, 0, 4 })]
    [TestCase(2, new[] { 3, 0, 4, 3, 0, 4 })]
    public void Rows_come_in_the_order_of_the_examples_and_all_of_them_once_more(int copies, int[] expected)
    {
        BatchRows rows = new([], Targets, [3, 0, 4], copies, offsets: [], step: 7);
        List<int> seen = [];
        foreach (int row in rows)
        {
            seen.Add(row);
        }

        Assert.That(seen, Is.EqualTo(expected));
        Assert.That((rows.Count, rows.Step), Is.EqualTo((expected.Length, 7L)));
    }

    [Test]
    public void A_batch_of_no_examples_has_no_rows()
    {
        foreach (int row in new BatchRows([], Targets, [], copies: 1, offsets: [], step: 0))
        {
            Assert.Fail($"row {row}");
        }
    }
}
