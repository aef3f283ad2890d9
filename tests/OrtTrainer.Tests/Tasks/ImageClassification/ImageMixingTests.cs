using OrtTrainer.Data;
using OrtTrainer.Images;
using OrtTrainer.Tasks.ImageClassification;
using OrtTrainer.Tests.Images;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Tests.Tasks.ImageClassification;

public sealed class ImageMixingTests
{
    private const int Side = 4, Classes = 5;

    // The image of class k is k + 1 everywhere.
    private static readonly TokenizedExample[] Examples =
    [
        .. Enumerable.Range(0, Classes).Select(k => new EncodedImage($"{k}", new ProcessedImage(
            ImageFiles.Make(Side, Side, (_, _) => (k + 1, k + 1, k + 1)),
            new PixelNormalization(1, [0, 0, 0], [1, 1, 1])), [0])),
    ];

    private static readonly ExampleTargets Targets = new(new ClassTargets([0, 1, 2, 3, 4], Classes))
    {
        Weights = [1, 2, 3, 4, 5],
    };

    private static readonly int[] Indices = [4, 1, 3, 0];

    [Test]
    public void Blended_pixels_labels_and_weights_have_the_same_shares([Range(0, 4)] long step)
    {
        (IReadOnlyList<TokenizedExample> examples, ExampleTargets targets) =
            Draw(new AugmentationOptions { Mixup = 1 }, step);

        for (int i = 0; i < Indices.Length; i++)
        {
            float[] labels = Labels(targets, i);
            Assert.That(labels.Sum(), Is.EqualTo(1).Within(1e-6));
            Assert.That(Pixels(examples[i]), Is.All.EqualTo(Expected(labels)).Within(1e-5));
            Assert.That(targets.Weight(i), Is.EqualTo(Expected(labels)).Within(1e-5));
        }
    }

    [Test]
    public void A_patch_shows_the_other_image_in_the_share_that_its_label_gets([Range(0, 4)] long step)
    {
        (IReadOnlyList<TokenizedExample> examples, ExampleTargets targets) =
            Draw(new AugmentationOptions { Cutmix = 1 }, step);

        for (int i = 0; i < Indices.Length; i++)
        {
            float[] labels = Labels(targets, i), pixels = Pixels(examples[i]);
            for (int k = 0; k < Classes; k++)
            {
                Assert.That(
                    (double)pixels.Count(value => value == k + 1) / pixels.Length, Is.EqualTo(labels[k]).Within(1e-6));
            }
        }
    }

    [Test]
    public void With_both_ways_on_every_step_takes_one_of_them()
    {
        AugmentationOptions both = new() { Mixup = 1, Cutmix = 1 };
        bool[] patched = [.. Enumerable.Range(0, 40)
            .Select(step => Draw(both, step).Examples.All(example => example.Image is PatchedImage))];
        bool[] blended = [.. Enumerable.Range(0, 40)
            .Select(step => Draw(both, step).Examples.All(example => example.Image is BlendedImage))];

        Assert.That(patched.Zip(blended, (a, b) => a ^ b), Is.All.True);
        Assert.That(patched.Count(p => p), Is.InRange(10, 30));
    }

    [Test]
    public void A_step_is_drawn_the_same_again_and_another_step_is_not()
    {
        AugmentationOptions mixup = new() { Mixup = 0.4 };

        float[] first = All(mixup, 3), again = All(mixup, 3);

        Assert.That(again, Is.EqualTo(first));
        Assert.That(
            Enumerable.Range(0, 10).Select(step => string.Join(' ', All(mixup, step))).Distinct(),
            Has.Exactly(10).Items);
    }

    [Test]
    public void Images_change_before_they_are_mixed()
    {
        AugmentationOptions framed = new() { Frame = 100, Mixup = 1 };
        (IReadOnlyList<TokenizedExample> examples, _) = new ImageMixing(
            framed, new ImageAugmentation(framed, 1), 1).Draw(Examples, Targets, Indices, 0);

        Assert.That(examples.SelectMany(Pixels), Has.Some.EqualTo(0));
    }

    private static (IReadOnlyList<TokenizedExample> Examples, ExampleTargets Targets) Draw(
        AugmentationOptions options, long step)
    {
        (IReadOnlyList<TokenizedExample> examples, ExampleTargets? targets) =
            new ImageMixing(options, changes: null, seed: 1).Draw(Examples, Targets, Indices, step);
        return (examples, targets!);
    }

    private static float[] All(AugmentationOptions options, long step)
    {
        ExampleTargets targets = Draw(options, step).Targets;
        return [.. Enumerable.Range(0, Indices.Length).SelectMany(row => Labels(targets, row))];
    }

    private static double Expected(float[] labels) => labels.Select((share, k) => share * (k + 1.0)).Sum();

    private static float[] Labels(ExampleTargets targets, int row)
    {
        float[] labels = new float[Classes];
        targets.Write(row, labels);
        return labels;
    }

    private static float[] Pixels(TokenizedExample example)
    {
        float[] values = new float[3 * Side * Side];
        example.Image!.Write(values);
        return values;
    }
}
