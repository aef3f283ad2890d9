using OrtTrainer.Checkpoints;
using OrtTrainer.Common;
using OrtTrainer.Graph;
using OrtTrainer.Models;
using OrtTrainer.Prediction;
using OrtTrainer.Runtime;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Tests.Generation;

/// <summary>The packed graph of an encoder with its decoder, which reads source and target anew for every
/// token.</summary>
internal sealed class TargetAnew : IDisposable
{
    private readonly FolderWeights _weights;
    private readonly PackedModel _model;
    private readonly int _vocabulary;

    public TargetAnew(string folder)
    {
        _vocabulary = Architecture.For(ModelConfig.Load(folder)).Shape.Vocabulary;
        TargetTokenHead head = new(_vocabulary);
        _weights = FolderWeights.Read(folder, head);
        _model = new PackedModel(
            _weights.Architecture, head, _weights.Layout, _weights.Buffer, Precision.Fp32, new ExecutionOptions(),
            "anew");
    }

    /// <summary>The most probable tokens behind what the target begins with, until one that ends it.</summary>
    /// <param name="source">Token ids.</param>
    /// <param name="start">The first token of the target.</param>
    /// <param name="end">The token that ends it.</param>
    /// <param name="most">The most tokens that are written.</param>
    /// <param name="forbids">Whether a token may not stand behind others, those it begins with too.</param>
    public (int[] Ids, bool Ended) Greedy(
        int[] source, int start, int end, int most, Func<int[], int, bool>? forbids = null)
    {
        List<int> target = [start];
        while (target.Count <= most)
        {
            int[] written = [.. target];
            double[] next = LogProbabilities(source, written);
            int best = Enumerable.Range(0, next.Length).Where(id => forbids?.Invoke(written, id) != true)
                .MaxBy(id => next[id]);
            if (best == end)
            {
                return (written[1..], true);
            }

            target.Add(best);
        }

        return ([.. target.Skip(1)], false);
    }

    public double[] LogProbabilities(int[] source, int[] target)
    {
        LastRow sink = new(_vocabulary);
        _model.Run([new TokenizedExample(source, new int[source.Length]) { DecoderIds = target }], sink);
        return sink.LogProbabilities();
    }

    public void Dispose()
    {
        _model.Dispose();
        _weights.Dispose();
    }
}
