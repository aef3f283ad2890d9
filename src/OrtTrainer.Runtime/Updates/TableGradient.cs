namespace OrtTrainer.Runtime.Updates;

/// <summary>
/// The gradient of a table of which a batch picks rows, made of the gradients of the picked rows: those of one row are
/// added up in their order, and all other rows are zero without being written, or what a layer's gradient is there.
/// </summary>
public abstract class TableGradient : IDisposable
{
    /// <summary>Room for the gradients of picked rows, [count, columns], which a session writes before <see
    /// cref="Add"/>; what it holds before may be anything.</summary>
    /// <param name="count">Rows picked, repeated ones each time, 0 or more.</param>
    /// <returns>A buffer of at least that size, valid until the next call.</returns>
    public abstract WeightBuffer Picked(int count);

    /// <summary>
    /// Makes the table's gradient: clears the rows that the last call wrote, and adds up the picked ones. The bits do
    /// not depend on the number of threads.
    /// </summary>
    /// <param name="rows">Which row each of the picked ones is.</param>
    /// <exception cref="ArgumentException">A row is outside the table, or there are more than were asked room
    /// for.</exception>
    public abstract void Add(ReadOnlySpan<long> rows);

    /// <summary>Adds the picked rows, in their order, to what the table's part of the gradients holds: the gradient of
    /// a layer whose weight the table is.</summary>
    /// <inheritdoc cref="Add" path="/param"/>
    /// <inheritdoc cref="Add" path="/exception"/>
    public abstract void AddOnto(ReadOnlySpan<long> rows);

    /// <inheritdoc/>
    public abstract void Dispose();
}
