using OrtTrainer.Export;
using OrtTrainer.Images;
using OrtTrainer.Models;
using OrtTrainer.Randomness;
using OrtTrainer.Runtime;
using OrtTrainer.Training;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Cli.Commands;

/// <summary>
/// What an exported model must answer to random tokens or pixels, by the training side: for exports without data at
/// hand.
/// </summary>
internal sealed class ExportProbe : IDisposable
{
    private const int Examples = 16;
    private const int LongestExample = 64;

    private readonly EvaluationSession _session;

    public ExportProbe(FineTunedModel model)
    {
        ExecutionOptions execution = new();
        _session = new EvaluationSession(PackedGraph.Evaluation(model.Architecture, model.Head), execution);
        Reference = new ExportReference(Random(model), _session, model.Parameters, execution);
    }

    public ExportReference Reference { get; }

    public void Dispose() => _session.Dispose();

    private static TokenizedExample[] Random(FineTunedModel model)
    {
        int longest = Math.Min(LongestExample, model.Architecture.Shape.Positions);
        int vocabulary = model.Architecture.Shape.Vocabulary;
        SeededRandom random = SeededRandom.For(0, "export");
        if (model.Architecture.Shape.Image is { } image)
        {
            int[] places = new int[model.Architecture.Shape.Positions];
            PixelNormalization normalization = new(2.0 / 255, [1, 1, 1], [1, 1, 1]);
            return [.. Enumerable.Range(0, Examples).Select(_ => new TokenizedExample(places, places)
            {
                Image = new ProcessedImage(
                    new(image.Width, image.Height,
                        [.. Enumerable.Range(0, image.Length).Select(_ => (byte)random.NextInt(256))]),
                    normalization),
            })];
        }

        return [.. Enumerable.Range(1, Examples).Select(i =>
        {
            int length = Math.Max(2, longest * i / Examples);
            int[] Ids() => [.. Enumerable.Range(0, length).Select(_ => random.NextInt(vocabulary))];
            return new TokenizedExample(Ids(), new int[length]) { DecoderIds = model.Head.HasDecoder ? Ids() : null };
        })];
    }
}
