using OrtTrainer.Data;
using OrtTrainer.Images;

namespace OrtTrainer.Tasks.ImageClassification;

/// <summary>An image that is still in its file, or in one that holds many.</summary>
/// <param name="Text">The file, and the place in it where there are many.</param>
/// <param name="Label">The name of its class; null where it has none.</param>
/// <param name="Line">The line of the table that names the file; 0 where none does.</param>
internal sealed record ImageExample(string Text, string? Label = null, int Line = 0)
    : Example(Text, Pair: null, Label, Line)
{
    /// <summary>The image, where it has been read with others; null for that of the file.</summary>
    public PixelImage? Known { get; init; }

    /// <summary>What an image is known by again, whatever its file is called.</summary>
    public override byte[] Attachment => Known?.Values ?? File.ReadAllBytes(Text);

    /// <summary>The image.</summary>
    /// <exception cref="DataFileException">The file is missing, is no image, or is cut off.</exception>
    public PixelImage Read() => Known ?? ImageDecoder.Read(Text);
}
