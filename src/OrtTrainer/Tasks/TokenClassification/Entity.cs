namespace OrtTrainer.Tasks.TokenClassification;

/// <summary>A named entity in a sentence.</summary>
/// <param name="Type">Its type, such as PER.</param>
/// <param name="Start">Index of its first token.</param>
/// <param name="End">Index of its last token.</param>
internal readonly record struct Entity(string Type, int Start, int End)
{
    /// <summary>
    /// The entities of a sentence, read leniently as the conlleval script does: one begins at B or at a tag for an
    /// entity of one word, after another type, and at I or E after anything but the same entity, so that I-LOC alone is
    /// an entity. Tags of every scheme are read alike.
    /// </summary>
    /// <param name="tags">A tag per token.</param>
    /// <exception cref="ArgumentException">A tag is malformed.</exception>
    public static IEnumerable<Entity> Read(IReadOnlyList<string> tags)
    {
        ArgumentNullException.ThrowIfNull(tags);
        Tag previous = Tag.Outside;
        int start = 0;
        for (int i = 0; i <= tags.Count; i++)
        {
            Tag current = i < tags.Count ? Tag.Parse(tags[i]) : Tag.Outside;
            bool other = previous.Type != current.Type;
            bool ended = other || previous.Ends || current.Begins || current == Tag.Outside;
            if (previous.Mark != TagMark.Outside && ended)
            {
                yield return new Entity(previous.Type, start, i - 1);
            }

            if (current.Mark != TagMark.Outside && (other || previous.Ends || current.Begins))
            {
                start = i;
            }

            previous = current;
        }
    }

    /// <summary>The tags of entities as IOB2 has them: B begins every entity, I goes on, O is outside.</summary>
    /// <param name="entities">Entities that do not overlap.</param>
    /// <param name="count">How many tokens there are.</param>
    public static string[] Write(IEnumerable<Entity> entities, int count)
    {
        string[] tags = new string[count];
        Array.Fill(tags, "O");
        foreach (Entity entity in entities)
        {
            tags[entity.Start] = $"B-{entity.Type}";
            for (int i = entity.Start + 1; i <= entity.End; i++)
            {
                tags[i] = $"I-{entity.Type}";
            }
        }

        return tags;
    }
}
