using Microsoft.ML.Tokenizers;
using OrtTrainer.Common;
using OrtTrainer.Data;
using OrtTrainer.Methods;
using OrtTrainer.Models;
using OrtTrainer.Options;
using OrtTrainer.Prediction;
using OrtTrainer.Runs;
using OrtTrainer.Tests.Runs;
using OrtTrainer.Tests.Text.Loading;
using OrtTrainer.Text;

namespace OrtTrainer.Tests;

/// <summary>
/// Runs and predictions with a tokenizer of Microsoft.ML.Tokenizers, and tokenizers that have no export.
/// </summary>
public sealed class OwnTokenizerTests
{
    private static readonly Example[] Texts = [new("the cat is here"), new("soup", "my old town")];

    [Test]
    public void A_run_with_their_tokenizer_learns_the_same_weights_and_is_predicted_with_it()
    {
        using TinyTask tiny = new();
        ExternalTokenizer theirs = TokenizerOf(tiny);

        RunSummary ours = TinyTask.Run(tiny.Options("ours"));
        EventList events = new();
        RunSummary summary = FineTuner.RunAsync(tiny.Options("out"), theirs, events).GetAwaiter().GetResult();

        string output = tiny.Output("out");
        using Predictor expected = Predictor.Open(tiny.Output("ours"));
        using Predictor actual = Predictor.Open(output, theirs);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(summary.Live, Is.EqualTo(ours.Live));
            Assert.That(summary.TestAveraged, Is.EqualTo(ours.TestAveraged));
            Assert.That(
                actual.Predict(Texts).Select(p => p.Scores),
                Is.EqualTo(expected.Predict(Texts).Select(p => p.Scores)));
            Assert.That(actual.MaxLength, Is.EqualTo(16));
            Assert.That(events.Of<RunEvent.Noted>().Select(note => note.Message),
                Has.Some.Contains("the export will have no tokenizer files"));
            Assert.That(File.Exists(Path.Combine(output, "vocab.txt")), Is.False);
            Assert.That(File.Exists(Path.Combine(output, "tokenizer.json")), Is.False);
            Assert.That(() => Predictor.Open(output), Throws.TypeOf<RunException>()
                .With.Message.Contains("no tokenizer found")
                .And.Message.Contains("give the tokenizer to Predictor.Open"));
        }
    }

    [Test]
    public void Ids_beyond_the_model_are_refused()
    {
        using TinyTask tiny = new();
        string words = Path.Combine(tiny.Model, "larger.txt");
        File.WriteAllText(words, string.Concat(Enumerable.Range(0, 100).Select(i => $"word{i}\n"))
            + File.ReadAllText(Path.Combine(tiny.Model, "vocab.txt")));
        ExternalTokenizer theirs = new(BertTokenizer.Create(words));

        Assert.That(
            () => FineTuner.RunAsync(tiny.Options("out"), theirs).GetAwaiter().GetResult(),
            Throws.TypeOf<RunException>()
                .With.Message.Match("the tokenizer gives the id 1[0-9]{2}, but vocab_size is"));
        Assert.That(Directory.Exists(tiny.Output("out")), Is.False);
    }

    [Test]
    public void A_method_that_makes_its_own_teacher_is_refused_with_it()
    {
        using TinyTask tiny = new();
        FineTuneOptions options =
            tiny.Options("out") with { Method = FineTuneMethod.Parse("finetune+self-distillation") };

        Assert.That(
            () => FineTuner.RunAsync(options, TokenizerOf(tiny)).GetAwaiter().GetResult(),
            Throws.InstanceOf<RunException>()
                .With.Message.StartsWith("Self-distillation reads its teacher's tokenizer"));
    }

    [Test]
    public void A_tokenizer_that_cannot_be_exported_is_refused_before_the_run_has_a_folder()
    {
        using TinyTask tiny = new();
        File.Delete(Path.Combine(tiny.Model, "vocab.txt"));
        File.WriteAllBytes(Path.Combine(tiny.Model, "spiece.model"), TinySentencePiece.Model(
            1, TinySentencePiece.Piece("<unk>", 0, 2), TinySentencePiece.Piece("\u2581the", -1)));

        Assert.That(
            () => TinyTask.Run(tiny.Options("out")),
            Throws.TypeOf<InvalidDataException>()
                .With.Message.Contains("spiece.model: this SentencePiece model can be read"));
        Assert.That(Directory.Exists(tiny.Output("out")), Is.False);
    }

    private static ExternalTokenizer TokenizerOf(TinyTask tiny) =>
        new(BertTokenizer.Create(Path.Combine(tiny.Model, "vocab.txt")));
}
