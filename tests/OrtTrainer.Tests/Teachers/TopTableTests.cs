using OrtTrainer.Checkpoints;
using OrtTrainer.Teachers;
using OrtTrainer.Tests.Checkpoints;
using OrtTrainer.Tests.Methods;
using OrtTrainer.Tests.Runtime;

namespace OrtTrainer.Tests.Teachers;

/// <summary>Tables as they are kept: what is lost, and that a file gives what was kept of it.</summary>
public sealed class TopTableTests
{
    private static readonly int[] Lengths = [5, 1, 9];

    [Test]
    public void The_largest_logits_stay_and_the_others_share_their_probability_evenly([Values(1, 2, 3)] int top)
    {
        const int K = 6;
        float[] values = Reference.Random(1, 4 * K, scale: 3);

        float[] kept = new TopTable(LogitSlice.OfRows(4, K), top).Kept(values);

        foreach ((float[] row, float[] own) in kept.Chunk(K).Zip(values.Chunk(K)))
        {
            double[] before = Distributions.Softmax([.. own.Select(z => (double)z)]);
            double[] after = Distributions.Softmax([.. row.Select(z => (double)z)]);
            int[] order = [.. Enumerable.Range(0, K).OrderByDescending(k => own[k])];
            double rest = order.Skip(top).Sum(k => before[k]) / (K - top);
            foreach (int k in order)
            {
                // 11 bits of a logit below 8 are within 0.002 of it.
                Assert.That(after[k], Is.EqualTo(order.Take(top).Contains(k) ? before[k] : rest).Within(0.4).Percent);
            }
        }
    }

    [Test]
    public void Every_end_of_a_window_is_a_distribution_over_its_tokens()
    {
        float[] values = Reference.Random(2, 2 * Lengths.Sum(), scale: 3);
        TopTable form = new(LogitSlice.OfWindows(Lengths, 2), top: 2);

        float[] kept = form.Kept(values);

        int first = 0;
        foreach (int length in Lengths)
        {
            foreach (int end in new[] { 0, 1 })
            {
                int[] places = [.. Enumerable.Range(first, length).Select(row => (2 * row) + end)];
                int[] largest = [.. places.OrderByDescending(place => values[place]).Take(2)];
                Assert.That(largest.Select(place => kept[place]),
                    Is.EqualTo(largest.Select(place => (float)(Half)values[place])));
                Assert.That(places.Except(largest).Select(place => kept[place]).Distinct().Count(),
                    Is.EqualTo(length > 2 ? 1 : 0));
            }

            first += length;
        }

        Assert.That(form.Bytes, Is.EqualTo(6 * ((2 * (2 + 2)) + 2)));
    }

    [Test]
    public void A_file_gives_what_was_kept_and_takes_what_was_told()
    {
        float[] values = Reference.Random(3, 2 * Lengths.Sum(), scale: 3);
        TableForm[] forms =
        [
            new FloatTable(Lengths.Sum(), 2), new HalfTable(Lengths.Sum(), 2),
            new TopTable(LogitSlice.OfWindows(Lengths, 2), top: 3),
        ];
        using TemporaryFolder folder = new();
        foreach (TableForm form in forms)
        {
            IReadOnlyList<TensorData> tensors = form.Write("table", values);
            SafetensorsWriter.Write(folder.File("table.safetensors"), tensors, new Dictionary<string, string>());
            using SafetensorsFile file = SafetensorsFile.OpenFile(folder.File("table.safetensors"));

            Assert.That(form.Read("table", file), Is.EqualTo(form.Kept(values)));
            Assert.That(tensors.Sum(tensor => tensor.ByteLength), Is.EqualTo(form.Bytes));
        }

        Assert.That(forms[0].Kept(values), Is.EqualTo(values));
        Assert.That(forms[1].Kept(values), Is.EqualTo(values.Select(value => (float)(Half)value)));
    }
}
