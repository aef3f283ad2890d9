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
    /// <param name="vocabulary">Logits of a token.</param>
    /// <param name="start">The token that the decoder begins with.</param>
    public SourceDecoder(GraphSession encoder, GraphSession decoder, int vocabulary, int start)
        : base(decoder, vocabulary)
    {
        (_encoder, _start) = (encoder, start);
        _past = [.. decoder.Inputs.Where(input => PaddedInputs.IsPastOfEncoder(input.Name))];
        _width = decoder.Inputs.Single(input => input.Name == PaddedInputs.EncoderHiddenStates).Shape[2];
        _encoding = encoder.CreateBinding();
        _encoding.BindOutput(PaddedInputs.LastHiddenState);
        foreach (GraphValue past in _past)
        {
            Binding.BindOutput(PaddedInputs.PresentOf(past.Name));
        }
    }

    public override ReadOnlySpan<float> Next(ReadOnlySpan<int> ids) =>
        Run([.. ids.ToArray().Select(id => (long)id)], length: 1);

    public override void Dispose()
    {
        _encoding.Dispose();
        _encoder.Dispose();
        base.Dispose();
    }

    protected override ReadOnlySpan<float> Begin(IReadOnlyList<int[]> prompts, long padId)
    {
        Encode(prompts, padId);
        _sources = [.. Enumerable.Range(0, Rows)];
        Binding.SetInput(PaddedInputs.UseCacheBranch, [false], [1]);
        Binding.SetIntegers(PaddedInputs.EncoderAttentionMask, _mask, [Rows, _length]);
        Binding.SetInput(
            PaddedInputs.EncoderHiddenStates, _encoding.Output(PaddedInputs.LastHiddenState),
            [Rows, _length, _width]);
        foreach (GraphValue past in _past)
        {
            Binding.SetInput(past.Name, ReadOnlySpan<float>.Empty, [Rows, past.Shape[1], 0, past.Shape[3]]);
        }

        float[] logits = Run([.. Enumerable.Repeat((long)_start, Rows)], length: 1).ToArray();
        foreach (GraphValue past in _past)
        {
            string present = PaddedInputs.PresentOf(past.Name);
            _kept[past.Name] = (Binding.Output(present).ToArray(), Binding.OutputShape(present));
        }

        Binding.SetInput(PaddedInputs.UseCacheBranch, [true], [1]);
        BindKept();
        return logits;
    }

    protected override void ReorderOwn(ReadOnlySpan<int> sources)
    {
        int[] reordered = Picked<int>(_sources, sources, 1);

        // Texts of one source that change places have nothing of it to change.
        if (!reordered.SequenceEqual(_sources))
        {
            _sources = reordered;
            BindKept();
        }
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
        Binding.SetIntegers(PaddedInputs.EncoderAttentionMask, Picked<long>(_mask, _sources, _length), [rows, _length]);

        // With the keys and values there, no state is read.
        Binding.SetInput(PaddedInputs.EncoderHiddenStates, ReadOnlySpan<float>.Empty, [rows, 0, _width]);
        foreach ((string name, (float[] values, long[] shape)) in _kept)
        {
            int size = checked((int)(shape[1] * shape[2] * shape[3]));
            Binding.SetInput(
                name, Picked<float>(values, _sources, size), [rows, shape[1], shape[2], shape[3]]);
        }
    }
}
