using OrtTrainer.Common;
using OrtTrainer.Data;
using OrtTrainer.Models;
using OrtTrainer.Teachers;

namespace OrtTrainer.Tests.Teachers;

public sealed class TopTokensTests
{
    private const int Vocabulary = 5;

    // Two examples of one and of two rows.
    private static readonly TokenTargets Targets = TokenTargets.Of([[0], [1, 2]], Vocabulary);

    private static readonly float[] First = [1, 4, 2, 4, -3], Second = [0, 1, 2, 3, 4], Third = [9, 0, 0, 0, 0];

    [Test]
    public void The_largest_stay_where_they_are_and_the_others_share_what_is_left()
    {
        TopTokens kept = Kept(top: 2);

        double rest = Math.Log((Math.Exp(1) + Math.Exp(2) + Math.Exp(-3)) / 3);
        Assert.That(Row(kept, 0), Is.EqualTo(new[] { rest, 4, rest, 4, rest }).Within(1e-6));
        rest = Math.Log((Math.Exp(0) + Math.Exp(1) + Math.Exp(2)) / 3);
        Assert.That(Row(kept, 1), Is.EqualTo(new[] { rest, rest, rest, 3, 4 }).Within(1e-6));
        Assert.That(Row(kept, 2), Is.EqualTo(Third), "of equal ones the first, and the mean of zeros is zero");
    }

    [Test]
    public void Of_one_logit_kept_the_probability_stays()
    {
        float[] row = Row(Kept(top: 1), 1);

        Assert.That(
            Math.Exp(row[4]) / row.Sum(z => Math.Exp(z)),
            Is.EqualTo(Math.Exp(4) / Second.Sum(z => Math.Exp(z))).Within(1e-7));
    }

    [TestCase(5)]
    [TestCase(99)]
    public void All_logits_may_be_kept(int top)
    {
        TopTokens kept = Kept(top);

        Assert.That(Enumerable.Range(0, 3).Select(row => Row(kept, row)), Is.EqualTo(new[] { First, Second, Third }));
    }

    [Test]
    public void Values_that_are_no_numbers_are_refused() => Assert.That(
        () => new TopTokens(Targets, 2, "teacher", []) { Report = Report }
            .Add(new OutputBatch([1, float.NaN, 0, 0, 0], Vocabulary, [0], [0], [1])),
        Throws.InstanceOf<RunException>().With.Message.Contains("no numbers for the training data"));

    private static TeacherReport Report => new()
    {
        Name = "", Source = "", Rows = 2, Outputs = Vocabulary, IsCached = false, ElapsedSeconds = 0,
        Audit = new() { Task = "", Rows = 2 },
    };

    /// <summary>The second example comes first, as batches by length may have it.</summary>
    private static TopTokens Kept(int top)
    {
        TopTokens kept = new(Targets, top, "teacher", []) { Report = Report };
        kept.Add(new OutputBatch([.. Second, .. Third, .. First], Vocabulary, [1, 0], [0, 2], [2, 1]));
        return kept;
    }

    private static float[] Row(TopTokens kept, int row)
    {
        float[] logits = new float[Vocabulary];
        kept.Spread(row, logits);
        return logits;
    }
}
