using OrtTrainer.Images;
using OrtTrainer.Randomness;

namespace OrtTrainer.Tests.Images;

public sealed class ImagePatchTests
{
    private static readonly ImageShape Shape = new(3, 20, 40);

    [Test]
    public void A_patch_in_the_middle_has_the_root_of_the_share_of_each_side()
    {
        SeededRandom random = new(1);
        ImagePatch[] patches = [.. Enumerable.Range(0, 500).Select(_ => ImagePatch.Draw(random, Shape, 0.25))];

        Assert.That(patches, Is.All.Matches<ImagePatch>(p =>
            p.Left >= 0 && p.Right <= 40 && p.Top >= 0 && p.Bottom <= 20 && p.Right - p.Left <= 20
            && p.Bottom - p.Top <= 10));
        Assert.That(
            patches.Where(p => p.Left > 0 && p.Right < 40 && p.Top > 0 && p.Bottom < 20).Select(p => p.ShareOf(Shape)),
            Is.Not.Empty.And.All.EqualTo(0.25));
        Assert.That(patches.Min(p => p.ShareOf(Shape)), Is.LessThan(0.25), "some are cut at the edges");
    }

    [Test]
    public void All_of_the_image_is_a_patch_at_most() =>
        Assert.That(new ImagePatch(0, 0, 40, 20).ShareOf(Shape), Is.EqualTo(1));
}
