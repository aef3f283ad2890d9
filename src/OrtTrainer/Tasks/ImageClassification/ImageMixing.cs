using OrtTrainer.Data;
using OrtTrainer.Images;
using OrtTrainer.Randomness;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Tasks.ImageClassification;

/// <summary>
/// Mixes every image of a step with another of the same step, and their labels and weights by the same shares: blended
/// (mixup), or with a patch of the other (CutMix). One share, one patch and one pairing are drawn for a step, and where
/// both ways are on, one of them.
/// </summary>
/// <param name="options">The ways that are on, one or both.</param>
/// <param name="changes">What changes images before they are mixed; null for nothing.</param>
/// <param name="seed">Fixes all draws.</param>
internal sealed class ImageMixing(AugmentationOptions options, ExampleDraw? changes, ulong seed) : ExampleDraw
{
    /// <inheritdoc/>
    public override (IReadOnlyList<TokenizedExample> Examples, ExampleTargets? Targets) Draw(
        IReadOnlyList<TokenizedExample> examples, ExampleTargets targets, ReadOnlySpan<int> indices, long step)
    {
        SeededRandom random = SeededRandom.For(seed, FormattableString.Invariant($"mix of step {step}"));
        int[] partners = new int[indices.Length];
        indices.CopyTo(partners);
        random.Shuffle(partners);
        bool blends = options.Cutmix == 0 || (options.Mixup > 0 && random.NextDouble() < 0.5);
        double share = random.NextBeta(blends ? options.Mixup : options.Cutmix);
        ImagePatch? patch = null;
        if (!blends)
        {
            ImageShape shape = examples[indices[0]].Image!.Shape;
            patch = ImagePatch.Draw(random, shape, 1 - share);
            share = 1 - patch.Value.ShareOf(shape);
        }

        if (changes is not null)
        {
            examples = changes.Draw(examples, targets, indices, step).Examples;
        }

        TokenizedExample[] mixed = new TokenizedExample[indices.Length];
        for (int i = 0; i < mixed.Length; i++)
        {
            TokenizedExample first = examples[indices[i]];
            ImageInput second = examples[partners[i]].Image!;
            mixed[i] = first with
            {
                Image = patch is { } place
                    ? new PatchedImage(first.Image!, second, place)
                    : new BlendedImage(first.Image!, second, (float)share),
            };
        }

        return (mixed, Mixed(targets, indices, partners, (float)share));
    }

    private static ExampleTargets Mixed(
        ExampleTargets targets, ReadOnlySpan<int> indices, ReadOnlySpan<int> partners, float share)
    {
        int outputs = targets.Outputs;
        float[] labels = new float[indices.Length * outputs];
        float[] weights = new float[indices.Length];
        int[] ids = new int[indices.Length];
        float[] second = new float[outputs];
        for (int i = 0; i < indices.Length; i++)
        {
            Span<float> row = labels.AsSpan(i * outputs, outputs);
            targets.Write(indices[i], row);
            targets.Write(partners[i], second);
            for (int k = 0; k < outputs; k++)
            {
                row[k] = (share * row[k]) + ((1 - share) * second[k]);
            }

            ids[i] = targets.Id(indices[i]);
            weights[i] = (share * targets.Weight(indices[i])) + ((1 - share) * targets.Weight(partners[i]));
        }

        return new(new ClassTargets(ids, outputs)) { Labels = labels, Weights = weights };
    }
}
