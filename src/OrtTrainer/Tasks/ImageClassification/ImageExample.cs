using OrtTrainer.Data;
using OrtTrainer.Images;

namespace OrtTrainer.Tasks.ImageClassification;

/// <summary>An image of a file that holds many.</summary>
/// <param name="Text">The file and the place in it.</param>
/// <param name="Label">The name of its class.</param>
/// <param name="Image">The image.</param>
internal sealed record ImageExample(string Text, string Label, PixelImage Image) : Example(Text, Pair: null, Label);
