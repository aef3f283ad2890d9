using OrtTrainer.Runtime;

namespace OrtTrainer.Tests.Runtime;

public sealed class DropoutTests
{
    private static readonly long[] Key = [123456789, 4000000000];

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(15)]
    [TestCase(16)]
    [TestCase(17)]
    [TestCase(1023)]
    [TestCase(70_001)]
    public void Elements_are_dropped_and_scaled_as_the_mask_rule_says(int length)
    {
        float[] x = Reference.Random(1, length);

        float[] y = Dropout(0.3f, 7, Key, x);

        float scale = (float)(1 / (1 - (double)0.3f));
        Assert.That(
            y, Is.EqualTo(x.Select((v, i) => Reference.DropoutFactor(0.3f, 7, Key, (uint)i) == 0 ? 0 : v * scale)));
    }

    [Test]
    public void The_share_of_dropped_elements_is_the_rate()
    {
        float[] y = Dropout(0.1f, 3, Key, [.. Enumerable.Repeat(1f, 100_000)]);

        // Five standard deviations of a binomial share.
        Assert.That(y.Count(v => v == 0) / 100_000.0, Is.EqualTo(0.1).Within(5 * Math.Sqrt(0.1 * 0.9 / 100_000)));
    }

    [Test]
    public void Sites_and_keys_have_masks_of_their_own()
    {
        float[] ones = [.. Enumerable.Repeat(1f, 10_000)];
        float[][] masks =
        [
            Dropout(0.5f, 1, Key, ones), Dropout(0.5f, 2, Key, ones), Dropout(0.5f, 1, [Key[0] + 1, Key[1]], ones),
            Dropout(0.5f, 1, [Key[0], Key[1] + 1], ones),
        ];

        for (int a = 0; a < masks.Length; a++)
        {
            for (int b = 0; b < a; b++)
            {
                int equal = masks[a].Zip(masks[b]).Count(pair => pair.First == pair.Second);
                Assert.That(equal, Is.EqualTo(5000).Within(250));
            }
        }
    }

    [Test]
    public void A_rate_of_zero_is_the_identity()
    {
        float[] x = Reference.Random(1, 1000);

        Assert.That(Dropout(0, 3, Key, x), Is.EqualTo(x));
    }

    [Test]
    public void One_and_two_threads_give_the_same_bits()
    {
        float[] x = Reference.Random(1, 100_003);
        KernelRun run = new KernelRun("Dropout", ("p", 0.1f), ("site", 1)).With(x, x.Length).With(Key, 2);

        Assert.That(run.Single(1), Is.EqualTo(run.Single(2)));
    }

    [TestCase(1f)]
    [TestCase(-0.1f)]
    [TestCase(float.NaN)]
    public void A_rate_outside_0_to_1_is_refused(float p) =>
        Assert.That(() => Dropout(p, 0, Key, [1]),
            Expect.Refusal("Dropout: the dropout rate p is"));

    [Test]
    public void A_missing_attribute_is_named() =>
        Assert.That(() => new KernelRun("Dropout", ("p", 0.5f)).With([1f], 1).With(Key, 2).Single(),
            Expect.Refusal("a node Dropout lacks its int attribute site"));

    [Test]
    public void A_malformed_key_is_refused()
    {
        Assert.That(() => new KernelRun("Dropout", ("p", 0.5f), ("site", 0)).With([1f], 1).With([1L, 2, 3], 3).Single(),
            Expect.Refusal("The dropout key has shape [3]; expected [2]"));
        Assert.That(() => Dropout(0.5f, 0, [-1, 0], [1]),
            Expect.Refusal("A word of the dropout key is -1"));
    }

    private static float[] Dropout(float p, int site, long[] key, float[] x) =>
        new KernelRun("Dropout", ("p", p), ("site", site)).With(x, x.Length).With(key, 2).Single();
}
