using OrtTrainer.Models;
using OrtTrainer.Runtime;

namespace OrtTrainer.Generation;

/// <summary>A decoder that reads prompts and writes on behind them. Rows of different lengths begin with padding that
/// the mask hides.</summary>
/// <param name="session">A graph as <see cref="PaddedGraph.Build"/> makes it; disposed with this.</param>
/// <param name="vocabulary">Logits of a token.</param>
internal sealed class PromptDecoder(GraphSession session, int vocabulary) : CachedDecoder(session, vocabulary)
{
    private readonly bool _hasPositions =
        session.Inputs.Any(input => input.Name == PaddedInputs.PositionIds);

    private long[] _mask = [];
    private long[] _positions = [];
    private int _width;

    public override ReadOnlySpan<float> Next(ReadOnlySpan<int> ids)
    {
        long[] added = new long[Rows];
        long[] mask = new long[Rows * (_width + 1)];
        for (int row = 0; row < Rows; row++)
        {
            added[row] = ids[row];
            _mask.AsSpan(row * _width, _width).CopyTo(mask.AsSpan(row * (_width + 1)));
            mask[(row * (_width + 1)) + _width] = 1;
        }

        (_mask, _width) = (mask, _width + 1);
        ReadOnlySpan<float> logits = Read(added, [.. _positions], length: 1);
        for (int row = 0; row < Rows; row++)
        {
            _positions[row]++;
        }

        return logits;
    }

    protected override ReadOnlySpan<float> Begin(IReadOnlyList<int[]> prompts, long padId)
    {
        int length = prompts.Max(prompt => prompt.Length);
        long[] ids = new long[Rows * length];
        long[] positions = new long[Rows * length];
        Array.Fill(ids, padId);
        _mask = new long[Rows * length];
        _positions = new long[Rows];
        _width = length;
        for (int row = 0; row < Rows; row++)
        {
            int[] prompt = prompts[row];
            int start = ((row + 1) * length) - prompt.Length;
            for (int i = 0; i < prompt.Length; i++)
            {
                ids[start + i] = prompt[i];
                positions[start + i] = i;
                _mask[start + i] = 1;
            }

            _positions[row] = prompt.Length;
        }

        return Read(ids, positions, length);
    }

    protected override void ReorderOwn(ReadOnlySpan<int> sources)
    {
        _mask = Picked<long>(_mask, sources, _width);
        _positions = Picked<long>(_positions, sources, 1);
    }

    private ReadOnlySpan<float> Read(long[] ids, long[] positions, int length)
    {
        Binding.SetIntegers(PaddedInputs.AttentionMask, _mask, [Rows, _width]);
        if (_hasPositions)
        {
            Binding.SetIntegers(PaddedInputs.PositionIds, positions, [Rows, length]);
        }

        return Run(ids, length);
    }
}
