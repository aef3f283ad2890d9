namespace OrtTrainer.Runtime.Distributed;

/// <content>
/// How buffers of weights go from rank to rank: those of the host as they lie; those of another device by what its
/// maker has for it, where the ranks are connected by that, and through memory of the host otherwise.
/// </content>
public abstract partial class RankGroup
{
    private IBufferLink? _link;
    private float[] _sent = [];
    private float[] _received = [];

    /// <summary>Whether sending a buffer failed: other ranks may wait within it, for ever.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>
    /// Chooses how buffers of a device go from rank to rank. All ranks call it, before any buffer is sent, each with
    /// a device of its own of the same kind.
    /// </summary>
    /// <param name="device">Where this rank's buffers lie.</param>
    /// <param name="path">What was asked for.</param>
    /// <returns>What there is to know of the choice, in a line; null for nothing.</returns>
    /// <exception cref="DeviceException">What was asked for cannot be had, which all ranks throw; or connecting failed
    /// on this one: see <see cref="IsBroken"/>.</exception>
    public string? Connect(Device device, BufferPath path)
    {
        CloseLink();
        if (path == BufferPath.Host)
        {
            return null;
        }

        (Func<IBufferLink>? connect, string? note) = device.Link(this, path);
        _link = connect is null ? null : Guarded(connect);
        return note;
    }

    /// <summary>Completes a buffer on every rank: each has filled its own part of it.</summary>
    /// <param name="buffer">A whole flat buffer.</param>
    /// <param name="parts">The parts by rank.</param>
    public void Spread(WeightBuffer buffer, IReadOnlyList<RankPart> parts)
    {
        if (buffer.Memory.IsHostMemory)
        {
            Spread(buffer.Span, parts);
        }
        else if (_link is { } link)
        {
            Guarded(() => link.Spread(buffer, parts));
        }
        else
        {
            Span<float> staged = Staged(ref _sent, checked((int)buffer.Length));
            RankPart own = parts[Rank];
            buffer.Read(own.Offset, staged.Slice(own.Offset, own.Length));
            Spread(staged, parts);
            buffer.Write(0, staged[..own.Offset]);
            buffer.Write(own.Offset + own.Length, staged[(own.Offset + own.Length)..]);
        }
    }

    /// <summary>Completes a buffer on the first rank; on the others it stays as it is.</summary>
    /// <inheritdoc cref="Spread(WeightBuffer, IReadOnlyList{RankPart})"/>
    public void Collect(WeightBuffer buffer, IReadOnlyList<RankPart> parts)
    {
        if (buffer.Memory.IsHostMemory)
        {
            Collect(buffer.Span, parts);
        }
        else if (_link is { } link)
        {
            Guarded(() => link.Collect(buffer, parts));
        }
        else
        {
            Span<float> staged = Staged(ref _sent, checked((int)buffer.Length));
            RankPart own = parts[Rank];
            buffer.Read(own.Offset, staged.Slice(own.Offset, own.Length));
            Collect(staged, parts);
            if (IsFirst)
            {
                buffer.Write(own.Offset + own.Length, staged[(own.Offset + own.Length)..]);
            }
        }
    }

    /// <summary>Sends elements of buffers from every rank to every rank; each pair agrees on how many.</summary>
    /// <param name="sent">Holds what this rank sends.</param>
    /// <param name="sentTo">What of it goes to which rank.</param>
    /// <param name="received">Room for what this rank gets; another buffer of the same device.</param>
    /// <param name="receivedFrom">Where in it that of each rank comes to lie.</param>
    public void Exchange(
        WeightBuffer sent, IReadOnlyList<RankPart> sentTo, WeightBuffer received, IReadOnlyList<RankPart> receivedFrom)
    {
        if (sent.Memory.IsHostMemory)
        {
            Exchange(sent.Span, sentTo, received.Span, receivedFrom);
        }
        else if (_link is { } link)
        {
            Guarded(() => link.Exchange(sent, sentTo, received, receivedFrom));
        }
        else
        {
            Span<float> from = Staged(ref _sent, EndOf(sentTo)), to = Staged(ref _received, EndOf(receivedFrom));
            sent.Read(0, from);
            Exchange(from, sentTo, to, receivedFrom);
            received.Write(0, to);
        }
    }

    /// <summary>Lets go of what connects devices, once all ranks do.</summary>
    protected void CloseLink()
    {
        _link?.Dispose();
        _link = null;
    }

    /// <summary>Ends what devices are sending to each other, so that nobody waits for it.</summary>
    protected void AbandonLink()
    {
        _link?.Abort();
        _link = null;
    }

    private static Span<float> Staged(ref float[] values, int length)
    {
        if (values.Length < length)
        {
            values = new float[length];
        }

        return values.AsSpan(0, length);
    }

    private static int EndOf(IReadOnlyList<RankPart> parts) => parts.Max(part => part.Offset + part.Length);

    private void Guarded(Action send) => Guarded(() =>
    {
        send();
        return 0;
    });

    private T Guarded<T>(Func<T> send)
    {
        try
        {
            return send();
        }
        catch (DeviceException)
        {
            IsBroken = true;
            throw;
        }
    }
}
