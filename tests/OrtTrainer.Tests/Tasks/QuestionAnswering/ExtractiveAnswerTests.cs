using OrtTrainer.Tasks.QuestionAnswering;

namespace OrtTrainer.Tests.Tasks.QuestionAnswering;

public sealed class ExtractiveAnswerTests
{
    [Test]
    public void An_answer_counts_without_case_articles_and_punctuation()
    {
        Assert.That(ExtractiveAnswer.ExactMatch("The  U.S.", ["us"]), Is.EqualTo(1));
        Assert.That(ExtractiveAnswer.ExactMatch("theatre", ["atre"]), Is.Zero, "an article is a whole word");
        Assert.That(ExtractiveAnswer.F1("red big dog", ["big cat", "big red"]), Is.EqualTo(0.8).Within(1e-15));
        Assert.That(ExtractiveAnswer.F1("go go", ["go"]), Is.EqualTo(2 / 3.0).Within(1e-15), "a word counts once");
        Assert.That(ExtractiveAnswer.F1("the", [""]), Is.EqualTo(1), "nothing is left of it");
        Assert.That(() => ExtractiveAnswer.F1("x", []), Throws.ArgumentException);
    }
}
