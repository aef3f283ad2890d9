namespace OrtTrainer.Evaluation;

/// <summary>The convention all counted scores share.</summary>
internal static class Ratio
{
    /// <summary>Numerator by denominator; 0 where the denominator is 0.</summary>
    public static double Of(double numerator, double denominator) => denominator == 0 ? 0 : numerator / denominator;
}
