namespace OrtTrainer.Evaluation.Texts;

/// <summary>How BLEU cuts a text into words; the names are sacreBLEU's.</summary>
internal enum BleuTokenizer
{
    /// <summary>"13a", that of the mteval script, version 13a: punctuation apart, but not within numbers.</summary>
    Mteval13A,

    /// <summary>"intl", that of version 14: punctuation and symbols of all scripts apart.</summary>
    International,

    /// <summary>"none": at spaces.</summary>
    None,
}
