using OrtTrainer.Diagnosis;
using OrtTrainer.Randomness;

namespace OrtTrainer.Tests.Diagnosis;

public class LabelNoiseTests
{
    [Test]
    public void A_row_is_suspected_where_it_is_confidently_of_another_class()
    {
        double[] probabilities =
        [
            0.9, 0.1,
            0.8, 0.2,
            0.2, 0.8, // labeled 0
            0.1, 0.9,
            0.3, 0.7,
        ];

        LabelNoise noise = LabelNoise.Of(probabilities, [0, 0, 0, 1, 1], classes: 2);

        // The thresholds are the means: 1.9 / 3 of class 0 and 0.8 of class 1. The last row is of neither.
        Assert.That(noise.Suspects, Is.EqualTo(new[] { new SuspectLabel(2, 0, 1, 0.2, 0.8) }));
        Assert.That(noise.Accuracy, Is.EqualTo(0.8));
        Assert.That(noise.Share, Is.EqualTo(3 * (1.0 / 3) / 5).Within(1e-15));
    }

    [Test]
    public void Swapped_labels_are_found_by_a_quick_classifier()
    {
        SeededRandom random = new(2);
        string[][] words = [["cat", "dog", "horse", "mouse"], ["bread", "apple", "soup", "rice"]];
        string[] fillers = ["the", "a", "my", "old", "here"];
        int[] truth = [.. Enumerable.Range(0, 200).Select(row => row % 2)];
        string[] texts =
        [
            .. truth.Select(label => string.Join(
                ' ', fillers[random.NextInt(5)], words[label][random.NextInt(4)], words[label][random.NextInt(4)],
                fillers[random.NextInt(5)])),
        ];
        int[] swapped = [7, 50, 101, 160];
        int[] labels = [.. truth.Select((label, row) => swapped.Contains(row) ? 1 - label : label)];

        double[] probabilities = WordClassifier.OutOfFold(texts, labels, classes: 2, folds: 5, seed: 1);

        Assert.That(
            LabelNoise.Of(probabilities, labels, classes: 2).Suspects.Take(4).Select(suspect => suspect.Row),
            Is.EquivalentTo(swapped));
        Assert.That(
            WordClassifier.OutOfFold(texts, labels, classes: 2, folds: 5, seed: 1), Is.EqualTo(probabilities));
    }
}
