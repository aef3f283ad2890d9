namespace OrtTrainer.Training.Batches;

/// <summary>
/// The rows of targets in a batch, in the order of the head's output: example after example, and all of them once more
/// where every example runs twice.
/// </summary>
internal readonly ref struct BatchRows
{
    private readonly ExampleTargets _targets;

    /// <param name="inputs">The data set.</param>
    /// <param name="targets">Its targets.</param>
    /// <param name="examples">The examples of the batch.</param>
    /// <param name="copies">How often each of them runs, 1 or 2.</param>
    /// <param name="offsets">Where each sequence starts among the tokens and the last one ends.</param>
    /// <param name="step">The optimizer step, counted from 0.</param>
    internal BatchRows(
        IReadOnlyList<TokenizedExample> inputs, ExampleTargets targets, ReadOnlySpan<int> examples, int copies,
        ReadOnlySpan<long> offsets, long step)
    {
        Inputs = inputs;
        _targets = targets;
        Examples = examples;
        Copies = copies;
        Offsets = offsets;
        Step = step;
        foreach (int example in examples)
        {
            Count += copies * (targets.FirstRow(example + 1) - targets.FirstRow(example));
        }
    }

    /// <summary>The number of rows, R.</summary>
    public int Count { get; }

    /// <summary>The data set that the examples are of.</summary>
    public IReadOnlyList<TokenizedExample> Inputs { get; }

    /// <summary>The examples, each once.</summary>
    public ReadOnlySpan<int> Examples { get; }

    /// <summary>How often each of them runs.</summary>
    public int Copies { get; }

    /// <summary>Where each sequence starts among the tokens and the last one ends.</summary>
    public ReadOnlySpan<long> Offsets { get; }

    /// <summary>The optimizer step, counted from 0.</summary>
    public long Step { get; }

    /// <summary>The place of each row among the rows of the data set.</summary>
    public Enumerator GetEnumerator() => new(this);

    /// <summary>Goes through the rows.</summary>
    public ref struct Enumerator
    {
        private readonly BatchRows _rows;
        private int _sequence;
        private int _end;

        internal Enumerator(BatchRows rows)
        {
            _rows = rows;
            (_sequence, Current, _end) = (-1, -1, 0);
        }

        /// <summary>The row, counted from 0 over the whole data set.</summary>
        public int Current { get; private set; }

        /// <summary>Goes to the next row; false at the end.</summary>
        public bool MoveNext()
        {
            Current++;
            while (_sequence < 0 || Current >= _end)
            {
                if (++_sequence >= _rows.Examples.Length * _rows.Copies)
                {
                    return false;
                }

                int example = _rows.Examples[_sequence % _rows.Examples.Length];
                Current = _rows._targets.FirstRow(example);
                _end = _rows._targets.FirstRow(example + 1);
            }

            return true;
        }
    }
}
