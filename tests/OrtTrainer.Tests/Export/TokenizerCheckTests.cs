using OrtTrainer.Data;
using OrtTrainer.Export;
using OrtTrainer.Tasks;
using OrtTrainer.Tests.Checkpoints;
using OrtTrainer.Training;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Tests.Export;

/// <summary>The exported tokenizer is held against what the model was trained with, from the texts on.</summary>
public sealed class TokenizerCheckTests
{
    private static readonly Example[] Texts = [new("the first words"), new("the", "first")];

    [Test]
    public void Ids_of_the_exported_tokenizer_are_compared_from_the_texts()
    {
        using TinyClassifier tiny = TinyClassifier.Of("bert");
        using TemporaryFolder output = new();
        ModelExporter.Export(output.Path, tiny.Model, TinyClassifier.Provenance);
        TokenizedExample[] examples = TinyClassifier.Tokenize(output.Path, Texts);

        using EvaluationSession session = tiny.Evaluation();
        ExportReference reference = new(examples, session, tiny.Parameters, TinyClassifier.OneThread) { Texts = Texts };

        TokenizerCheck.Require(output.Path, output.Path, ModelTask.Default, reference);
        Assert.That(
            () => TokenizerCheck.Require(
                output.Path, output.Path, ModelTask.Default, reference, new(canceled: true)),
            Throws.InstanceOf<OperationCanceledException>());

        examples[1] = examples[1] with { InputIds = [.. examples[1].InputIds[..^1], 1] };
        Assert.That(
            () => TokenizerCheck.Require(output.Path, "out", ModelTask.Default, reference),
            Throws.TypeOf<ExportMismatchException>().With.Message.StartsWith(
                $"{Path.Combine("out", "tokenizer.json")}: the exported tokenizer gives other ids for example 1 of 2 "
                + "than the model was trained with: "));
    }

    [Test]
    public void An_export_whose_tokenizer_reads_otherwise_replaces_nothing()
    {
        using TinyClassifier tiny = TinyClassifier.Of("bert");
        using TemporaryFolder output = new();
        output.Write("notes.txt", "mine");
        TokenizedExample[] examples = tiny.Examples;
        using EvaluationSession session = tiny.Evaluation();
        ExportReference reference = new(examples, session, tiny.Parameters, TinyClassifier.OneThread)
        {
            Texts = [.. examples.Select(_ => new Example("something else"))],
        };

        Assert.That(
            () => ModelExporter.Export(output.Path, tiny.Model, TinyClassifier.Provenance, reference),
            Throws.TypeOf<ExportMismatchException>().With.Message.Contains("Nothing was written"));
        Assert.That(Directory.GetFiles(output.Path).Select(Path.GetFileName), Is.EqualTo(["notes.txt"]));
    }
}
