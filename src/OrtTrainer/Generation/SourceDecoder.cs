using OrtTrainer.Models;
using OrtTrainer.Runtime;

namespace OrtTrainer.Generation;

/// <summary>
/// A decoder beside an encoder. The encoder reads the sources once, and the keys and values of its tokens are made
/// once, with the decoder's first token; sources of different lengths end in padding that the mask hides.
/// </summary>
internal sealed class SourceDecoder : CachedDecoder
{
    private readonly GraphSession _encoder;
    private readonly Binding _encoding;
    private readonly GraphSession _decoder;
    private readonly Binding _decoding;

    // The cache of the decoder's own tokens, and that of the encoder's, which stays the same.
    private readonly GraphValue[] _own;
    private readonly GraphValue[] _past;
    private readonly int _start;
    private readonly long _width;

    // What belongs to the sources as they were read, of which each row has one.
    private readonly Dictionary<string, (float[] Values, long[] Shape)> _kept = [];
    private long[] _mask = [];
    private int[] _sources = [];
    private int _length;

    /// <param name="encoder">A graph as <see cref="PaddedGraph.BuildEncoder"/> makes it; disposed with this.</param>
    /// <param name="decoder">As <see cref="PaddedGraph.BuildDecoder"/> makes it; disposed with this.</param>
    /// <param name="start">The token that the decoder begins with.</param>
    public SourceDecoder(GraphSession encoder, GraphSession decoder, int start)
    {
        (_encoder, _decoder, _start) = (encoder, decoder, start);
        _decoding = decoder.CreateBinding();
        _decoding.BindOutput(PaddedInputs.Logits);
        _own =
        [
            .. decoder.Inputs.Where(
                input => PaddedInputs.IsPast(input.Name) && !PaddedInputs.IsPastOfEncoder(input.Name)),
        ];
        foreach (GraphValue past in _own)
        {
            string present = PaddedInputs.PresentOf(past.Name);
            _decoding.BindOutput(present);
            _decoding.FeedBack(present, past.Name);
        }

        _past = [.. decoder.Inputs.Where(input => PaddedInputs.IsPastOfEncoder(input.Name))];
        _width = decoder.Inputs.Single(input => input.Name == PaddedInputs.EncoderHiddenStates).Shape[2];
        _encoding = encoder.CreateBinding();
        _encoding.BindOutput(PaddedInputs.LastHiddenState);
        foreach (GraphValue past in _past)
        {
            _decoding.BindOutput(PaddedInputs.PresentOf(past.Name));
        }
    }

    public override float[] Start(IReadOnlyList<int[]> prompts, long padId)
    {
        Rows = prompts.Count;
        SetEmpty(_own);
        Encode(prompts, padId);
        _sources = [.. Enumerable.Range(0, Rows)];
        _decoding.SetInput(PaddedInputs.UseCacheBranch, [false], [1]);
        _decoding.SetIntegers(PaddedInputs.EncoderAttentionMask, _mask, [Rows, _length]);
        _decoding.SetInput(
            PaddedInputs.EncoderHiddenStates, _encoding.Output(PaddedInputs.LastHiddenState),
            [Rows, _length, _width]);
        SetEmpty(_past);
        float[] logits = Run([.. Enumerable.Repeat((long)_start, Rows)]);
        foreach (GraphValue past in _past)
        {
            string present = PaddedInputs.PresentOf(past.Name);
            _kept[past.Name] = (_decoding.Output(present).ToArray(), _decoding.OutputShape(present));
        }

        _decoding.SetInput(PaddedInputs.UseCacheBranch, [true], [1]);
        BindKept();
        return logits;
    }

    public override float[] Next(ReadOnlySpan<int> ids) => Run([.. ids.ToArray().Select(id => (long)id)]);

    public override void Reorder(ReadOnlySpan<int> sources)
    {
        foreach (GraphValue past in _own)
        {
            string present = PaddedInputs.PresentOf(past.Name);
            long[] shape = _decoding.OutputShape(present);
            int size = checked((int)(shape[1] * shape[2] * shape[3]));
            _decoding.SetInput(
                past.Name, Picked(_decoding.Output(present), sources, size),
                [sources.Length, shape[1], shape[2], shape[3]]);
        }

        Rows = sources.Length;
        int[] reordered = Picked<int>(_sources, sources, 1);

        // Texts of one source that change places have nothing of it to change.
        if (!reordered.SequenceEqual(_sources))
        {
            _sources = reordered;
            BindKept();
        }
    }

    public override void Dispose()
    {
        _encoding.Dispose();
        _encoder.Dispose();
        _decoding.Dispose();
        _decoder.Dispose();
    }

    /// <summary>Rows of some values each, one after the other.</summary>
    private static T[] Picked<T>(ReadOnlySpan<T> values, ReadOnlySpan<int> rows, int size)
    {
        T[] picked = new T[rows.Length * size];
        for (int row = 0; row < rows.Length; row++)
        {
            values.Slice(rows[row] * size, size).CopyTo(picked.AsSpan(row * size));
        }

        return picked;
    }

    private void SetEmpty(GraphValue[] cache)
    {
        foreach (GraphValue past in cache)
        {
            _decoding.SetInput(past.Name, ReadOnlySpan<float>.Empty, [Rows, past.Shape[1], 0, past.Shape[3]]);
        }
    }

    /// <summary>Runs the decoder on a token of each row.</summary>
    private float[] Run(long[] ids)
    {
        _decoding.SetIntegers(PaddedInputs.InputIds, ids, [Rows, 1]);
        _decoding.Run();
        return _decoding.OutputAsFloats(PaddedInputs.Logits).ToArray();
    }

    private void Encode(IReadOnlyList<int[]> prompts, long padId)
    {
        _length = prompts.Max(prompt => prompt.Length);
        long[] ids = new long[Rows * _length];
        Array.Fill(ids, padId);
        _mask = new long[Rows * _length];
        for (int row = 0; row < Rows; row++)
        {
            for (int i = 0; i < prompts[row].Length; i++)
            {
                ids[(row * _length) + i] = prompts[row][i];
                _mask[(row * _length) + i] = 1;
            }
        }

        _encoding.SetIntegers(PaddedInputs.InputIds, ids, [Rows, _length]);
        _encoding.SetIntegers(PaddedInputs.AttentionMask, _mask, [Rows, _length]);
        _encoding.Run();
    }

    private void BindKept()
    {
        int rows = _sources.Length;
        _decoding.SetIntegers(
            PaddedInputs.EncoderAttentionMask, Picked<long>(_mask, _sources, _length), [rows, _length]);

        // With the keys and values there, no state is read.
        _decoding.SetInput(PaddedInputs.EncoderHiddenStates, ReadOnlySpan<float>.Empty, [rows, 0, _width]);
        foreach ((string name, (float[] values, long[] shape)) in _kept)
        {
            int size = checked((int)(shape[1] * shape[2] * shape[3]));
            _decoding.SetInput(
                name, Picked<float>(values, _sources, size), [rows, shape[1], shape[2], shape[3]]);
        }
    }
}
