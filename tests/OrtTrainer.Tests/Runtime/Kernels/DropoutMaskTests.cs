namespace OrtTrainer.Tests.Runtime.Kernels;

/// <summary>
/// What dropout needs of its hash: the right share, and no pattern between elements, sites and steps.
/// </summary>
public sealed class DropoutMaskTests
{
    private const int Count = 1 << 16;

    private static readonly long[] Key = [20_240_611, 7];

    [Test]
    public void The_share_is_binomial_at_every_rate(
        [Values(0.001f, 0.01f, 0.1f, 0.25f, 0.5f, 0.9f, 0.99f)] float p, [Values(0, 1, 1000)] int site)
    {
        bool[] kept = Mask(p, site, Key);

        double deviation = Math.Sqrt((double)p * (1 - p) * Count);
        Assert.That(kept.Count(k => !k), Is.EqualTo((double)p * Count).Within(5 * deviation));
    }

    [Test]
    public void Every_stretch_of_a_mask_has_its_share()
    {
        // Chi-square over 256 stretches of 256: mean 256, standard deviation √(2 · 256) = 23.
        double chi = Mask(0.5f, 3, Key).Chunk(256).Sum(chunk =>
        {
            double excess = chunk.Count(k => k) - 128;
            return excess * excess / 64;
        });

        Assert.That(chi, Is.EqualTo(256).Within(5 * 23));
    }

    [Test]
    public void Neighbours_near_and_far_are_independent([Values(1, 2, 3, 4, 8, 16, 64, 384, 1024, 4096)] int distance)
    {
        bool[] kept = Mask(0.5f, 5, Key);

        int same = Enumerable.Range(0, Count - distance).Count(i => kept[i] == kept[i + distance]);

        Assert.That(same, Is.EqualTo((Count - distance) / 2.0).Within(2.5 * Math.Sqrt(Count)));
    }

    [Test]
    public void Sites_of_a_graph_and_steps_of_a_run_are_independent()
    {
        // Sites count up from 0, and so do the words of keys where a run numbers its steps.
        List<(string Name, bool[] Kept)> masks = [];
        masks.AddRange(Enumerable.Range(0, 8).Select(site => ($"site {site}", Mask(0.5f, site, Key))));
        masks.AddRange(Enumerable.Range(1, 8).Select(s => ($"step {s}", Mask(0.5f, 0, [Key[0], Key[1] + s]))));
        masks.AddRange(Enumerable.Range(1, 8).Select(s => ($"seed {s}", Mask(0.5f, 0, [Key[0] + s, Key[1]]))));

        for (int a = 0; a < masks.Count; a++)
        {
            for (int b = 0; b < a; b++)
            {
                int same = 0;
                for (int i = 0; i < Count; i++)
                {
                    same += masks[a].Kept[i] == masks[b].Kept[i] ? 1 : 0;
                }

                // Six standard deviations: there are 276 pairs.
                Assert.That(
                    same, Is.EqualTo(Count / 2.0).Within(3 * Math.Sqrt(Count)), $"{masks[a].Name}, {masks[b].Name}");
            }
        }
    }

    [Test]
    public void What_a_small_rate_drops_a_larger_one_drops_too()
    {
        bool[] few = Mask(0.1f, 2, Key), many = Mask(0.4f, 2, Key);

        Assert.That(few.Zip(many).Count(pair => !pair.First && pair.Second), Is.Zero);
    }

    [Test]
    public void An_element_keeps_its_fate_however_long_the_tensor_is()
    {
        bool[] whole = Mask(0.3f, 2, Key);

        foreach (int length in new[] { 1, 15, 16, 17, 33, 1000 })
        {
            Assert.That(Mask(0.3f, 2, Key, length), Is.EqualTo(whole[..length]), $"{length} elements");
        }
    }

    [Test]
    public void The_mean_is_kept()
    {
        float[] ones = [.. Enumerable.Repeat(1f, Count)];
        float[] y = new KernelRun("Dropout", ("p", 0.1f), ("site", 1)).With(ones, Count).With(Key, 2).Single();

        Assert.That(y.Average(v => (double)v), Is.EqualTo(1).Within(5 * Math.Sqrt(0.1 / 0.9 / Count)));
    }

    private static bool[] Mask(float p, int site, long[] key, int length = Count)
    {
        float[] ones = [.. Enumerable.Repeat(1f, length)];
        float[] y = new KernelRun("Dropout", ("p", p), ("site", site)).With(ones, length).With(key, 2).Single();
        return Array.ConvertAll(y, v => v != 0);
    }
}
