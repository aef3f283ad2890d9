namespace OrtTrainer.Logging;

/// <summary>Where the numbers of a run go while it trains, beside its own metrics.jsonl.</summary>
internal abstract class RunLogger : IDisposable
{
    /// <summary>Takes numbers of one step.</summary>
    /// <exception cref="IOException">They cannot be kept.</exception>
    public abstract void Write(long step, IReadOnlyList<LoggedValue> values);

    /// <summary>Sees to it that what was written is where others can read it.</summary>
    /// <exception cref="IOException">It cannot be kept.</exception>
    public virtual void Flush()
    {
    }

    /// <summary>What went wrong since it was asked last, in one sentence; null for nothing. What is lost is not worth a
    /// run.</summary>
    public virtual string? TakeNote() => null;

    /// <summary>The run is over.</summary>
    /// <param name="isDone">Whether it took all its steps; otherwise it was interrupted or failed.</param>
    /// <exception cref="IOException">What is left cannot be kept.</exception>
    public abstract void End(bool isDone);

    public abstract void Dispose();
}
