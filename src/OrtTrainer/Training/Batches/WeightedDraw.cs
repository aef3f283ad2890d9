using OrtTrainer.Randomness;

namespace OrtTrainer.Training.Batches;

/// <summary>Draws in proportion to weights, with replacement.</summary>
internal sealed class WeightedDraw
{
    private readonly double[] _sums;

    /// <param name="weights">0 or more, not all of them 0, [N].</param>
    /// <exception cref="ArgumentException">No weight is above 0.</exception>
    public WeightedDraw(IReadOnlyList<double> weights)
    {
        _sums = new double[weights.Count];
        double sum = 0;
        for (int i = 0; i < _sums.Length; i++)
        {
            _sums[i] = sum += weights[i];
        }

        if (!(sum > 0))
        {
            throw new ArgumentException("Of the weights to draw by, none is above 0.", nameof(weights));
        }
    }

    /// <summary>Fills a row of places.</summary>
    public void Fill(int[] places, SeededRandom random)
    {
        for (int i = 0; i < places.Length; i++)
        {
            // The first sum above a number in [0, total): a place without weight has no such number.
            double drawn = random.NextDouble() * _sums[^1];
            int at = Array.BinarySearch(_sums, drawn);
            at = at < 0 ? ~at : at + 1;
            while (at < _sums.Length - 1 && _sums[at] <= drawn)
            {
                at++;
            }

            places[i] = Math.Min(at, _sums.Length - 1);
        }
    }
}
