using OrtTrainer.Models;
using OrtTrainer.Runtime;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Prediction;

/// <summary>
/// Rows of equal length, [B, S], as exported models take them: shorter sequences end in padding that the mask hides.
/// </summary>
internal sealed class PaddedBatch
{
    private readonly long[] _ids;
    private readonly long[] _mask;
    private readonly long[] _types;

    /// <summary>Takes the examples at <paramref name="indices"/>, in that order.</summary>
    public PaddedBatch(IReadOnlyList<TokenizedExample> examples, ReadOnlySpan<int> indices, long padId)
    {
        Rows = indices.Length;
        foreach (int index in indices)
        {
            Width = Math.Max(Width, examples[index].InputIds.Length);
        }

        _ids = new long[Rows * Width];
        _mask = new long[Rows * Width];
        _types = new long[Rows * Width];
        Array.Fill(_ids, padId);
        for (int row = 0; row < Rows; row++)
        {
            TokenizedExample example = examples[indices[row]];
            for (int i = 0, at = row * Width; i < example.InputIds.Length; i++, at++)
            {
                _ids[at] = example.InputIds[i];
                _mask[at] = 1;
                _types[at] = example.TokenTypeIds[i];
            }
        }

        Images.Fill(examples, indices);
    }

    /// <summary>The images of the rows; none where they are texts.</summary>
    private ImageBatch Images { get; } = new();

    /// <summary>B.</summary>
    public int Rows { get; }

    /// <summary>S, the longest row's length.</summary>
    public int Width { get; }

    /// <summary>Sets an input to 1 for tokens and 0 for padding.</summary>
    public void BindMask(Binding binding, string name) => binding.SetIntegers(name, _mask, [Rows, Width]);

    /// <summary>Sets those inputs of a graph that it has.</summary>
    public void Bind(Binding binding, IReadOnlySet<string> inputs)
    {
        Images.Bind(binding, inputs);
        foreach ((string name, long[] values) in new[]
        {
            (PaddedInputs.InputIds, _ids), (PaddedInputs.AttentionMask, _mask), (PaddedInputs.TokenTypeIds, _types),
        })
        {
            if (inputs.Contains(name))
            {
                binding.SetIntegers(name, values, [Rows, Width]);
            }
        }

        if (inputs.Contains(PaddedInputs.PositionIds))
        {
            long[] positions = [.. Enumerable.Range(0, Rows * Width).Select(at => (long)(at % Width))];
            binding.SetIntegers(PaddedInputs.PositionIds, positions, [Rows, Width]);
        }
    }
}
