namespace OrtTrainer.Images;

/// <summary>How an image is resized, by Pillow's numbers, which <c>preprocessor_config.json</c> has.</summary>
internal enum Resampling
{
    Nearest = 0,
    Lanczos = 1,
    Bilinear = 2,
    Bicubic = 3,
}
