namespace OrtTrainer.Tasks.TokenClassification;

/// <summary>Where in an entity a word stands.</summary>
internal enum TagMark
{
    /// <summary>In none.</summary>
    Outside,

    /// <summary>It is the first word.</summary>
    Begin,

    /// <summary>It goes on; in IOB1 it may also be the first word.</summary>
    Inside,

    /// <summary>It is the last word.</summary>
    End,

    /// <summary>It is the only word.</summary>
    Single,
}

/// <summary>The tag of a word: a mark and, inside of entities, a type.</summary>
/// <param name="Mark">Where in the entity the word stands.</param>
/// <param name="Type">The type of the entity, such as PER; empty outside.</param>
internal readonly record struct Tag(TagMark Mark, string Type)
{
    /// <summary>What a tag looks like, for messages.</summary>
    public const string Expected = "O, or B, I, E, L, S, U, M or W with a type, such as B-PER";

    /// <summary>A word of no entity.</summary>
    public static Tag Outside { get; } = new(TagMark.Outside, "");

    /// <summary>Whether an entity begins at the word, whatever stands before it.</summary>
    public bool Begins => Mark is TagMark.Begin or TagMark.Single;

    /// <summary>Whether no entity goes on after the word.</summary>
    public bool Ends => Mark is TagMark.Outside or TagMark.End or TagMark.Single;

    /// <summary>Reads a tag of any scheme: IOB, IOBES, BILOU, BMES and BMEWO differ in letters only.</summary>
    /// <exception cref="ArgumentException">It is none.</exception>
    public static Tag Parse(string tag) => tag is "O" ? Outside
        : tag is [var letter, '-', _, ..] && MarkOf(letter) is { } mark ? new Tag(mark, tag[2..])
        : throw new ArgumentException($"The tag '{tag}' cannot be read; expected {Expected}.");

    /// <summary>Whether a tag can be read.</summary>
    public static bool CanBeRead(string tag) =>
        tag is "O" || (tag is [var letter, '-', _, ..] && MarkOf(letter) is not null);

    /// <summary>Whether the letter is one of those that IOB1 and IOB2 lack.</summary>
    public static bool IsOfLongerScheme(string tag) => tag is [not ('B' or 'I'), '-', ..];

    private static TagMark? MarkOf(char letter) => letter switch
    {
        'B' => TagMark.Begin,
        'I' or 'M' => TagMark.Inside,
        'E' or 'L' => TagMark.End,
        'S' or 'U' or 'W' => TagMark.Single,
        _ => null,
    };
}
