using OrtTrainer.Images;

namespace OrtTrainer.Models;

/// <summary>
/// The sizes of a model, whatever its family calls them in config.json. Made by the <see cref="Architecture"/>, which
/// has checked them; nothing else reads those fields.
/// </summary>
internal sealed record ModelShape
{
    private readonly int? _keyValueHeads;
    private readonly int? _headWidth;

    /// <summary>Transformer layers, L; those of an encoder before those of a decoder.</summary>
    public required int Layers { get; init; }

    /// <summary>How many of them, the last ones, are a decoder that sees an encoder's states.</summary>
    public int DecoderLayers { get; init; }

    /// <summary>Values per token between layers, H.</summary>
    public required int Width { get; init; }

    /// <summary>Attention heads; a divisor of <see cref="Width"/>.</summary>
    public required int Heads { get; init; }

    /// <summary>Heads of keys and values; fewer than <see cref="Heads"/> where queries share them.</summary>
    public int KeyValueHeads
    {
        get => _keyValueHeads ?? Heads;
        init => _keyValueHeads = value;
    }

    /// <summary>Whether several heads of queries share one of keys and values.</summary>
    public bool SharesKeys => KeyValueHeads != Heads;

    /// <summary>Values per head and token; the heads' share of <see cref="Width"/> unless it is stated.</summary>
    public int HeadWidth
    {
        get => _headWidth ?? Width / Heads;
        init => _headWidth = value;
    }

    /// <summary>Values per token of all heads of queries, A.</summary>
    public int AttentionWidth => Heads * HeadWidth;

    /// <summary>Whether attention divides its scores by √D; T5 learns weights that do without.</summary>
    public bool ScalesScores { get; init; } = true;

    /// <summary>Values per token inside a feed-forward block.</summary>
    public required int Inner { get; init; }

    /// <summary>The longest sequence there are positions for, in tokens.</summary>
    public required int Positions { get; init; }

    /// <summary>Token ids, 0 to one less.</summary>
    public required int Vocabulary { get; init; }

    /// <summary>Segment ids the model tells texts apart by; 0 where it takes none.</summary>
    public int TokenTypes { get; init; }

    /// <summary>The images that the model takes, each of them <see cref="Positions"/> tokens; null where it takes
    /// texts.</summary>
    public ImageShape? Image { get; init; }
}
