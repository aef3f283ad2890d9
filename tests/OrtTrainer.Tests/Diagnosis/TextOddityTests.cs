using OrtTrainer.Data;
using OrtTrainer.Diagnosis;

namespace OrtTrainer.Tests.Diagnosis;

public class TextOddityTests
{
    [TestCase("a caf\uFFFD", "replacement")]
    [TestCase("a cafÃ©", "Latin-1")]
    [TestCase("fish &amp; chips", "HTML")]
    [TestCase("one<br>two <br />", "HTML")]
    [TestCase("a\u0000b", "control")]
    public void What_went_wrong_on_the_way_is_named(string text, string kind) =>
        Assert.That(
            TextOddity.In("train", new Example(text, Line: 3)).Single(),
            Has.Property(nameof(TextOddity.Kind)).Contains(kind).And.Property(nameof(TextOddity.Line)).EqualTo(3));

    [TestCase("a café, naïve; 3 < 4 & 5 > 2")]
    [TestCase("two\nlines\tand a tab")]
    public void Ordinary_texts_have_nothing_odd(string text) =>
        Assert.That(TextOddity.In("train", new Example(text, Pair: "another")), Is.Empty);

    [TestCase("pos ", 1)]
    [TestCase("pos", 0)]
    public void White_space_round_a_label_is_odd(string label, int count) =>
        Assert.That(TextOddity.In("train", new Example("a text", Label: label)).Count(), Is.EqualTo(count));
}
