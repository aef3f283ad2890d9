using OrtTrainer.Randomness;

namespace OrtTrainer.Studies.Tuning;

/// <summary>Draws a place of a list by its probability.</summary>
internal static class DrawnPlace
{
    /// <param name="probabilities">Their sum is 1.</param>
    /// <param name="random">What decides.</param>
    public static int Of(IReadOnlyList<double> probabilities, SeededRandom random)
    {
        double at = random.NextDouble();
        for (int place = 0; place < probabilities.Count - 1; place++)
        {
            at -= probabilities[place];
            if (at < 0)
            {
                return place;
            }
        }

        return probabilities.Count - 1;
    }
}
