namespace OrtTrainer.Evaluation;

/// <summary>A model's outputs on a data set beside the truth, or per-example statistics of them: what metrics read
/// and a bootstrap resamples.</summary>
internal abstract class EvaluatedExamples
{
    /// <summary>Number of examples N.</summary>
    public abstract int Count { get; }

    /// <summary>Whether the model is right, [N]: all labels as they should be. Null where nothing is right or wrong,
    /// as with numbers.</summary>
    public virtual bool[]? Right() => null;

    /// <summary>Logits and the right class of each decision that is between classes: of a row, of a row and label, or
    /// of a word; null where nothing is decided, or where a sample no longer knows.</summary>
    public virtual ClassifiedExamples? Decisions => null;

    /// <summary>The examples at these indices, repeated where an index is: a bootstrap sample.</summary>
    public abstract EvaluatedExamples Select(ReadOnlySpan<int> indices);

    /// <summary>Rows of a [N, width] array.</summary>
    protected static T[] SelectRows<T>(T[] values, int width, ReadOnlySpan<int> indices)
    {
        var selected = new T[indices.Length * width];
        for (var i = 0; i < indices.Length; i++)
        {
            values.AsSpan(indices[i] * width, width).CopyTo(selected.AsSpan(i * width));
        }

        return selected;
    }
}
