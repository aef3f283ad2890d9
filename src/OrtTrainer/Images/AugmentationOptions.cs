namespace OrtTrainer.Images;

/// <summary>What is changed about the images of a step, drawn anew for every step.</summary>
internal sealed record AugmentationOptions
{
    /// <summary>Whether every other image is mirrored.</summary>
    public bool Mirrors { get; init; }

    /// <summary>The width in pixels of the black frame that images are cut out of; 0 moves none.</summary>
    public int Frame { get; init; }

    /// <summary>By how much brightness, contrast and saturation change at most, in [0, 1].</summary>
    public double ColorJitter { get; init; }

    /// <summary>a of the Beta(a, a) that the share of an image among two blended ones is drawn from; 0 blends
    /// none.</summary>
    public double Mixup { get; init; }

    /// <summary>a of the Beta(a, a) that the share of an image beside a patch of another is drawn from; 0 patches
    /// none.</summary>
    public double Cutmix { get; init; }

    /// <summary>Whether images change by themselves.</summary>
    public bool ChangesImages => Mirrors || Frame > 0 || ColorJitter > 0;

    /// <summary>Whether images become two in one.</summary>
    public bool MixesImages => Mixup > 0 || Cutmix > 0;
}
