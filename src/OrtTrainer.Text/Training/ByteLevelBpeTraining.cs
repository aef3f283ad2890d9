using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using OrtTrainer.Text.AddedTokens;
using OrtTrainer.Text.Decoding;
using OrtTrainer.Text.Loading;
using OrtTrainer.Text.Models;
using OrtTrainer.Text.Normalization;
using OrtTrainer.Text.PostProcessing;
using OrtTrainer.Text.PreTokenization;

namespace OrtTrainer.Text.Training;

/// <summary>
/// A vocabulary of RoBERTa's: byte-pair merges over the 256 bytes, as BpeTrainer of Hugging Face's tokenizers with
/// ByteLevel's alphabet.
/// </summary>
internal sealed class ByteLevelBpeTraining : ITokenizerTraining
{
    private static readonly string[] Special = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"];

    private static readonly JsonSerializerOptions Readable =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <inheritdoc/>
    public TokenizerParts Train(TokenizerTrainingOptions options, TextCorpus corpus, CancellationToken cancellation)
    {
        LowercaseNormalizer? normalizer = options.Lowercase ? new LowercaseNormalizer() : null;
        ByteLevelPreTokenizer preTokenizer = new(addPrefixSpace: false, useGpt2Pattern: true);
        List<string> vocabulary = [.. Special];
        List<(int Left, int Right)> merges = Merge(vocabulary, normalizer, preTokenizer, options, corpus, cancellation);
        return new TokenizerParts
        {
            Model = new BpeModel(
                new Vocabulary(vocabulary.Select((token, id) => KeyValuePair.Create(token, id))),
                merges.Select(merge => (vocabulary[merge.Left], vocabulary[merge.Right])), new BpeOptions()),
            Normalizer = normalizer,
            PreTokenizer = preTokenizer,
            Template = SequenceTemplate.Roberta(cls: 0, sep: 2),
            Trimming = new OffsetTrimming(false),
            Decoder = new ByteLevelDecoder(),
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
        Vocabulary vocabulary = parts.Model.Vocabulary;
        if (!options.Lowercase)
        {
            // These files have no place for a normalizer; tokenizer.json has.
            JsonObject ids = new(vocabulary.Entries.OrderBy(entry => entry.Value)
                .Select(entry => KeyValuePair.Create(entry.Key, (JsonNode?)entry.Value)));
            yield return ("vocab.json", ids.ToJsonString(Readable));
            yield return ("merges.txt", "#version: 0.2\n" + string.Concat(
                ((BpeModel)parts.Model).Merges.InOrder()
                .Select(merge => $"{vocabulary.Token(merge.Left)} {vocabulary.Token(merge.Right)}\n")));
        }

        yield return TokenizerTraining.Config("RobertaTokenizer", ("bos_token", Special[0]), ("eos_token", Special[2]),
            ("sep_token", Special[2]), ("cls_token", Special[0]), ("unk_token", Special[3]),
            ("pad_token", Special[1]), ("mask_token", Special[4]), ("add_prefix_space", false));
    }

    /// <summary>Appends bytes and merged tokens to a vocabulary.</summary>
    /// <param name="vocabulary">The special tokens.</param>
    /// <param name="normalizer">Rewrites texts; null for nothing.</param>
    /// <param name="preTokenizer">Cuts them into words.</param>
    /// <param name="options">Size and least frequency.</param>
    /// <param name="corpus">The texts.</param>
    /// <param name="cancellation">Stops the training.</param>
    internal static List<(int Left, int Right)> Merge(
        List<string> vocabulary, Normalizer? normalizer, ByteLevelPreTokenizer preTokenizer,
        TokenizerTrainingOptions options, TextCorpus corpus, CancellationToken cancellation)
    {
        string[] bytes =
            [.. Enumerable.Range(0, 256).Select(value => ByteAlphabet.ToChar((byte)value)).Order().Select(c => $"{c}")];
        Alphabet.RequireRoom(options.VocabularySize, vocabulary.Count, bytes.Length, "Make it larger.");
        IReadOnlyList<(string Word, long Count)> words =
            WordCounts.Of(corpus, normalizer, preTokenizer, options.Threads, cancellation);

        // Blanks are words here too.
        TokenizerTraining.RequireWords(
            [.. words.Where(word => word.Word.Any(character => ByteAlphabet.ToByte(character) > ' '))], corpus);
        vocabulary.AddRange(bytes);
        PairMerging merging = new(vocabulary, prefix: "");
        merging.Run(words, options.VocabularySize, options.MinFrequency, cancellation);
        return merging.Merges;
    }
}
