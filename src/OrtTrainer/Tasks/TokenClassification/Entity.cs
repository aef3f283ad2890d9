namespace OrtTrainer.Tasks.TokenClassification;

/// <summary>A named entity in a sentence.</summary>
/// <param name="Type">Its type, such as PER.</param>
/// <param name="Start">Index of its first token.</param>
/// <param name="End">Index of its last token.</param>
internal readonly record struct Entity(string Type, int Start, int End)
{
    /// <summary>
    /// The entities of a sentence, read leniently as the conlleval script does: one begins at B or S, after another
    /// type, and at I or E after anything but the same entity, so that I-LOC alone is an entity.
    /// </summary>
    /// <param name="tags">A tag per token: O, or one of B, I, E, S with a type after a dash.</param>
    /// <exception cref="ArgumentException">A tag is malformed.</exception>
    public static IEnumerable<Entity> Read(IReadOnlyList<string> tags)
    {
        ArgumentNullException.ThrowIfNull(tags);
        (char Mark, string Type) previous = ('O', "");
        int start = 0;
        for (int i = 0; i <= tags.Count; i++)
        {
            (char Mark, string Type) current = i < tags.Count ? Parse(tags[i]) : ('O', "");
            bool other = previous.Type != current.Type;
            bool closed = previous.Mark is 'O' or 'E' or 'S';
            if (previous.Mark != 'O' && (other || closed || current.Mark is 'B' or 'S' or 'O'))
            {
                yield return new Entity(previous.Type, start, i - 1);
            }

            if (current.Mark != 'O' && (other || closed || current.Mark is 'B' or 'S'))
            {
                start = i;
            }

            previous = current;
        }
    }

    private static (char Mark, string Type) Parse(string tag) => tag is "O" ? ('O', "")
        : tag is [var mark and ('B' or 'I' or 'E' or 'S'), '-', _, ..] ? (mark, tag[2..])
        : throw new ArgumentException(
            $"The tag '{tag}' cannot be read; expected O, or B, I, E or S with a type, such as B-PER.");
}
