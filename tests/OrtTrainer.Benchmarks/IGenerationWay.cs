using System.Numerics.Tensors;
using OrtTrainer.Generation;
using OrtTrainer.Models;
using OrtTrainer.Runtime;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Benchmarks;

/// <summary>A way to write on behind prompts, the likeliest token each time.</summary>
internal interface IGenerationWay : IDisposable
{
    /// <summary>What the result calls it.</summary>
    string Name { get; }

    /// <summary>Writes.</summary>
    /// <param name="prompts">Token ids.</param>
    /// <param name="count">Tokens behind each.</param>
    /// <returns>What was written behind each prompt.</returns>
    int[][] Write(int[][] prompts, int count);
}

/// <summary>The decoder of <see cref="Generator"/>, with its cache.</summary>
/// <param name="decoder">Disposed with this.</param>
/// <param name="vocabulary">Logits of a token.</param>
/// <param name="name">What the result calls it.</param>
internal sealed class CachedGeneration(CachedDecoder decoder, int vocabulary, string name) : IGenerationWay
{
    public string Name => name;

    public int[][] Write(int[][] prompts, int count)
    {
        int[][] written = [.. prompts.Select(_ => new int[count])];
        int[] ids = new int[prompts.Length];
        float[] logits = decoder.Start(prompts, padId: 0);
        for (int step = 0; ; step++)
        {
            for (int row = 0; row < ids.Length; row++)
            {
                ids[row] = written[row][step] =
                    TensorPrimitives.IndexOfMax<float>(logits.AsSpan(row * vocabulary, vocabulary));
            }

            if (step == count - 1)
            {
                return written;
            }

            logits = decoder.Next(ids);
        }
    }

    public void Dispose() => decoder.Dispose();
}

/// <summary>The same layers without a cache: every token from the whole text anew.</summary>
internal sealed class AnewGeneration : IGenerationWay
{
    private readonly PackedGraph _graph;
    private readonly GraphSession _session;
    private readonly Binding _binding;
    private readonly int _vocabulary;

    public AnewGeneration(PackedGraph graph, ExecutionOptions execution, int vocabulary)
    {
        _session = GraphSession.FromBytes(graph.Model, execution);
        (_graph, _vocabulary) = (graph with { Model = [] }, vocabulary);
        _binding = _session.CreateBinding();
        _binding.BindOutput(PackedInputs.Logits);
    }

    public string Name => "ours without a cache";

    public int[][] Write(int[][] prompts, int count)
    {
        List<int>[] texts = [.. prompts.Select(prompt => prompt.ToList())];
        for (int step = 0; step < count; step++)
        {
            TokenizedExample[] examples =
            [
                .. texts.Select(text => new TokenizedExample([.. text], new int[text.Count])
                {
                    OutputTokens = [text.Count - 1],
                }),
            ];
            PackedBatch batch = new();
            batch.Fill(examples, [.. Enumerable.Range(0, examples.Length)]);
            batch.Bind(_binding, _graph.Inputs);
            _binding.Run();
            ReadOnlySpan<float> logits = _binding.Output(PackedInputs.Logits);
            for (int row = 0; row < texts.Length; row++)
            {
                texts[row].Add(TensorPrimitives.IndexOfMax(logits.Slice(row * _vocabulary, _vocabulary)));
            }
        }

        return [.. texts.Select((text, row) => text[prompts[row].Length..].ToArray())];
    }

    public void Dispose()
    {
        _binding.Dispose();
        _session.Dispose();
    }
}
