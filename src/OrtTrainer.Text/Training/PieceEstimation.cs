namespace OrtTrainer.Text.Training;

/// <summary>
/// Chooses the pieces of a unigram model (Kudo 2018, section 3.2): probabilities by expectation maximization, and the
/// pieces dropped, a quarter at a time, whose loss the likelihood of the corpus minds least. As UnigramTrainer of
/// Hugging Face's tokenizers, with sums in one order whatever the number of threads.
/// </summary>
/// <param name="words">The words as code points, with their counts.</param>
/// <param name="threads">At most so many threads.</param>
/// <param name="cancellation">Stops between two passes over the words.</param>
internal sealed class PieceEstimation(
    IReadOnlyList<(int[] Word, long Count)> words, int threads, CancellationToken cancellation)
{
    private const int Passes = 2;
    private const double Kept = 0.75;
    private const double LeastExpected = 0.5;

    // Sums of doubles depend on their order, so words are added up in slices of a fixed number.
    private const int Slices = 16;

    /// <summary>Pieces with their scores, no more than asked for or than the corpus has use for.</summary>
    /// <param name="pieces">The pieces to choose from.</param>
    /// <param name="count">How many to leave, about.</param>
    public IReadOnlyList<(int[] Piece, double Score)> Choose(
        IReadOnlyList<(int[] Piece, double Score)> pieces, int count)
    {
        while (true)
        {
            for (int pass = 0; pass < Passes; pass++)
            {
                pieces = Estimate(pieces);
            }

            if (pieces.Count <= count)
            {
                return pieces;
            }

            pieces = Prune(pieces, Math.Max(count, (int)(Kept * pieces.Count)));
        }
    }

    /// <summary>One step of expectation maximization; pieces that are hardly expected go.</summary>
    internal IReadOnlyList<(int[] Piece, double Score)> Estimate(IReadOnlyList<(int[] Piece, double Score)> pieces)
    {
        PieceLattice lattice = new(pieces);
        double[] expected = Sum(pieces.Count, (word, count, sums) => lattice.AddExpected(word, count, sums));
        int[] kept = [.. Enumerable.Range(0, pieces.Count).Where(id => expected[id] >= LeastExpected)];
        double logSum = Digamma(kept.Sum(id => expected[id]));
        return [.. kept.Select(id => (pieces[id].Piece, Digamma(expected[id]) - logSum))];
    }

    private IReadOnlyList<(int[] Piece, double Score)> Prune(
        IReadOnlyList<(int[] Piece, double Score)> pieces, int count)
    {
        PieceLattice lattice = new(pieces);
        double[] used = Sum(pieces.Count, (word, occurrences, sums) =>
        {
            foreach (int piece in lattice.Best(word)!.Value.Pieces)
            {
                if (piece >= 0)
                {
                    sums[piece] += occurrences;
                }
            }
        });
        double[] inWords = Sum(pieces.Count, (word, occurrences, sums) =>
        {
            foreach (int piece in lattice.Best(word)!.Value.Pieces.Distinct())
            {
                if (piece >= 0)
                {
                    sums[piece] += occurrences;
                }
            }
        });
        double total = used.Sum();
        double allWords = words.Sum(word => (double)word.Count);
        List<int> kept = [];
        List<(int Id, double Loss)> candidates = [];
        for (int id = 0; id < pieces.Count; id++)
        {
            // What the piece would be cut into if it were gone.
            (List<int> Pieces, double Score)? alternative = lattice.Best(pieces[id].Piece, excluded: id);
            bool isSplit = alternative is { } other && other.Score > pieces[id].Score;
            bool isNeeded = alternative is null || alternative.Value.Pieces.Contains(-1);
            if (isNeeded && !isSplit)
            {
                kept.Add(id);
            }
            else if (used[id] > 0)
            {
                if (isSplit)
                {
                    kept.Add(id);
                    continue;
                }

                List<int> parts = alternative!.Value.Pieces;
                double with = Math.Log(used[id]) - Math.Log(total);
                double logAlternative = Math.Log(total + (used[id] * (parts.Count - 1)));
                double without = parts.Sum(part => Math.Log(used[part] + used[id]) - logAlternative);
                candidates.Add((id, inWords[id] / allWords * (with - without)));
            }
        }

        kept.AddRange(candidates.OrderByDescending(candidate => candidate.Loss).ThenBy(candidate => candidate.Id)
            .Take(Math.Max(0, count - kept.Count)).Select(candidate => candidate.Id));
        return [.. kept.Order().Select(id => pieces[id])];
    }

    /// <summary>Adds something up over all words, per piece.</summary>
    private double[] Sum(int pieces, Action<int[], long, double[]> add)
    {
        double[][] slices = new double[Slices][];
        Parallel.For(
            0, Slices, new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellation },
            slice =>
            {
                double[] sums = slices[slice] = new double[pieces];
                int end = (int)((slice + 1L) * words.Count / Slices);
                for (int word = (int)((long)slice * words.Count / Slices); word < end; word++)
                {
                    cancellation.ThrowIfCancellationRequested();
                    add(words[word].Word, words[word].Count, sums);
                }
            });
        double[] all = new double[pieces];
        foreach (double[] sums in slices)
        {
            for (int piece = 0; piece < pieces; piece++)
            {
                all[piece] += sums[piece];
            }
        }

        return all;
    }

    /// <summary>
    /// The derivative of the logarithm of the gamma function, above 0: the recurrence up to 7, then the asymptotic
    /// series about x - 1/2 (Abramowitz and Stegun 1964, 6.3.5 and 6.3.18).
    /// </summary>
    internal static double Digamma(double x)
    {
        double result = 0;
        for (; x < 7; x++)
        {
            result -= 1 / x;
        }

        x -= 0.5;
        double square = 1 / (x * x);
        return result + Math.Log(x) + (square / 24) - (7.0 / 960 * square * square)
            + (31.0 / 8064 * square * square * square) - (127.0 / 30720 * square * square * square * square);
    }
}
