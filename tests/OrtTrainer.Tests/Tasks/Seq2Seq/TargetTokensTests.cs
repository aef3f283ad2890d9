using OrtTrainer.Common;
using OrtTrainer.Data;
using OrtTrainer.Tasks.Seq2Seq;
using OrtTrainer.Tasks.TokenPrediction;
using OrtTrainer.Tests.Checkpoints;
using OrtTrainer.Tests.Models;
using OrtTrainer.Text;

namespace OrtTrainer.Tests.Tasks.Seq2Seq;

/// <summary>What an encoder and a decoder are given of a source and its target: [CLS] is 2, [SEP] 3, "cat" 5.</summary>
public sealed class TargetTokensTests
{
    private readonly TemporaryFolder _folder = new();
    private Tokenizer _tokenizer = null!;

    [OneTimeSetUp]
    public void Load()
    {
        TinyEncoderDecoder.Write(_folder.Path, "t5");
        _tokenizer = Tokenizer.Load(_folder.Path);
    }

    [OneTimeTearDown]
    public void Remove() => _folder.Dispose();

    [Test]
    public void The_decoder_takes_the_target_moved_by_one_and_learns_all_of_it()
    {
        PredictedExample example = TargetTokens.Of(new("cat dog", "soup rice hill"), _tokenizer, 128, start: 17);

        Assert.That(example.InputIds, Is.EqualTo(new[] { 2, 5, 6, 3 }));
        Assert.That(example.Targets, Is.EqualTo(new[] { 2, 7, 8, 9, 3 }));
        Assert.That(example.DecoderIds, Is.EqualTo(new[] { 17, 2, 7, 8, 9 }));
        Assert.That((example.OutputTokens, example.Tokens, example.IsCut), Is.EqualTo(((int[]?)null, 9, false)));
    }

    [TestCase("cat dog soup", "cat", 4, 5)]
    [TestCase("cat", "cat dog soup", 3, 5)]
    [TestCase("cat dog soup rice", "cat dog soup", 4, 6)]
    public void Either_is_cut_to_the_greatest_length_and_keeps_its_special_tokens(
        string source, string target, int most, int longest)
    {
        PredictedExample example = TargetTokens.Of(new(source, target), _tokenizer, most, start: 0);

        foreach (int[] ids in new[] { example.InputIds, example.Targets })
        {
            Assert.That(ids, Has.Length.LessThanOrEqualTo(most));
            Assert.That((ids[0], ids[^1]), Is.EqualTo((2, 3)));
        }

        Assert.That((example.IsCut, example.FullLength), Is.EqualTo((true, longest)));
    }

    [Test]
    public void A_source_alone_is_refused() => Assert.That(
        () => TargetTokens.Of(new("cat"), _tokenizer, null, start: 0),
        Throws.InstanceOf<RunException>().With.Message.Contains("--pair"));
}
