namespace OrtTrainer.Evaluation;

/// <summary>A difference between two models with its bootstrap interval.</summary>
/// <param name="Difference">Score of the second model less that of the first, on all examples.</param>
/// <param name="Lower">Lower end of the interval.</param>
/// <param name="Upper">Upper end of the interval.</param>
/// <param name="Resamples">Resamples on which the metric was defined.</param>
internal readonly record struct BootstrapInterval(double Difference, double Lower, double Upper, int Resamples)
{
    /// <summary>False where no difference was shown: the interval holds 0 or is not defined.</summary>
    public bool ExcludesZero => Lower > 0 || Upper < 0;
}
