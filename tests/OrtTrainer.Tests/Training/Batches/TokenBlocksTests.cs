using OrtTrainer.Training.Batches;

namespace OrtTrainer.Tests.Training.Batches;

public sealed class TokenBlocksTests
{
    [Test]
    public void Examples_are_read_back_in_any_order()
    {
        int[][] examples = [.. Enumerable.Range(0, 3_000).Select(i => Enumerable.Range(i, 1 + (i % 200)).ToArray())];
        using TokenBlocks.Builder builder = new();
        foreach (int[] example in examples)
        {
            builder.Add(example);
        }

        using TokenBlocks blocks = builder.Build();

        Assert.That(blocks, Has.Count.EqualTo(3_000));
        Assert.That(blocks.Tokens, Is.EqualTo(examples.Sum(example => example.Length)));
        foreach (int i in new[] { 2_999, 0, 1_500, 1_499 })
        {
            Assert.That(blocks[i].InputIds, Is.EqualTo(examples[i]));
            Assert.That(blocks[i].TokenTypeIds, Is.EqualTo(new int[examples[i].Length]));
        }

        Assert.That(blocks.Select(block => block.InputIds), Is.EqualTo(examples));
    }

    [Test]
    public void The_file_goes_away_with_them()
    {
        string[] Files() => Directory.GetFiles(Path.GetTempPath(), "orttrainer-*.ids");
        string[] before = Files();
        TokenBlocks.Builder builder = new();
        builder.Add([1, 2, 3]);
        TokenBlocks blocks = builder.Build();
        builder.Dispose();
        Assert.That(blocks[0].InputIds, Is.EqualTo(new[] { 1, 2, 3 }), "though the builder is gone");
        blocks.Dispose();
        using (TokenBlocks.Builder unused = new())
        {
            unused.Add([1]);
        }

        Assert.That(Files().Except(before), Is.Empty);
    }
}
