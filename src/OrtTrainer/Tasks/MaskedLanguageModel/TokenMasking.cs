using OrtTrainer.Data;
using OrtTrainer.Randomness;
using OrtTrainer.Tasks.TokenPrediction;
using OrtTrainer.Text;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Tasks.MaskedLanguageModel;

/// <summary>
/// Draws which tokens of an example are to be predicted, and what stands there instead: the mask in 80 of 100 cases,
/// any token of the vocabulary in 10, the token itself in 10 (Devlin et al. 2019, section 3.1). At least one token of
/// an example is predicted. Draws depend on the seed, the step and the place of an example in the data alone.
/// </summary>
internal sealed class TokenMasking : ExampleDraw
{
    private const double MaskShare = 0.8;
    private const double RandomShare = 0.1;

    private readonly MaskingOptions _options;
    private readonly ulong _seed;
    private readonly int _maskId;
    private readonly int _outputs;
    private readonly bool[] _isSpecial;
    private readonly bool[] _continuesWord;

    /// <param name="options">The share, and whether words are masked as a whole.</param>
    /// <param name="tokenizer">The model's, with a mask token.</param>
    /// <param name="outputs">Tokens of the model, as many as of the tokenizer or more.</param>
    /// <param name="seed">Fixes all draws.</param>
    public TokenMasking(MaskingOptions options, Tokenizer tokenizer, int outputs, ulong seed)
    {
        (_options, _seed, _outputs) = (options, seed, outputs);
        _maskId = tokenizer.MaskId!.Value;
        int vocabulary = tokenizer.VocabularySize;
        _isSpecial = [.. Enumerable.Range(0, vocabulary).Select(tokenizer.IsSpecial)];
        _continuesWord = [.. Enumerable.Range(0, vocabulary).Select(tokenizer.ContinuesWord)];
    }

    /// <inheritdoc/>
    public override double OutputShare => _options.Share;

    /// <inheritdoc/>
    public override (IReadOnlyList<TokenizedExample> Examples, ExampleTargets? Targets) Draw(
        IReadOnlyList<TokenizedExample> examples, ExampleTargets targets, ReadOnlySpan<int> indices, long step)
    {
        PredictedExample[] drawn = new PredictedExample[indices.Length];
        for (int i = 0; i < drawn.Length; i++)
        {
            drawn[i] = Mask(examples[indices[i]], FormattableString.Invariant($"masks of step {step}, {indices[i]}"));
        }

        TokenTargets masked = TokenTargets.Of([.. drawn.Select(example => example.Targets)], _outputs);
        return (drawn, new ExampleTargets(masked));
    }

    /// <summary>An example with masked tokens.</summary>
    /// <param name="example">The example; left as it is.</param>
    /// <param name="use">What the draw is for: with the seed it decides all.</param>
    public PredictedExample Mask(TokenizedExample example, string use)
    {
        SeededRandom random = SeededRandom.For(_seed, use);
        List<int> starts = Units(example.InputIds);
        bool[] chosen = new bool[starts.Count];
        for (int unit = 0; unit < chosen.Length; unit++)
        {
            chosen[unit] = random.NextDouble() < _options.Share;
        }

        if (chosen.Length > 0 && !chosen.Contains(true))
        {
            chosen[random.NextInt(chosen.Length)] = true;
        }

        int[] ids = [.. example.InputIds];
        List<int> places = [];
        foreach (int start in starts.Where((_, unit) => chosen[unit]))
        {
            places.Add(start);
            for (int at = start + 1; Continues(ids, at); at++)
            {
                places.Add(at);
            }
        }

        int[] originals = [.. places.Select(place => ids[place])];
        foreach (int place in places)
        {
            double draw = random.NextDouble();
            ids[place] = draw < MaskShare ? _maskId
                : draw < MaskShare + RandomShare ? random.NextInt(_isSpecial.Length)
                : ids[place];
        }

        return new PredictedExample(ids, example.TokenTypeIds, originals) { OutputTokens = [.. places] };
    }

    /// <summary>Where the words begin that are drawn together, or the tokens, special ones left out.</summary>
    private List<int> Units(int[] ids)
    {
        List<int> starts = [];
        for (int at = 0; at < ids.Length; at++)
        {
            if (!_isSpecial[ids[at]] && !Continues(ids, at))
            {
                starts.Add(at);
            }
        }

        return starts;
    }

    // A token that continues a word may be the first of an example, which then begins with it.
    private bool Continues(int[] ids, int at) => _options.WholeWords && at > 0 && at < ids.Length
        && !_isSpecial[ids[at]] && _continuesWord[ids[at]] && !_isSpecial[ids[at - 1]];
}
