using OrtTrainer.Images;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Tasks.ImageClassification;

/// <summary>An image as the model takes it, with where it came from.</summary>
internal sealed record EncodedImage : TokenizedExample
{
    /// <param name="file">The file.</param>
    /// <param name="image">The image.</param>
    /// <param name="places">An id 0 for each of its places in the model.</param>
    public EncodedImage(string file, ImageInput image, int[] places)
        : base(places, places)
    {
        File = file;
        Image = image;
    }

    /// <summary>The file that the image was read from.</summary>
    public string File { get; }
}
