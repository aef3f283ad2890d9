using OrtTrainer.Text.AddedTokens;
using OrtTrainer.Text.Decoding;
using OrtTrainer.Text.Models;
using OrtTrainer.Text.Normalization;
using OrtTrainer.Text.PostProcessing;
using OrtTrainer.Text.PreTokenization;

namespace OrtTrainer.Text.Loading;

/// <summary>Everything a tokenizer is made of, as a file format's reader hands it over.</summary>
internal sealed record TokenizerParts
{
    /// <summary>The model.</summary>
    public required TokenModel Model { get; init; }

    /// <summary>Rewrites the text first; null for none.</summary>
    public Normalizer? Normalizer { get; init; }

    /// <summary>Cuts it into words; null for one word.</summary>
    public PreTokenizer? PreTokenizer { get; init; }

    /// <summary>Where special tokens go.</summary>
    public SequenceTemplate Template { get; init; } = SequenceTemplate.None;

    /// <summary>Takes white space out of offsets; null to leave it there.</summary>
    public OffsetTrimming? Trimming { get; init; }

    /// <summary>Turns tokens into text; null to join them with blanks.</summary>
    public Decoder? Decoder { get; init; }

    /// <summary>Tokens found before the model sees the text.</summary>
    public IReadOnlyList<AddedToken> AddedTokens { get; init; } = [];

    /// <summary>What the model folder says beyond that; null where a file was read by itself.</summary>
    public TokenizerSettings? Settings { get; init; }

    /// <summary>The files all this was read from.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];

    /// <summary>The tokenizer.json all this was read from; null where it was something else.</summary>
    public string? JsonFile { get; init; }

    /// <summary>The parts without the steps that are not wanted.</summary>
    public TokenizerParts With(bool normalization, bool preTokenization) => this with
    {
        Normalizer = normalization ? Normalizer : null,
        PreTokenizer = preTokenization ? PreTokenizer : PreTokenizer?.WithoutCutting,
    };
}
