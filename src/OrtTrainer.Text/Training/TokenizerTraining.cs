using System.Text.Json;
using System.Text.Json.Nodes;

namespace OrtTrainer.Text.Training;

/// <summary>Trains tokenizers. The same corpus and options give the same tokens, whatever the number of
/// threads.</summary>
public static class TokenizerTraining
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private static readonly Dictionary<TokenizerKind, ITokenizerTraining> Kinds = new()
    {
        [TokenizerKind.WordPiece] = new WordPieceTraining(),
        [TokenizerKind.ByteLevelBpe] = new ByteLevelBpeTraining(),
        [TokenizerKind.Unigram] = new UnigramTraining(),
    };

    /// <summary>Reads a corpus block by block and makes a tokenizer of its words.</summary>
    /// <param name="options">Everything that decides it.</param>
    /// <param name="cancellation">Ends it early, with nothing written.</param>
    /// <exception cref="FileNotFoundException">A file or folder of the corpus is not there.</exception>
    /// <exception cref="InvalidDataException">A file is no text in UTF-8, there are no words, or the vocabulary is
    /// smaller than the alphabet.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static TrainedTokenizer Train(TokenizerTrainingOptions options, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        ITokenizerTraining kind = Kinds[options.Kind];
        TextCorpus corpus = TextCorpus.Open(options.Corpus);
        return new TrainedTokenizer(kind, options, kind.Train(options, corpus, cancellation), corpus);
    }

    /// <summary>Refuses a corpus without words.</summary>
    internal static IReadOnlyList<(string Word, long Count)> RequireWords(
        IReadOnlyList<(string Word, long Count)> words, TextCorpus corpus) => words.Count > 0
        ? words
        : throw new InvalidDataException($"{string.Join(", ", corpus.Files)}: there are no words in the corpus; give "
            + "files with texts.");

    /// <summary>tokenizer_config.json.</summary>
    internal static (string Name, string Content) Config(string tokenizerClass, params (string, JsonNode)[] settings) =>
        ("tokenizer_config.json", new JsonObject(settings.Prepend(("tokenizer_class", tokenizerClass))
            .Select(setting => KeyValuePair.Create(setting.Item1, (JsonNode?)setting.Item2)))
            .ToJsonString(Indented) + "\n");
}
