using OrtTrainer.Runtime;

namespace OrtTrainer.Training.Averaging;

/// <summary>
/// Averages over the final weights of several runs from one pre-trained model (Wortsman et al. 2022).
/// </summary>
internal static class WeightSoup
{
    /// <summary>Writes the mean of all weights.</summary>
    /// <param name="runs">The weights of each run, of equal length; 1 or more.</param>
    /// <param name="destination">Receives the mean.</param>
    /// <exception cref="ArgumentException">There are no runs, or lengths differ.</exception>
    public static void Uniform(IReadOnlyList<WeightBuffer> runs, WeightBuffer destination)
    {
        ArgumentNullException.ThrowIfNull(runs);
        if (runs.Count == 0)
        {
            throw new ArgumentException("A soup needs the weights of at least one run; found none.", nameof(runs));
        }

        var mean = new EqualShares();
        for (var n = 0; n < runs.Count; n++)
        {
            mean.Blend(runs[n], destination, n);
        }
    }

    /// <summary>
    /// Goes through the runs from the best score down and keeps each one whose addition does not lower the score of
    /// the mean (the paper's recipe 1).
    /// </summary>
    /// <param name="runs">The weights of each run with its own score on the validation set, higher is better.</param>
    /// <param name="destination">Receives the mean of the runs kept.</param>
    /// <param name="score">Scores the weights in <paramref name="destination"/> on the validation set, higher is
    /// better.</param>
    /// <returns>Indices of the runs kept, in the order they were added.</returns>
    /// <exception cref="ArgumentException">There are no runs, or lengths differ.</exception>
    public static IReadOnlyList<int> Greedy(
        IReadOnlyList<(WeightBuffer Weights, double Score)> runs, WeightBuffer destination,
        Func<WeightBuffer, double> score)
    {
        ArgumentNullException.ThrowIfNull(runs);
        ArgumentNullException.ThrowIfNull(destination);
        ArgumentNullException.ThrowIfNull(score);
        var kept = new List<int>();
        var best = double.NegativeInfinity;
        foreach (var index in Enumerable.Range(0, runs.Count).OrderByDescending(i => runs[i].Score))
        {
            kept.Add(index);
            Uniform([.. kept.Select(i => runs[i].Weights)], destination);
            var reached = kept.Count == 1 ? runs[index].Score : score(destination);
            if (reached >= best)
            {
                best = reached;
            }
            else
            {
                kept.RemoveAt(kept.Count - 1);
            }
        }

        Uniform([.. kept.Select(i => runs[i].Weights)], destination);
        return kept;
    }
}
