using OrtTrainer.Common;
using OrtTrainer.Hub;

namespace OrtTrainer.Tests.Hub;

public sealed class HubNameTests
{
    [TestCase("hf:owner/name", "owner/name", null)]
    [TestCase("hf:gpt2", "gpt2", null)]
    [TestCase("hf:a-b/c.d_e@refs/pr/1", "a-b/c.d_e", "refs/pr/1")]
    [TestCase("hf:owner/name@v1.0", "owner/name", "v1.0")]
    public void Owner_name_and_revision_are_read(string word, string repository, string? revision) =>
        Assert.That(HubName.Parse(word), Is.EqualTo(new HubName(repository, revision)));

    [TestCase("hf:")]
    [TestCase("hf:/name")]
    [TestCase("hf:a/b/c")]
    [TestCase("hf:owner/../name")]
    [TestCase("hf:../name")]
    [TestCase("hf:owner/a--b")]
    [TestCase("hf:owner/name@")]
    [TestCase("hf:owner/name@../../x")]
    [TestCase("hf:owner/name@/etc")]
    [TestCase("hf:owner/name\n")]
    public void What_is_no_name_is_refused(string word) =>
        Assert.That(
            Assert.Throws<RunException>(() => HubName.Parse(word))!.Message, Does.Contain("hf:owner/name@revision"));

    [TestCase("models/mine", false)]
    [TestCase("hf:x/y", true)]
    [TestCase(null, false)]
    public void A_word_is_told_from_a_path(string? word, bool isWord) =>
        Assert.That(HubName.IsWord(word), Is.EqualTo(isWord));
}
