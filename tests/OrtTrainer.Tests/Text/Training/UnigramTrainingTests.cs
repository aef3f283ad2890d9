using OrtTrainer.Text.Training;

namespace OrtTrainer.Tests.Text.Training;

/// <summary>The parts of unigram training against twins that go through all there is.</summary>
public sealed class UnigramTrainingTests
{
    [TestCase(1, -0.57721566490153287)]
    [TestCase(0.5, -1.9635100260214235)]
    [TestCase(10, 2.2517525890667211)]
    public void Digamma_has_its_known_values(double x, double expected) =>
        Assert.That(PieceEstimation.Digamma(x), Is.EqualTo(expected).Within(1e-8));

    /// <summary>A substring counts if it occurs twice or more, and not always before the same.</summary>
    [Test]
    public void Substrings_are_those_found_by_looking_at_all()
    {
        const int Longest = 4;
        Random random = new(11);
        int[] text = [.. Enumerable.Range(0, 500).Select(i => i % 7 == 6 ? 0 : 1 + random.Next(3))];
        Dictionary<string, (int Count, HashSet<int> Next)> all = [];
        for (int start = 0; start < text.Length; start++)
        {
            for (int length = 2; length <= Longest && start + length <= text.Length; length++)
            {
                string key = string.Join(' ', text[start..(start + length)]);
                (int count, HashSet<int> next) = all.GetValueOrDefault(key, (0, []));
                next.Add(start + length < text.Length ? text[start + length] : -1);
                all[key] = (count + 1, next);
            }
        }

        IEnumerable<string> expected = all
            .Where(entry => entry.Value.Count > 1 && entry.Value.Next.Count > 1 && !entry.Key.Split(' ').Contains("0"))
            .Select(entry => $"{entry.Key}: {entry.Value.Count}");

        Assert.That(
            SeedPieces.Substrings(text, Longest).Select(found =>
                $"{string.Join(' ', text[found.Start..(found.Start + found.Length)])}: {found.Frequency}"),
            Is.EquivalentTo(expected));
    }

    [Test]
    public void Words_part_where_a_character_has_no_token()
    {
        (int[] Word, long Count)[] parts =
            UnigramTraining.Spell([("abxa", 3), ("xx", 9), ("xb", 2), ("ab", 4)], ["a", "b"]);

        Assert.That(
            parts.Select(part => $"{string.Join(' ', part.Word)}: {part.Count}"),
            Is.EqualTo(new[] { "97: 3", "97 98: 7", "98: 2" }));
    }

    [Test]
    public void Expected_counts_are_those_over_all_ways_to_cut_a_word()
    {
        (int[] Piece, double Score)[] pieces = Pieces();
        int[] word = [1, 2, 1, 2, 3, 1];
        double[] expected = new double[pieces.Length];
        List<(List<int> Ids, double Score)> ways = Ways(pieces, word);
        double total = ways.Sum(way => Math.Exp(way.Score));
        foreach ((List<int> ids, double score) in ways)
        {
            foreach (int id in ids)
            {
                expected[id] += 3 * Math.Exp(score) / total;
            }
        }

        double[] counts = new double[pieces.Length];
        new PieceLattice(pieces).AddExpected(word, 3, counts);

        Assert.That(ways, Has.Count.GreaterThan(10));
        Assert.That(counts, Is.EqualTo(expected).Within(1e-12));
    }

    [Test]
    public void The_best_way_is_the_most_probable_of_all()
    {
        (int[] Piece, double Score)[] pieces = Pieces();
        PieceLattice lattice = new(pieces);
        int[] word = [1, 2, 1, 2, 3, 1];
        (List<int> Ids, double Score) best = Ways(pieces, word).MaxBy(way => way.Score);

        (List<int> Pieces, double Score) found = lattice.Best(word)!.Value;

        Assert.That(found.Pieces.AsEnumerable().Reverse(), Is.EqualTo(best.Ids));
        Assert.That(found.Score, Is.EqualTo(best.Score).Within(1e-12));
    }

    [Test]
    public void A_character_without_a_piece_is_unknown_and_a_piece_can_be_left_out()
    {
        PieceLattice lattice = new(Pieces());

        Assert.That(lattice.Best([1, 9, 1])!.Value.Pieces, Is.EqualTo(new[] { 0, -1, 0 }));
        Assert.That(lattice.Best([1, 2], excluded: 3)!.Value.Pieces, Is.EqualTo(new[] { 1, 0 }));
    }

    /// <summary>Without Bayes' correction by digamma an EM step never lowers the likelihood; with it, hardly.</summary>
    [Test]
    public void Steps_of_estimation_raise_the_likelihood()
    {
        (int[] Word, long Count)[] words = [([1, 2, 1, 2], 900), ([1, 2, 3], 700), ([3, 1], 800), ([2, 3, 1, 2], 600)];
        PieceEstimation estimation = new(words, threads: 2, default);
        IReadOnlyList<(int[] Piece, double Score)> pieces = Pieces();
        double before = LogLikelihood(pieces, words);
        for (int step = 0; step < 5; step++)
        {
            pieces = estimation.Estimate(pieces);
            double after = LogLikelihood(pieces, words);
            Assert.That(after, Is.GreaterThan(before - 2));
            before = after;
        }

        Assert.That(before, Is.GreaterThan(LogLikelihood(Pieces(), words) + 500));
        Assert.That(pieces.Sum(piece => Math.Exp(piece.Score)), Is.EqualTo(1).Within(0.01));
    }

    private static double LogLikelihood(
        IReadOnlyList<(int[] Piece, double Score)> pieces, (int[] Word, long Count)[] words) =>
        words.Sum(word => word.Count * Math.Log(Ways(pieces, word.Word).Sum(way => Math.Exp(way.Score))));

    private static (int[] Piece, double Score)[] Pieces() =>
    [
        ([1], -2), ([2], -2.5), ([3], -2.2), ([1, 2], -1.7), ([2, 1], -3), ([1, 2, 3], -2.8), ([3, 1], -2.9),
        ([2, 3, 1], -4),
    ];

    private static List<(List<int> Ids, double Score)> Ways(
        IReadOnlyList<(int[] Piece, double Score)> pieces, int[] word)
    {
        if (word.Length == 0)
        {
            return [([], 0)];
        }

        return
        [
            .. Enumerable.Range(0, pieces.Count).Where(id => word.AsSpan().StartsWith(pieces[id].Piece))
                .SelectMany(id => Ways(pieces, word[pieces[id].Piece.Length..])
                    .Select(rest => ((List<int>)[id, .. rest.Ids], pieces[id].Score + rest.Score))),
        ];
    }
}
