namespace OrtTrainer.Text.Loading;

/// <summary>Finds out which tokenizer a model folder holds.</summary>
internal static class TokenizerFolder
{
    private static readonly string[] Companions =
    [
        "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json", "vocab.txt", "vocab.json",
        "merges.txt", "spiece.model", "spm.model", "sentencepiece.bpe.model", "tokenizer.model", "chat_template.jinja",
    ];

    /// <summary>The parts that the folder's files describe.</summary>
    public static TokenizerParts Read(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new DirectoryNotFoundException(
                $"{folder}: there is no such folder; name the folder with the tokenizer's files.");
        }

        TokenizerParts parts = ReadModel(folder);
        IEnumerable<string> companions = Companions.Select(name => Path.Combine(folder, name)).Where(File.Exists);
        return parts with { Settings = new TokenizerSettings(folder), Files = [.. parts.Files.Union(companions)] };
    }

    private static TokenizerParts ReadModel(string folder)
    {
        if (Find(folder, "tokenizer.json") is [var json])
        {
            return TokenizerJson.Read(json);
        }

        TokenizerParts parts = ReadVocabulary(folder);
        return Find(folder, "added_tokens.json") is [var added] ? AddedTokensFile.AddTo(parts, added) : parts;
    }

    private static TokenizerParts ReadVocabulary(string folder)
    {
        if (Find(folder, "vocab.txt") is [var vocabulary])
        {
            return WordPieceFolder.Read(vocabulary);
        }

        if ((Find(folder, "vocab.json", "merges.txt")
            ?? Find(folder, "encoder.json", "vocab.bpe")) is [var tokens, var merges])
        {
            return ByteLevelBpeFolder.Read(tokens, merges);
        }

        string[]? model = Find(folder, "spiece.model") ?? Find(folder, "spm.model")
            ?? Find(folder, "sentencepiece.bpe.model") ?? Find(folder, "tokenizer.model");
        return model is not null
            ? SentencePieceFolder.Read(model[0])
            : throw new FileNotFoundException(
                $"{folder}: no tokenizer found; expected tokenizer.json, vocab.txt, vocab.json with merges.txt, "
                + "encoder.json with vocab.bpe, spiece.model, spm.model, "
                + "sentencepiece.bpe.model or tokenizer.model.");
    }

    private static string[]? Find(string folder, params string[] names)
    {
        string[] paths = [.. names.Select(name => Path.Combine(folder, name))];
        return Array.TrueForAll(paths, File.Exists) ? paths : null;
    }
}
