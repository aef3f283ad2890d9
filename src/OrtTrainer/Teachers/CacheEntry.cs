namespace OrtTrainer.Teachers;

/// <summary>What a teacher gave, computed now or kept from before.</summary>
/// <param name="Values">Row by row.</param>
/// <param name="Cost">What computing them took.</param>
/// <param name="IsCached">Whether they were kept from before.</param>
/// <param name="File">Where they are kept; null where they could not be.</param>
internal sealed record CacheEntry(float[] Values, TeacherCost Cost, bool IsCached, string? File);
