using OrtTrainer.Text.AddedTokens;
using OrtTrainer.Text.Alignment;
using OrtTrainer.Text.Decoding;
using OrtTrainer.Text.Loading;
using OrtTrainer.Text.Models;
using OrtTrainer.Text.Normalization;
using OrtTrainer.Text.PostProcessing;
using OrtTrainer.Text.PreTokenization;

namespace OrtTrainer.Text.Training;

/// <summary>
/// A vocabulary with probabilities (Kudo 2018), as UnigramTrainer of Hugging Face's tokenizers: words begin with a
/// visible blank, texts are brought to NFKC, and white space of any length is one blank.
/// </summary>
internal sealed class UnigramTraining : ITokenizerTraining
{
    private const int Blank = 0x2581;
    private const int MostSeeds = 1_000_000;

    // Pieces are chosen by their probabilities from somewhat more than are wanted.
    private const double Spare = 1.1;
    private const double ScoreStep = 1e-4;

    private static readonly string[] Special = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"];

    /// <inheritdoc/>
    public TokenizerParts Train(TokenizerTrainingOptions options, TextCorpus corpus, CancellationToken cancellation)
    {
        SequenceNormalizer normalizer = new(
        [
            new UnicodeFormNormalizer(UnicodeForm.Nfkc),
            .. options.Lowercase ? [new LowercaseNormalizer()] : Array.Empty<Normalizer>(),
            new ReplaceNormalizer(TextPattern.Expression(@"\s+"), " "),
            new StripNormalizer(left: true, right: true),
        ]);
        MetaspacePreTokenizer preTokenizer = new(Blank, MetaspacePrepend.Always, split: true);
        IReadOnlyList<(string Word, long Count)> words = TokenizerTraining.RequireWords(
            WordCounts.Of(corpus, normalizer, preTokenizer, options.Threads, cancellation), corpus);
        IReadOnlyList<string> alphabet = Alphabet.Of(words, options.LimitAlphabet);
        Alphabet.RequireRoom(
            options.VocabularySize, Special.Length, alphabet.Count, "Make it larger, or limit the alphabet.");
        (int[] Word, long Count)[] spelled = Spell(words, alphabet);
        int size = options.VocabularySize - Special.Length;
        IReadOnlyList<(int[] Piece, double Score)> chosen =
            new PieceEstimation(spelled, options.Threads, cancellation).Choose(
                SeedPieces.Of(spelled, options.MaxPieceLength, MostSeeds), (int)(Spare * options.VocabularySize));
        return new TokenizerParts
        {
            Model = new UnigramModel(
                [.. Special.Select(token => new UnigramPiece(token, 0)), .. Finish(chosen, alphabet, size)],
                unknownId: 3, byteFallback: false, singlePrecision: false),
            Normalizer = normalizer,
            PreTokenizer = preTokenizer,
            Template = SequenceTemplate.Roberta(cls: 0, sep: 2),
            Decoder = new MetaspaceDecoder(char.ConvertFromUtf32(Blank), prepended: true),
            AddedTokens =
            [
                .. Special.Select((token, id) => new AddedToken(token, id)
                {
                    Special = true,
                    LeftStrip = token == "<mask>",
                }),
            ],
        };
    }

    /// <inheritdoc/>
    public IEnumerable<(string Name, string Content)> Files(TokenizerParts parts, TokenizerTrainingOptions options)
    {
        yield return TokenizerTraining.Config("PreTrainedTokenizerFast", ("bos_token", Special[0]),
            ("eos_token", Special[2]), ("sep_token", Special[2]), ("cls_token", Special[0]),
            ("unk_token", Special[3]), ("pad_token", Special[1]), ("mask_token", Special[4]));
    }

    /// <summary>
    /// The parts of words between characters that have no token, as code points: what holds such a character is no
    /// piece.
    /// </summary>
    internal static (int[] Word, long Count)[] Spell(
        IReadOnlyList<(string Word, long Count)> words, IEnumerable<string> alphabet)
    {
        HashSet<int> known = [.. alphabet.Select(character => char.ConvertToUtf32(character, 0))];
        Dictionary<string, long> parts = new(StringComparer.Ordinal);
        foreach ((string word, long count) in words)
        {
            int[] points = CodePoints.From(word);
            for (int start = 0, end; start < points.Length; start = end + 1)
            {
                for (end = start; end < points.Length && known.Contains(points[end]);)
                {
                    end++;
                }

                if (end > start)
                {
                    string part = CodePoints.ToText(points.AsSpan(start, end - start));
                    parts[part] = parts.GetValueOrDefault(part) + count;
                }
            }
        }

        return
        [
            .. parts.OrderBy(part => part.Key, StringComparer.Ordinal)
                .Select(part => (CodePoints.From(part.Key), part.Value)),
        ];
    }

    /// <summary>
    /// All characters of the alphabet, those without a probability just above the lowest one, and the most probable
    /// other pieces; the most probable first.
    /// </summary>
    private static IEnumerable<UnigramPiece> Finish(
        IReadOnlyList<(int[] Piece, double Score)> chosen, IReadOnlyList<string> alphabet, int size)
    {
        Dictionary<string, double> scores = chosen.ToDictionary(
            piece => CodePoints.ToText(piece.Piece), piece => piece.Score, StringComparer.Ordinal);
        double lowest = scores.Values.Min();
        int without = 0;
        Dictionary<string, double> kept = alphabet.ToDictionary(
            character => character,
            character => scores.TryGetValue(character, out double score) ? score : lowest + (ScoreStep * without++),
            StringComparer.Ordinal);
        foreach ((string piece, double score) in scores
            .Where(piece => !kept.ContainsKey(piece.Key) && piece.Key.EnumerateRunes().Count() > 1)
            .OrderByDescending(piece => piece.Value).ThenBy(piece => piece.Key, StringComparer.Ordinal)
            .Take(size - kept.Count).ToArray())
        {
            kept.Add(piece, score);
        }

        return kept.OrderByDescending(piece => piece.Value).ThenBy(piece => piece.Key, StringComparer.Ordinal)
            .Select(piece => new UnigramPiece(piece.Key, piece.Value));
    }
}
