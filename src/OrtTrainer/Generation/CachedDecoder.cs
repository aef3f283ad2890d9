using OrtTrainer.Models;
using OrtTrainer.Runtime;

namespace OrtTrainer.Generation;

/// <summary>
/// A decoder that remembers the keys and values of the tokens it has read: rows of texts, to each of which a token is
/// added at a time. Rows of different lengths begin with padding that the mask hides.
/// </summary>
internal sealed class CachedDecoder : IDisposable
{
    private readonly GraphSession _session;
    private readonly Binding _binding;
    private readonly GraphValue[] _past;
    private readonly int _vocabulary;
    private readonly bool _hasPositions;
    private long[] _mask = [];
    private long[] _positions = [];
    private int _width;

    /// <param name="session">A graph with a cache, as <see cref="PaddedGraph"/> builds it; disposed with this.</param>
    /// <param name="vocabulary">Logits of a token.</param>
    public CachedDecoder(GraphSession session, int vocabulary)
    {
        (_session, _vocabulary) = (session, vocabulary);
        _past = [.. session.Inputs.Where(input => PaddedInputs.IsPast(input.Name))];
        _hasPositions = session.Inputs.Any(input => input.Name == PaddedInputs.PositionIds);
        _binding = session.CreateBinding();
        _binding.BindOutput(PaddedInputs.Logits);
        foreach (GraphValue past in _past)
        {
            string present = PresentOf(past);
            _binding.BindOutput(present);
            _binding.FeedBack(present, past.Name);
        }
    }

    /// <summary>Rows at work.</summary>
    public int Rows { get; private set; }

    /// <summary>Forgets everything and reads prompts, a row each.</summary>
    /// <param name="prompts">Token ids, none empty.</param>
    /// <param name="padId">Stands before shorter ones.</param>
    /// <returns>The logits of what follows each row, [B, V]; valid until the next call.</returns>
    public ReadOnlySpan<float> Start(IReadOnlyList<int[]> prompts, long padId)
    {
        Rows = prompts.Count;
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

        foreach (GraphValue past in _past)
        {
            _binding.SetInput(past.Name, ReadOnlySpan<float>.Empty, [Rows, past.Shape[1], 0, past.Shape[3]]);
        }

        return Run(ids, positions, length);
    }

    /// <summary>Adds a token to each row.</summary>
    /// <param name="ids">[B].</param>
    /// <inheritdoc cref="Start" path="/returns"/>
    public ReadOnlySpan<float> Next(ReadOnlySpan<int> ids)
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
        ReadOnlySpan<float> logits = Run(added, [.. _positions], length: 1);
        for (int row = 0; row < Rows; row++)
        {
            _positions[row]++;
        }

        return logits;
    }

    /// <summary>Lets rows go on from others: row i from what row <c>sources[i]</c> was.</summary>
    /// <param name="sources">As many as there are to be rows.</param>
    public void Reorder(ReadOnlySpan<int> sources)
    {
        foreach (GraphValue past in _past)
        {
            string present = PresentOf(past);
            long[] shape = _binding.OutputShape(present);
            int size = checked((int)(shape[1] * shape[2] * shape[3]));
            ReadOnlySpan<float> values = _binding.Output(present);
            float[] reordered = new float[sources.Length * size];
            for (int row = 0; row < sources.Length; row++)
            {
                values.Slice(sources[row] * size, size).CopyTo(reordered.AsSpan(row * size));
            }

            _binding.SetInput(past.Name, reordered, [sources.Length, shape[1], shape[2], shape[3]]);
        }

        long[] mask = new long[sources.Length * _width];
        long[] positions = new long[sources.Length];
        for (int row = 0; row < sources.Length; row++)
        {
            _mask.AsSpan(sources[row] * _width, _width).CopyTo(mask.AsSpan(row * _width));
            positions[row] = _positions[sources[row]];
        }

        (_mask, _positions, Rows) = (mask, positions, sources.Length);
    }

    public void Dispose()
    {
        _binding.Dispose();
        _session.Dispose();
    }

    private static string PresentOf(GraphValue past) =>
        PaddedInputs.PresentPrefix + past.Name[PaddedInputs.PastPrefix.Length..];

    // The logits of each row's last token.
    private ReadOnlySpan<float> Run(long[] ids, long[] positions, int length)
    {
        _binding.SetIntegers(PaddedInputs.InputIds, ids, [Rows, length]);
        _binding.SetIntegers(PaddedInputs.AttentionMask, _mask, [Rows, _width]);
        if (_hasPositions)
        {
            _binding.SetIntegers(PaddedInputs.PositionIds, positions, [Rows, length]);
        }

        _binding.Run();
        ReadOnlySpan<float> all = _binding.OutputAsFloats(PaddedInputs.Logits);
        if (length == 1)
        {
            return all;
        }

        float[] last = new float[Rows * _vocabulary];
        for (int row = 0; row < Rows; row++)
        {
            all.Slice((((row + 1) * length) - 1) * _vocabulary, _vocabulary).CopyTo(last.AsSpan(row * _vocabulary));
        }

        return last;
    }
}
