using OrtTrainer.Checkpoints;
using OrtTrainer.Data;
using OrtTrainer.Models;
using OrtTrainer.Prediction;
using OrtTrainer.Runtime;
using OrtTrainer.Tasks.MaskedLanguageModel;
using OrtTrainer.Teachers;
using OrtTrainer.Tests.Checkpoints;
using OrtTrainer.Tests.Models;
using OrtTrainer.Tasks.TokenPrediction;
using OrtTrainer.Text;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Tests.Teachers;

/// <summary>A tiny BERT with a head for masked tokens as a teacher, and a few examples with masked tokens.</summary>
internal sealed class TinyStepTeacher : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public TinyStepTeacher(Func<string, string?>? name = null)
    {
        TinyBert.Write(Folder, [.. Enumerable.Range(0, 6).Select(i => $"w{i}")], name: name, masked: true);
        Student = Tokenizer.Load(Folder);
        Vocabulary = Student.VocabularySize;
        Examples =
        [
            new PredictedExample([2, 4, 6, 10, 3], new int[5], [5, 8]) { OutputTokens = [1, 3] },
            new PredictedExample([2, 7, 4, 3], new int[4], [9]) { OutputTokens = [2] },
        ];
        Targets = TokenTargets.Of([.. Examples.Select(example => example.Targets)], Vocabulary);
    }

    public string Folder => _folder.File("teacher");

    public TeacherOptions Options => new() { Model = Folder, Cache = _folder.File("cache") };

    public Tokenizer Student { get; set; }

    public int Vocabulary { get; }

    public PredictedExample[] Examples { get; }

    public TokenTargets Targets { get; }

    /// <summary>The teacher, opened for a student.</summary>
    public StepTeacher Open(TeacherOptions? options = null, int maxLength = 16, int? vocabulary = null) =>
        StepTeacher.Open(
            options ?? Options, MaskedLanguageModelTask.Instance, Student, Data(maxLength, vocabulary ?? Vocabulary),
            threads: 1, CancellationToken.None);

    /// <summary>What it gives for the predicted tokens, by the padded graph, which is another than trains.</summary>
    public float[] Logits()
    {
        ModelConfig config = ModelConfig.Load(Folder);
        using InferenceModel model = OnnxModelFolder.Open(
            Folder, Path.Combine(Folder, "model.onnx"), MaskedLanguageModelTask.Instance, config,
            new ExecutionOptions());
        TokenRows rows = TokenRows.OfAll([.. Examples.Select(example => example.InputIds.Length)]);
        TokenTable table = new(rows, Vocabulary);
        model.Run(
            [.. Examples.Select(example => new TokenizedExample(example.InputIds, example.TokenTypeIds))], table, 4096,
            new Progress<int>(), CancellationToken.None);
        return
        [
            .. Examples.Zip(rows.OfInputs).SelectMany(example => example.First.OutputTokens!.SelectMany(token =>
                table.Values.Skip(example.Second[token] * Vocabulary).Take(Vocabulary))),
        ];
    }

    public void Dispose() => _folder.Dispose();

    private EncodedDataset Data(int maxLength, int vocabulary) => new(
        new Dataset("eval", [], labels: null, new UnlabeledTargets(0, vocabulary)), Examples,
        new UnlabeledTargets(Examples.Length, vocabulary), maxLength);
}
