namespace OrtTrainer.Runtime.Distributed;

/// <summary>
/// Sends buffers from device to device without the host's memory. Calls are those of <see cref="RankGroup"/>, and throw
/// <see cref="DeviceException"/> where they fail, after which the link is of no use.
/// </summary>
internal interface IBufferLink : IDisposable
{
    /// <inheritdoc cref="RankGroup.Spread(WeightBuffer, IReadOnlyList{RankPart})"/>
    void Spread(WeightBuffer buffer, IReadOnlyList<RankPart> parts);

    /// <inheritdoc cref="RankGroup.Collect(WeightBuffer, IReadOnlyList{RankPart})"/>
    void Collect(WeightBuffer buffer, IReadOnlyList<RankPart> parts);

    /// <inheritdoc cref="RankGroup.Exchange(WeightBuffer, IReadOnlyList{RankPart}, WeightBuffer,
    /// IReadOnlyList{RankPart})"/>
    void Exchange(
        WeightBuffer sent, IReadOnlyList<RankPart> sentTo, WeightBuffer received, IReadOnlyList<RankPart> receivedFrom);

    /// <summary>Ends what is being sent, without waiting for other ranks.</summary>
    void Abort();
}
