using OrtTrainer.Images;
using OrtTrainer.Randomness;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Tasks.ImageClassification;

/// <summary>
/// Draws for every step whether an image is mirrored, how far it is moved, which is what cutting it out of a black
/// frame comes to, and how its colors change. Draws depend on the seed, the step and the place of an image in the data
/// alone.
/// </summary>
/// <param name="options">What is changed.</param>
/// <param name="seed">Fixes all draws.</param>
internal sealed class ImageAugmentation(AugmentationOptions options, ulong seed) : ExampleDraw
{
    /// <inheritdoc/>
    public override (IReadOnlyList<TokenizedExample> Examples, ExampleTargets? Targets) Draw(
        IReadOnlyList<TokenizedExample> examples, ExampleTargets targets, ReadOnlySpan<int> indices, long step)
    {
        Dictionary<int, TokenizedExample> drawn = [];
        foreach (int index in indices)
        {
            drawn.TryAdd(index, Draw(examples[index], FormattableString.Invariant($"image of step {step}, {index}")));
        }

        return (new DrawnExamples(examples.Count, drawn), null);
    }

    private TokenizedExample Draw(TokenizedExample example, string use)
    {
        SeededRandom random = SeededRandom.For(seed, use);
        ProcessedImage image = (ProcessedImage)example.Image! with
        {
            IsMirrored = options.Mirrors && random.NextDouble() < 0.5,
            Right = random.NextInt((2 * options.Frame) + 1) - options.Frame,
            Down = random.NextInt((2 * options.Frame) + 1) - options.Frame,
        };
        return example with
        {
            Image = options.ColorJitter > 0
                ? image with { Pixels = ColorChange.Draw(random, options.ColorJitter).Of(image.Pixels) }
                : image,
        };
    }
}
