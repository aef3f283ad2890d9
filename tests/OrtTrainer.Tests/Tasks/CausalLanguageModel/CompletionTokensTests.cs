using OrtTrainer.Common;
using OrtTrainer.Data;
using OrtTrainer.Tasks.CausalLanguageModel;
using OrtTrainer.Tasks.TokenPrediction;
using OrtTrainer.Tests.Checkpoints;
using OrtTrainer.Tests.Models;
using OrtTrainer.Text;

namespace OrtTrainer.Tests.Tasks.CausalLanguageModel;

/// <summary>Which tokens of prompts and completions are learned.</summary>
public sealed class CompletionTokensTests
{
    private TemporaryFolder _files = null!;
    private Tokenizer _tokenizer = null!;

    [OneTimeSetUp]
    public void Open()
    {
        _files = new TemporaryFolder();
        TinyLlama.Write(_files.File("llama"));
        _tokenizer = Tokenizer.Load(_files.File("llama"));
    }

    [OneTimeTearDown]
    public void Close() => _files.Dispose();

    [Test]
    public void Of_a_completion_its_tokens_and_the_end_are_learned()
    {
        PredictedExample example = Of("the cat", "sat on a mat");

        Assert.That(Words(example.InputIds), Is.EqualTo("<s> the cat sat on a mat </s>"));
        Assert.That(Words(example.Targets), Is.EqualTo("sat on a mat </s>"));
        Assert.That(example.OutputTokens, Is.EqualTo(new[] { 2, 3, 4, 5, 6 }));
    }

    [TestCase("the cat ", "sat")]
    [TestCase("the cat", " sat")]
    public void White_space_between_both_is_left_as_it_is(string prompt, string completion) =>
        Assert.That(Words(Of(prompt, completion).InputIds), Is.EqualTo("<s> the cat sat </s>"));

    [Test]
    public void Of_a_text_all_tokens_but_the_first_are_learned()
    {
        PredictedExample example = Of("the dog ran", null);

        Assert.That(Words(example.Targets), Is.EqualTo("the dog ran </s>"));
        Assert.That(example.OutputTokens, Is.EqualTo(new[] { 0, 1, 2, 3 }));
    }

    [Test]
    public void What_is_too_long_is_cut_at_the_end()
    {
        PredictedExample example = CompletionTokens.Of(
            new Example("the cat", "sat on a mat"), _tokenizer, maxLength: 5);

        Assert.That(Words(example.InputIds), Is.EqualTo("<s> the cat sat on"));
        Assert.That(Words(example.Targets), Is.EqualTo("sat on"));
        Assert.That(example.IsCut);
    }

    [Test]
    public void A_prompt_without_room_for_a_completion_is_refused() => Assert.That(
        () => CompletionTokens.Of(new Example("the cat sat on a", "mat"), _tokenizer, maxLength: 6),
        Throws.InstanceOf<RunException>().With.Message.Contains("6 tokens, which leave no room for a completion in 6"));

    private PredictedExample Of(string prompt, string? completion) =>
        CompletionTokens.Of(new Example(prompt, completion), _tokenizer, maxLength: null);

    private string Words(int[] ids) => string.Join(' ', ids.Select(_tokenizer.IdToToken));
}
