namespace OrtTrainer.Evaluation.Text;

/// <summary>
/// Precision, recall and F1 of whole entities (Tjong Kim Sang and De Meulder 2003): right where type, first and last
/// token are. The values are those of seqeval in its default mode.
/// </summary>
internal static class EntityScores
{
    /// <summary>Over all entities alike.</summary>
    /// <param name="references">Right tags by sentence and token.</param>
    /// <param name="predictions">Predicted tags, of the same shape.</param>
    /// <exception cref="ArgumentException">Shapes differ, or a tag is malformed.</exception>
    public static TextOverlap Micro(
        IReadOnlyList<IReadOnlyList<string>> references, IReadOnlyList<IReadOnlyList<string>> predictions)
    {
        Check(references, predictions);
        return Overlap(Entities(references), Entities(predictions));
    }

    /// <summary>By type, of those that occur in references or predictions.</summary>
    /// <param name="references">Right tags by sentence and token.</param>
    /// <param name="predictions">Predicted tags, of the same shape.</param>
    /// <exception cref="ArgumentException">Shapes differ, or a tag is malformed.</exception>
    public static IReadOnlyDictionary<string, TextOverlap> ByType(
        IReadOnlyList<IReadOnlyList<string>> references, IReadOnlyList<IReadOnlyList<string>> predictions)
    {
        Check(references, predictions);
        ILookup<string, Entity> expected = Entities(references).ToLookup(entity => entity.Type);
        ILookup<string, Entity> found = Entities(predictions).ToLookup(entity => entity.Type);
        return expected.Concat(found).Select(group => group.Key).Distinct()
            .ToDictionary(type => type, type => Overlap([.. expected[type]], [.. found[type]]));
    }

    private static TextOverlap Overlap(HashSet<Entity> expected, HashSet<Entity> found) =>
        EntityCounts.Of(expected, found).Overlap;

    private static HashSet<Entity> Entities(IReadOnlyList<IReadOnlyList<string>> tags) =>
        [.. tags.SelectMany((sentence, index) => Entity.Read(index, sentence))];

    private static void Check(
        IReadOnlyList<IReadOnlyList<string>> references, IReadOnlyList<IReadOnlyList<string>> predictions)
    {
        ArgumentNullException.ThrowIfNull(references);
        ArgumentNullException.ThrowIfNull(predictions);
        if (references.Count != predictions.Count)
        {
            throw new ArgumentException(
                $"There are {references.Count} sentences of references and {predictions.Count} of predictions.");
        }

        for (int i = 0; i < references.Count; i++)
        {
            if (references[i].Count != predictions[i].Count)
            {
                throw new ArgumentException(
                    $"Sentence {i} has {references[i].Count} tags in the reference and {predictions[i].Count} "
                    + "predicted; expected one per token in both.");
            }
        }
    }
}
