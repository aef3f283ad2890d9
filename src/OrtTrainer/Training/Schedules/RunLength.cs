namespace OrtTrainer.Training.Schedules;

/// <summary>How many steps a share of something takes.</summary>
internal static class RunLength
{
    /// <summary>
    /// The share rounded up to whole steps, as Hugging Face's trainer counts warm-up steps. Shares are decimal
    /// fractions, which float64 holds inexactly: 1.1 epochs of 10 steps are 11, not 12.
    /// </summary>
    public static long StepsOf(double share, long steps) => (long)Math.Ceiling((share * steps) - 1e-6);
}
