using OrtTrainer.Common;

namespace OrtTrainer.Generation;

/// <summary>How a text is written on. The defaults take the most probable token each time.</summary>
public sealed record GenerationOptions
{
    /// <summary>The most tokens that are written, 1 or more; fewer where the model has no more positions.</summary>
    public int MaxNewTokens { get; init; } = 128;

    /// <summary>The fewest tokens before the one that ends a text.</summary>
    public int MinNewTokens { get; init; }

    /// <summary>Whether tokens are drawn by their probabilities.</summary>
    public bool Samples { get; init; }

    /// <summary>What logits are divided by before a draw, more than 0.</summary>
    public double Temperature { get; init; } = 1;

    /// <summary>A draw is among so many of the most probable tokens; 0 for all.</summary>
    public int TopK { get; init; }

    /// <summary>A draw is among the most probable tokens whose probabilities add up to this, in (0, 1].</summary>
    public double TopP { get; init; } = 1;

    /// <summary>A draw is among tokens at least this share as probable as the most probable one, in [0, 1].</summary>
    public double MinP { get; init; }

    /// <summary>What the logits of tokens that are in the text already are divided by, or multiplied with where they
    /// are negative; more than 0, and 1 for nothing (N. Keskar et al., arXiv:1909.05858).</summary>
    public double RepetitionPenalty { get; init; } = 1;

    /// <summary>Texts that are followed at the same time, of which the best is given; 1 for no search.</summary>
    public int Beams { get; init; } = 1;

    /// <summary>The score of a text found by a search is its log-probability over its tokens to this power.</summary>
    public double LengthPenalty { get; init; } = 1;

    /// <summary>Whether a search ends with as many ended texts as it has beams, rather than when none can become
    /// better.</summary>
    public bool StopsEarly { get; init; }

    /// <summary>Texts that end what is written; they are not part of it.</summary>
    public IReadOnlyList<string> StopStrings { get; init; } = [];

    /// <summary>Fixes all draws.</summary>
    public long Seed { get; init; }

    /// <summary>Prompts that run at the same time, 1 or more.</summary>
    public int BatchSize { get; init; } = 8;

    /// <inheritdoc/>
    public override string ToString() => RecordText.Of(this);

    internal void Validate()
    {
        Require(MaxNewTokens >= 1, nameof(MaxNewTokens), MaxNewTokens, "1 or more");
        Require(MinNewTokens >= 0 && MinNewTokens <= MaxNewTokens, nameof(MinNewTokens), MinNewTokens,
            $"0 to MaxNewTokens, {MaxNewTokens}");
        Require(Temperature > 0 && double.IsFinite(Temperature), nameof(Temperature), Temperature, "more than 0");
        Require(TopK >= 0, nameof(TopK), TopK, "0 or more");
        Require(TopP is > 0 and <= 1, nameof(TopP), TopP, "more than 0 and at most 1");
        Require(MinP is >= 0 and <= 1, nameof(MinP), MinP, "0 to 1");
        Require(RepetitionPenalty > 0 && double.IsFinite(RepetitionPenalty), nameof(RepetitionPenalty),
            RepetitionPenalty, "more than 0");
        Require(Beams >= 1, nameof(Beams), Beams, "1 or more");
        Require(!(Samples && Beams > 1), nameof(Beams), Beams, "1, as tokens are drawn");
        Require(double.IsFinite(LengthPenalty), nameof(LengthPenalty), LengthPenalty, "a number");
        Require(BatchSize >= 1, nameof(BatchSize), BatchSize, "1 or more");
        Require(StopStrings.All(text => text.Length > 0), nameof(StopStrings), "empty", "texts");
    }

    private static void Require(bool holds, string name, object value, string expected)
    {
        if (!holds)
        {
            throw new ArgumentException(FormattableString.Invariant($"{name} is {value}; expected {expected}."));
        }
    }
}
