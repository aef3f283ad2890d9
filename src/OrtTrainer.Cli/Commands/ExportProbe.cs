using OrtTrainer.Export;
using OrtTrainer.Models;
using OrtTrainer.Randomness;
using OrtTrainer.Runtime;
using OrtTrainer.Training;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Cli.Commands;

/// <summary>
/// Holds an exported model against the training side on random tokens, for exports without data at hand.
/// </summary>
internal static class ExportProbe
{
    private const int Examples = 16;
    private const int LongestExample = 64;

    /// <exception cref="ExportMismatchException">A logit is beyond tolerance.</exception>
    public static ExportComparison Require(string folder, FineTunedModel model, CancellationToken cancellation)
    {
        int longest = Math.Min(LongestExample, model.Architecture.Shape.Positions);
        int vocabulary = model.Architecture.Shape.Vocabulary;
        SeededRandom random = SeededRandom.For(0, "export");
        TokenizedExample[] examples = [.. Enumerable.Range(1, Examples).Select(i =>
        {
            int length = Math.Max(2, longest * i / Examples);
            return new TokenizedExample([.. Enumerable.Range(0, length).Select(_ => random.NextInt(vocabulary))],
                new int[length]);
        })];
        ExecutionOptions execution = new();
        using EvaluationSession session = new(
            PackedGraph.Evaluation(model.Architecture, model.Head), execution);
        return ExportCheck.Require(
            folder, new ExportReference(examples, session, model.Parameters, execution), cancellation);
    }
}
