using OrtTrainer.Text.AddedTokens;
using OrtTrainer.Text.Decoding;
using OrtTrainer.Text.Loading;
using OrtTrainer.Text.Models;
using OrtTrainer.Text.Normalization;
using OrtTrainer.Text.PostProcessing;
using OrtTrainer.Text.PreTokenization;

namespace OrtTrainer.Text.Training;

/// <summary>
/// A vocabulary of BERT's: byte-pair merges over characters, those inside a word marked by ##, as WordPieceTrainer of
/// Hugging Face's tokenizers has it. Marked characters come in the order in which sorted words have them.
/// </summary>
internal sealed class WordPieceTraining : ITokenizerTraining
{
    private const string Prefix = "##";
    private const int LongestWord = 100;

    private static readonly string[] Special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];

    /// <inheritdoc/>
    public TokenizerParts Train(TokenizerTrainingOptions options, TextCorpus corpus, CancellationToken cancellation)
    {
        BertNormalizer normalizer = new(new BertNormalizerOptions
        {
            Lowercase = options.Lowercase,
            StripAccents = options.Lowercase ? null : false,
        });
        BertPreTokenizer preTokenizer = new();
        IReadOnlyList<(string Word, long Count)> words = TokenizerTraining.RequireWords(
            WordCounts.Of(corpus, normalizer, preTokenizer, options.Threads, cancellation), corpus);
        List<string> vocabulary = [.. Special];
        vocabulary.AddRange(Alphabet.Of(words, options.LimitAlphabet).Except(vocabulary));
        Alphabet.RequireRoom(options.VocabularySize, Special.Length, vocabulary.Count - Special.Length,
            "Make it larger, or limit the alphabet.");
        new PairMerging(vocabulary, Prefix).Run(words, options.VocabularySize, options.MinFrequency, cancellation);
        return new TokenizerParts
        {
            Model = new WordPieceModel(
                new Vocabulary(vocabulary.Select((token, id) => KeyValuePair.Create(token, id))), unknownId: 1, Prefix,
                LongestWord),
            Normalizer = normalizer,
            PreTokenizer = preTokenizer,
            Template = SequenceTemplate.Bert(cls: 2, sep: 3),
            Decoder = new WordPieceDecoder(Prefix, cleanUp: true),
            AddedTokens = [.. Special.Select((token, id) => new AddedToken(token, id) { Special = true })],
        };
    }

    /// <inheritdoc/>
    public IEnumerable<(string Name, string Content)> Files(TokenizerParts parts, TokenizerTrainingOptions options)
    {
        yield return ("vocab.txt", string.Concat(
            parts.Model.Vocabulary.Entries.OrderBy(entry => entry.Value).Select(entry => entry.Key + "\n")));
        yield return TokenizerTraining.Config("BertTokenizer", ("do_lower_case", options.Lowercase),
            ("unk_token", Special[1]), ("sep_token", Special[3]), ("pad_token", Special[0]),
            ("cls_token", Special[2]), ("mask_token", Special[4]));
    }
}
