namespace OrtTrainer.Evaluation.Texts;

/// <summary>What stands in for a precision of 0, which would make BLEU 0 (Chen and Cherry 2014); sacreBLEU's
/// names.</summary>
internal enum BleuSmoothing
{
    /// <summary>"exp": one half of a hit for the first order without any, a quarter for the next and so on.</summary>
    Exponential,

    /// <summary>"floor": a tenth of a hit.</summary>
    Floor,

    /// <summary>"add-k": one more hit and one more run, in every order above 1.</summary>
    AddOne,

    /// <summary>"none": nothing; BLEU is 0.</summary>
    None,
}
