using OrtTrainer.Common;
using OrtTrainer.Data;
using OrtTrainer.Text;

namespace OrtTrainer.Tasks.TokenClassification;

/// <summary>A sentence that comes in words: its text is the words joined by spaces, or a text they are found
/// in.</summary>
/// <param name="Text">The text.</param>
/// <param name="Words">Where each word stands in the text, [W].</param>
/// <param name="Tags">A tag per word as IOB2 has it, [W]; null where none are given, as for prediction.</param>
/// <param name="Label">The field of the tags as written.</param>
/// <param name="Line">The 1-based line the row starts on.</param>
internal sealed record TaggedExample(
    string Text, IReadOnlyList<TextRange> Words, IReadOnlyList<string>? Tags, string? Label, int Line)
    : Example(Text, Pair: null, Label, Line)
{
    /// <summary>Whether every token of a word has its tag, not the first alone.</summary>
    public bool TagsEveryToken { get; init; }

    /// <summary>Whether its tags were written with letters for the last or only word of an entity.</summary>
    public bool HadLongerScheme { get; private init; }

    /// <summary>Whether an entity began with I where no entity of its type stood before, as in IOB1.</summary>
    public bool BeganInside { get; private init; }

    /// <summary>Whether both have the same text, words and tags: lists are compared item by item.</summary>
    public bool Equals(TaggedExample? other) => other is not null && Text == other.Text && Line == other.Line
        && Words.SequenceEqual(other.Words) && (Tags ?? []).SequenceEqual(other.Tags ?? [])
        && (Tags is null) == (other.Tags is null);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Text, Line, Words.Count);

    /// <summary>Finds the words of a text whose entities are given by their characters; an entity is never a part of a
    /// word.</summary>
    /// <param name="text">The text.</param>
    /// <param name="entities">Its entities, in order, none over another.</param>
    /// <param name="label">The field of the entities as written.</param>
    /// <param name="line">The 1-based line the row starts on.</param>
    /// <exception cref="FormatException">An entity holds no word.</exception>
    public static TaggedExample Of(string text, IReadOnlyList<AnnotatedText.Span> entities, string label, int line)
    {
        HashSet<int> borders = [.. entities.SelectMany(entity => new[] { entity.Place.Start, entity.Place.End })];
        TextRange[] words = [.. PlainWords.Of(text, borders)];
        List<Entity> found = [];
        foreach (AnnotatedText.Span entity in entities)
        {
            int first = Array.FindIndex(words, word => word.Start >= entity.Place.Start);
            int last = Array.FindLastIndex(words, word => word.End <= entity.Place.End);
            if (first < 0 || last < first)
            {
                throw new FormatException($"the entity {entity} holds no word of the text. Take it out.");
            }

            found.Add(new Entity(entity.Type, first, last));
        }

        return new TaggedExample(text, words, Entity.Write(found, words.Length), label, line);
    }

    /// <summary>Joins words.</summary>
    /// <param name="words">The words, none of them empty.</param>
    /// <param name="tags">A tag per word in any scheme, or null.</param>
    /// <param name="label">The field of the tags as written.</param>
    /// <param name="line">The 1-based line the row starts on.</param>
    /// <exception cref="ArgumentException">A tag is malformed.</exception>
    public static TaggedExample Of(
        IReadOnlyList<string> words, IReadOnlyList<string>? tags, string? label, int line)
    {
        TextRange[] places = new TextRange[words.Count];
        int start = 0;
        for (int i = 0; i < places.Length; i++)
        {
            places[i] = new TextRange(start, start + CodePoints.Count(words[i]));
            start = places[i].End + 1;
        }

        string text = string.Join(' ', words);
        if (tags is null)
        {
            return new TaggedExample(text, places, null, label, line);
        }

        string[] written = Entity.Write(Entity.Read(tags), tags.Count);
        bool longer = tags.Any(Tag.IsOfLongerScheme);
        return new TaggedExample(text, places, written, label, line)
        {
            HadLongerScheme = longer,
            BeganInside = !longer && !written.SequenceEqual(tags),
        };
    }
}
