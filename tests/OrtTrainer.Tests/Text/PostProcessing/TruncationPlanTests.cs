using OrtTrainer.Text;
using OrtTrainer.Text.PostProcessing;

namespace OrtTrainer.Tests.Text.PostProcessing;

/// <summary>The plan against taking tokens away one at a time.</summary>
public sealed class TruncationPlanTests
{
    [Test]
    public void Longest_first_is_taking_one_token_at_a_time_from_the_longer_text()
    {
        ForAllLengths((first, second, room) => Assert.That(
            TruncationPlan.Keep(first, second, room, Truncation.LongestFirst),
            Is.EqualTo(OneByOne(first, second, room)), $"{first} + {second} into {room}"));
    }

    [Test]
    public void Only_first_and_only_second_cut_that_text_or_refuse()
    {
        ForAllLengths((first, second, room) =>
        {
            int excess = Math.Max(0, first + second - room);
            AssertCut(Truncation.OnlyFirst, excess, first, (first - excess, second));
            AssertCut(Truncation.OnlySecond, excess, second, (first, second - excess));

            void AssertCut(Truncation truncation, int less, int count, (int, int) expected)
            {
                // A text may not be cut to nothing.
                if (less > 0 && less >= count)
                {
                    Assert.That(
                        () => TruncationPlan.Keep(first, second, room, truncation),
                            Throws.TypeOf<TruncationException>());
                }
                else
                {
                    Assert.That(TruncationPlan.Keep(first, second, room, truncation), Is.EqualTo(expected));
                }
            }
        });
    }

    [TestCase(Truncation.LongestFirst, 5, 3, 3)]
    [TestCase(Truncation.LongestFirst, 5, 0, 0)]
    [TestCase(Truncation.LongestFirst, 5, 9, 5)]
    [TestCase(Truncation.OnlyFirst, 5, 3, 3)]
    [TestCase(Truncation.OnlySecond, 5, 5, 5, Description = "there is nothing to cut")]
    public void A_single_text_keeps_what_there_is_room_for(Truncation truncation, int count, int room, int expected) =>
        Assert.That(TruncationPlan.Keep(count, null, room, truncation), Is.EqualTo((expected, 0)));

    [Test]
    public void A_second_text_that_is_not_there_cannot_be_cut() => Assert.That(
        () => TruncationPlan.Keep(5, null, 4, Truncation.OnlySecond),
        Throws.TypeOf<TruncationException>().With.Message.Contains("OnlyFirst"));

    private static void ForAllLengths(Action<int, int, int> check)
    {
        for (int first = 0; first <= 9; first++)
        {
            for (int second = 0; second <= 9; second++)
            {
                for (int room = 0; room <= 20; room++)
                {
                    check(first, second, room);
                }
            }
        }
    }

    // Where both are as long, the one that was shorter at first gives; were they alike at first, the first one.
    private static (int First, int Second) OneByOne(int first, int second, int room)
    {
        bool firstWasLonger = first > second;
        while (first + second > room)
        {
            bool takeFirst = first > second || (first == second && !firstWasLonger);
            first -= takeFirst ? 1 : 0;
            second -= takeFirst ? 0 : 1;
        }

        return (first, second);
    }
}
