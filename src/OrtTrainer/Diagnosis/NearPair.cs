namespace OrtTrainer.Diagnosis;

/// <summary>Two rows whose texts are nearly the same.</summary>
/// <param name="First">The one that comes first: train before eval before test.</param>
/// <param name="Second">The other.</param>
/// <param name="Similarity">The Jaccard similarity of their shingles, in (0, 1].</param>
internal sealed record NearPair(TextPlace First, TextPlace Second, double Similarity)
{
    /// <summary>Whether both have labels that differ: of nearly the same texts one is probably wrong.</summary>
    public bool Disagrees => First.Label?.Trim() != Second.Label?.Trim();
}
