using OrtTrainer.Models;
using OrtTrainer.Runtime;

namespace OrtTrainer.Generation;

/// <summary>
/// The keys and values of a packed decoder's texts. Each lies in a buffer with room for more tokens than there are,
/// which the graph reads and writes in place, so that a token copies none of those before it.
/// </summary>
internal sealed class KeyValueCache : IDisposable
{
    /// <summary>Tokens for which there is room at first, and multiples of which there is room for later.</summary>
    private const int Step = 64;

    private readonly Binding _binding;
    private readonly Part[] _parts;
    private long[] _lengths = [];
    private long _room;
    private bool _isBound;

    /// <param name="session">Of <see cref="PackedGraph.Decoder"/>.</param>
    /// <param name="binding">Reads and writes the cache; it must not run after this is disposed.</param>
    public KeyValueCache(GraphSession session, Binding binding)
    {
        _binding = binding;
        _parts =
        [
            .. session.Inputs.Where(input => PackedInputs.IsCache(input.Name))
                .Select(input => new Part(session.Options.Device, input.Name, input.Shape[2], input.Shape[3])),
        ];
    }

    /// <summary>Tokens of each text in the cache.</summary>
    public ReadOnlySpan<long> Lengths => _lengths;

    /// <summary>Begins texts without tokens.</summary>
    public void Clear(int texts)
    {
        _lengths = new long[texts];
        _isBound = false;
    }

    /// <summary>Lets the next run find the cache, with room for its tokens.</summary>
    /// <param name="counts">Tokens of each text that the run adds.</param>
    public void Bind(ReadOnlySpan<int> counts)
    {
        long longest = 0;
        for (int text = 0; text < counts.Length; text++)
        {
            longest = Math.Max(longest, _lengths[text] + counts[text]);
        }

        if (longest > _room)
        {
            int[] all = [.. Enumerable.Range(0, _lengths.Length)];

            // Twice as much each time, so that all that is ever copied is less than the cache in the end.
            MoveTo(all, (Math.Max(longest, 2 * _room) + Step - 1) / Step * Step);
        }

        _binding.SetInput(PackedInputs.CachedTokens, _lengths, [_lengths.Length]);
        if (!_isBound)
        {
            foreach (Part part in _parts)
            {
                part.Bind(_binding, _lengths.Length, _room);
            }

            _isBound = true;
        }
    }

    /// <summary>Counts the tokens of a run that was done.</summary>
    /// <inheritdoc cref="Bind"/>
    public void Added(ReadOnlySpan<int> counts)
    {
        for (int text = 0; text < counts.Length; text++)
        {
            _lengths[text] += counts[text];
        }
    }

    /// <summary>Text i goes on from what text <c>sources[i]</c> was.</summary>
    public void Reorder(ReadOnlySpan<int> sources)
    {
        MoveTo(sources, _room);
        long[] lengths = new long[sources.Length];
        for (int text = 0; text < lengths.Length; text++)
        {
            lengths[text] = _lengths[sources[text]];
        }

        _lengths = lengths;
    }

    public void Dispose()
    {
        foreach (Part part in _parts)
        {
            part.Dispose();
        }
    }

    private void MoveTo(ReadOnlySpan<int> sources, long room)
    {
        foreach (Part part in _parts)
        {
            part.Move(sources, _lengths, _room, room);
        }

        (_room, _isBound) = (room, false);
    }

    /// <summary>Keys or values of a layer, [B, room, heads, D], and the memory in which they are set anew.</summary>
    private sealed class Part(Device device, string name, long heads, long width) : IDisposable
    {
        private readonly long _row = heads * width;
        private WeightBuffer? _values;
        private WeightBuffer? _spare;

        public void Bind(Binding binding, long texts, long room)
        {
            WeightBuffer values = Grown(ref _values, texts * room * _row);
            binding.BindInput(name, values, 0, [texts, room, heads, width]);
            binding.BindOutput(PackedInputs.UpdatedCache(name), values, 0, [texts, room, heads, width]);
        }

        public void Move(ReadOnlySpan<int> sources, ReadOnlySpan<long> lengths, long from, long to)
        {
            WeightBuffer target = Grown(ref _spare, sources.Length * to * _row);
            for (int text = 0; text < sources.Length; text++)
            {
                int count = checked((int)(lengths[sources[text]] * _row));
                if (count > 0)
                {
                    long start = text * to * _row;
                    _values!.Read(sources[text] * from * _row, count, values => target.Write(start, values));
                }
            }

            (_values, _spare) = (target, _values);
        }

        public void Dispose()
        {
            _values?.Dispose();
            _spare?.Dispose();
        }

        private WeightBuffer Grown(ref WeightBuffer? buffer, long length)
        {
            if (buffer is null || buffer.Length < length)
            {
                buffer?.Dispose();
                buffer = new WeightBuffer(device, length);
            }

            return buffer;
        }
    }
}
