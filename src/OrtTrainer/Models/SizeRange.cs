namespace OrtTrainer.Models;

/// <summary>
/// The range that a size in config.json may have, ends included: far beyond any compact model, and far below what would
/// take hours to find out that it cannot be built.
/// </summary>
internal readonly record struct SizeRange(int Least, int Most)
{
    public static SizeRange Layers { get; } = new(1, 1024);

    public static SizeRange Width { get; } = new(1, 65_536);

    public static SizeRange Heads { get; } = new(1, 65_536);

    public static SizeRange Inner { get; } = new(1, 1 << 20);

    public static SizeRange Positions { get; } = new(1, 1 << 20);

    public static SizeRange Vocabulary { get; } = new(1, 1 << 24);

    public static SizeRange TokenTypes { get; } = new(1, 65_536);

    /// <summary>Rows or columns of an image, or of a patch of it.</summary>
    public static SizeRange ImageSide { get; } = new(1, 8192);

    /// <summary>Values per pixel.</summary>
    public static SizeRange Channels { get; } = new(1, 64);

    /// <summary>Ids of tokens, such as that of padding.</summary>
    public static SizeRange TokenId { get; } = new(0, 1 << 24);
}
