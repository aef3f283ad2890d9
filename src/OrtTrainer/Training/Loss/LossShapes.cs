namespace OrtTrainer.Training.Loss;

/// <summary>The shape check all losses share.</summary>
internal static class LossShapes
{
    /// <exception cref="ArgumentException">There are not as many logits as targets, or a gradient of another
    /// size.</exception>
    public static void Check(int logits, int targets, int gradient)
    {
        if (logits != targets)
        {
            throw new ArgumentException(
                $"There are {logits} logits for targets of {targets} values; expected as many.");
        }

        if (gradient != 0 && gradient != logits)
        {
            throw new ArgumentException(
                $"The gradient has {gradient} elements, the logits {logits}; expected as many, or none.");
        }
    }
}
