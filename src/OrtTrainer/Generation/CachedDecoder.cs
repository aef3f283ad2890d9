using OrtTrainer.Models;
using OrtTrainer.Runtime;

namespace OrtTrainer.Generation;

/// <summary>
/// A decoder that remembers the keys and values of the tokens it has read: rows of texts, to each of which a token is
/// added at a time.
/// </summary>
internal abstract class CachedDecoder : IDisposable
{
    private readonly GraphSession _session;
    private readonly GraphValue[] _past;
    private readonly int _vocabulary;

    /// <param name="session">A graph with a cache, as <see cref="PaddedGraph"/> builds it; disposed with this.</param>
    /// <param name="vocabulary">Logits of a token.</param>
    protected CachedDecoder(GraphSession session, int vocabulary)
    {
        (_session, _vocabulary) = (session, vocabulary);
        _past =
        [
            .. session.Inputs.Where(
                input => PaddedInputs.IsPast(input.Name) && !PaddedInputs.IsPastOfEncoder(input.Name)),
        ];
        Binding = session.CreateBinding();
        Binding.BindOutput(PaddedInputs.Logits);
        foreach (GraphValue past in _past)
        {
            string present = PaddedInputs.PresentOf(past.Name);
            Binding.BindOutput(present);
            Binding.FeedBack(present, past.Name);
        }
    }

    /// <summary>Rows at work.</summary>
    public int Rows { get; private set; }

    /// <summary>What the graph reads and writes.</summary>
    protected Binding Binding { get; }

    /// <summary>Forgets everything and begins texts of prompts, a row each.</summary>
    /// <param name="prompts">Token ids, none empty.</param>
    /// <param name="padId">Fills shorter ones up.</param>
    /// <returns>The logits of what follows each row, [B, V]; valid until the next call.</returns>
    public ReadOnlySpan<float> Start(IReadOnlyList<int[]> prompts, long padId)
    {
        Rows = prompts.Count;
        foreach (GraphValue past in _past)
        {
            Binding.SetInput(past.Name, ReadOnlySpan<float>.Empty, [Rows, past.Shape[1], 0, past.Shape[3]]);
        }

        return Begin(prompts, padId);
    }

    /// <summary>Adds a token to each row.</summary>
    /// <param name="ids">[B].</param>
    /// <inheritdoc cref="Start" path="/returns"/>
    public abstract ReadOnlySpan<float> Next(ReadOnlySpan<int> ids);

    /// <summary>Lets rows go on from others: row i from what row <c>sources[i]</c> was.</summary>
    /// <param name="sources">As many as there are to be rows.</param>
    public void Reorder(ReadOnlySpan<int> sources)
    {
        foreach (GraphValue past in _past)
        {
            string present = PaddedInputs.PresentOf(past.Name);
            long[] shape = Binding.OutputShape(present);
            int size = checked((int)(shape[1] * shape[2] * shape[3]));
            Binding.SetInput(
                past.Name, Picked(Binding.Output(present), sources, size),
                [sources.Length, shape[1], shape[2], shape[3]]);
        }

        Rows = sources.Length;
        ReorderOwn(sources);
    }

    public virtual void Dispose()
    {
        Binding.Dispose();
        _session.Dispose();
    }

    /// <summary>Reads the prompts; the cache is empty.</summary>
    /// <inheritdoc cref="Start"/>
    protected abstract ReadOnlySpan<float> Begin(IReadOnlyList<int[]> prompts, long padId);

    /// <summary>As <see cref="Reorder"/>, for what is not in the cache of the decoder's own tokens.</summary>
    protected abstract void ReorderOwn(ReadOnlySpan<int> sources);

    /// <summary>Rows of some values each, one after the other.</summary>
    protected static T[] Picked<T>(ReadOnlySpan<T> values, ReadOnlySpan<int> rows, int size)
    {
        T[] picked = new T[rows.Length * size];
        for (int row = 0; row < rows.Length; row++)
        {
            values.Slice(rows[row] * size, size).CopyTo(picked.AsSpan(row * size));
        }

        return picked;
    }

    /// <summary>Runs the graph on the newest tokens; other inputs are set.</summary>
    /// <param name="ids">[B, length].</param>
    /// <param name="length">Tokens of a row.</param>
    /// <returns>The logits of each row's last token, [B, V].</returns>
    protected ReadOnlySpan<float> Run(long[] ids, int length)
    {
        Binding.SetIntegers(PaddedInputs.InputIds, ids, [Rows, length]);
        Binding.Run();
        ReadOnlySpan<float> all = Binding.OutputAsFloats(PaddedInputs.Logits);
        if (length == 1)
        {
            return all;
        }

        int[] last = [.. Enumerable.Range(0, Rows).Select(row => ((row + 1) * length) - 1)];
        return Picked(all, last, _vocabulary);
    }
}
