namespace OrtTrainer.Studies.Tuning;

/// <summary>What of a range is drawn evenly, by the word of the file.</summary>
internal enum RangeScale
{
    /// <summary>The numbers themselves.</summary>
    Linear,

    /// <summary>Their logarithms.</summary>
    Log,

    /// <summary>Whole numbers.</summary>
    Int,
}
