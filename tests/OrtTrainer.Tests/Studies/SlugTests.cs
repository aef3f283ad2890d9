using OrtTrainer.Studies;

namespace OrtTrainer.Tests.Studies;

public sealed class SlugTests
{
    [TestCase("swa", ExpectedResult = "swa")]
    [TestCase("Label Smoothing (0.1)", ExpectedResult = "label-smoothing-0.1")]
    [TestCase("../../etc", ExpectedResult = "etc")]
    [TestCase("a//b", ExpectedResult = "a-b")]
    [TestCase("tf_reg", ExpectedResult = "tf_reg")]
    [TestCase("..", ExpectedResult = "")]
    [TestCase("größe", ExpectedResult = "gr-e")]
    public string A_name_becomes_a_folder(string name) => Slug.Of(name);
}
