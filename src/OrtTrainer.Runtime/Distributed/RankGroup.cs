namespace OrtTrainer.Runtime.Distributed;

/// <summary>
/// Processes that share the steps of one run, numbered by rank. Every call but <see cref="Tell"/>, <see cref="Hear"/>
/// and <see cref="Abort"/> is collective: it returns once all ranks have made it, in the same order. Calls are made by
/// one thread at a time.
/// </summary>
public abstract partial class RankGroup : IDisposable
{
    /// <summary>This process, 0 to <see cref="Count"/> - 1. The first one leads: it writes files and tells the others
    /// what to do.</summary>
    public abstract int Rank { get; }

    /// <summary>Number of processes, 1 or more.</summary>
    public abstract int Count { get; }

    /// <summary>This process among those of <see cref="CountHere"/>, 0 or more, in the order of the ranks.</summary>
    public abstract int RankHere { get; }

    /// <summary>How many of the ranks run on this machine, 1 to <see cref="Count"/>.</summary>
    public abstract int CountHere { get; }

    /// <summary>The machine, for messages.</summary>
    public abstract string Place { get; }

    /// <summary>Whether this is the rank that leads.</summary>
    public bool IsFirst => Rank == 0;

    /// <summary>Gives every rank the values of all.</summary>
    /// <param name="own">This rank's, as many on every rank.</param>
    /// <param name="all">Receives those of all ranks, one after the other.</param>
    public abstract void Gather(ReadOnlySpan<double> own, Span<double> all);

    /// <summary>Gives every rank the bytes of all, which may differ in length.</summary>
    /// <returns>The bytes by rank.</returns>
    public abstract byte[][] Gather(ReadOnlySpan<byte> own);

    /// <summary>Gives every rank the bytes that the first one has.</summary>
    /// <param name="content">The bytes; ignored on other ranks.</param>
    public abstract byte[] Spread(ReadOnlySpan<byte> content);

    /// <summary>Sends bytes from every rank to every rank; each pair agrees on how many.</summary>
    /// <param name="sent">Holds what this rank sends.</param>
    /// <param name="sentTo">What of it goes to which rank.</param>
    /// <param name="received">Room for what this rank gets.</param>
    /// <param name="receivedFrom">Where in it that of each rank comes to lie.</param>
    public abstract void Exchange(
        ReadOnlySpan<byte> sent, IReadOnlyList<RankPart> sentTo, Span<byte> received,
        IReadOnlyList<RankPart> receivedFrom);

    /// <summary>Tells all other ranks what comes next; the first rank alone calls it.</summary>
    public abstract void Tell(RankTask task);

    /// <summary>Waits until the first rank tells what comes next, without keeping a processor busy.</summary>
    public abstract RankTask Hear();

    /// <summary>Ends all ranks, this one included, without waiting for them.</summary>
    /// <param name="exitCode">What the processes return.</param>
    public abstract void Abort(int exitCode);

    /// <summary>Leaves the group, once all ranks do.</summary>
    public abstract void Dispose();

    /// <inheritdoc cref="Spread(WeightBuffer, IReadOnlyList{RankPart})"/>
    protected abstract void Spread(Span<float> buffer, IReadOnlyList<RankPart> parts);

    /// <inheritdoc cref="Collect(WeightBuffer, IReadOnlyList{RankPart})"/>
    protected abstract void Collect(Span<float> buffer, IReadOnlyList<RankPart> parts);

    /// <inheritdoc cref="Exchange(WeightBuffer, IReadOnlyList{RankPart}, WeightBuffer, IReadOnlyList{RankPart})"/>
    protected abstract void Exchange(
        ReadOnlySpan<float> sent, IReadOnlyList<RankPart> sentTo, Span<float> received,
        IReadOnlyList<RankPart> receivedFrom);
}
