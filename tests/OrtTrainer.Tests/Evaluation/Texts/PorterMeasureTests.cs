using OrtTrainer.Evaluation.Texts;

namespace OrtTrainer.Tests.Evaluation.Texts;

public sealed class PorterMeasureTests
{
    // The paper's own examples of m, section 2.
    [TestCase("tr", 0)]
    [TestCase("ee", 0)]
    [TestCase("tree", 0)]
    [TestCase("y", 0)]
    [TestCase("by", 0)]
    [TestCase("trouble", 1)]
    [TestCase("oats", 1)]
    [TestCase("trees", 1)]
    [TestCase("ivy", 1)]
    [TestCase("troubles", 2)]
    [TestCase("private", 2)]
    [TestCase("oaten", 2)]
    [TestCase("orrery", 2)]
    [TestCase("", 0)]
    public void The_measure_is_that_of_the_paper(string word, int expected) =>
        Assert.That(PorterMeasure.Of(word), Is.EqualTo(expected));

    [TestCase("toy", 2, true)]
    [TestCase("syzygy", 1, false)]
    [TestCase("syzygy", 3, false)]
    [TestCase("yes", 0, true)]
    public void Y_is_a_vowel_after_a_consonant(string word, int index, bool consonant) =>
        Assert.That(PorterMeasure.IsConsonant(word, index), Is.EqualTo(consonant));

    [TestCase("hop", true)]
    [TestCase("wil", true)]
    [TestCase("snow", false)]
    [TestCase("box", false)]
    [TestCase("tray", false)]
    [TestCase("at", true)]
    [TestCase("a", false)]
    [TestCase("ee", false)]
    public void A_short_syllable_ends_as_hop_does(string word, bool expected) =>
        Assert.That(PorterMeasure.EndsInShortSyllable(word), Is.EqualTo(expected));
}
