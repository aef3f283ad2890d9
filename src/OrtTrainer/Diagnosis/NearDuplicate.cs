namespace OrtTrainer.Diagnosis;

/// <summary>Two texts that are nearly the same.</summary>
/// <param name="First">The place of the one that comes first.</param>
/// <param name="Second">The place of the other.</param>
/// <param name="Similarity">The Jaccard similarity of their shingles, in [0, 1].</param>
internal readonly record struct NearDuplicate(int First, int Second, double Similarity);
