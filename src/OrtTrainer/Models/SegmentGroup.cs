namespace OrtTrainer.Models;

/// <summary>What an optimizer must know of a segment to step its blocks; segments that agree share
/// coefficients.</summary>
/// <param name="HasWeightDecay">Whether weight decay applies.</param>
/// <param name="RateScale">What the learning rate is multiplied with.</param>
internal readonly record struct SegmentGroup(bool HasWeightDecay, double RateScale)
{
    public static SegmentGroup Of(ParameterSegment segment) => new(segment.HasWeightDecay, segment.RateScale);
}
