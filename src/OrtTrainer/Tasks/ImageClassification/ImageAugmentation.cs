using OrtTrainer.Images;
using OrtTrainer.Randomness;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Tasks.ImageClassification;

/// <summary>
/// Draws for every step whether an image is mirrored, and how far it is moved: what cutting it out of a black frame
/// comes to. Draws depend on the seed, the step and the place of an image in the data alone.
/// </summary>
/// <param name="mirrors">Whether images are mirrored, half of them.</param>
/// <param name="frame">The width of the frame in pixels; 0 moves none.</param>
/// <param name="seed">Fixes all draws.</param>
internal sealed class ImageAugmentation(bool mirrors, int frame, ulong seed) : ExampleDraw
{
    /// <inheritdoc/>
    public override (IReadOnlyList<TokenizedExample> Examples, ExampleTargets? Targets) Draw(
        IReadOnlyList<TokenizedExample> examples, ReadOnlySpan<int> indices, long step)
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
        return example with
        {
            Image = (ProcessedImage)example.Image! with
            {
                IsMirrored = mirrors && random.NextDouble() < 0.5,
                Right = random.NextInt((2 * frame) + 1) - frame,
                Down = random.NextInt((2 * frame) + 1) - frame,
            },
        };
    }
}
