using OrtTrainer.Text.AddedTokens;
using OrtTrainer.Text.Models;
using OrtTrainer.Text.Normalization;

namespace OrtTrainer.Text.Loading;

/// <summary>
/// Reads tokenizer.json. Its own truncation and padding settings are not applied: options and batches decide about
/// those.
/// </summary>
internal static class TokenizerJson
{
    /// <summary>The parts the file describes.</summary>
    /// <exception cref="InvalidDataException">The file is malformed or names an unknown component.</exception>
    public static TokenizerParts Read(string path)
    {
        JsonField root = JsonField.ReadFile(path);
        TokenModel model = ModelReader.Read(root.Required("model"));
        Normalizer? normalizer = root.Optional("normalizer") is { } field ? NormalizerReader.Read(field) : null;
        PostProcessorReader postProcessor = new();
        if (root.Optional("post_processor") is { } processing)
        {
            postProcessor.Read(processing);
        }

        return new TokenizerParts
        {
            Model = model,
            Normalizer = normalizer,
            PreTokenizer = root.Optional("pre_tokenizer") is { } cutting ? PreTokenizerReader.Read(cutting) : null,
            Template = postProcessor.Template,
            Trimming = postProcessor.Trimming,
            Decoder = root.Optional("decoder") is { } decoding ? DecoderReader.Read(decoding) : null,
            AddedTokens = root.Optional("added_tokens") is { } tokens ? [.. tokens.Items().Select(ReadAddedToken)] : [],
            Files = [path],
            JsonFile = path,
        };
    }

    private static AddedToken ReadAddedToken(JsonField token)
    {
        bool special = token.Flag("special", false);
        return new AddedToken(token.Required("content").Text(), token.Required("id").Id())
        {
            Special = special,
            SingleWord = token.Flag("single_word", false),
            LeftStrip = token.Flag("lstrip", false),
            RightStrip = token.Flag("rstrip", false),
            Normalized = token.Flag("normalized", !special),
        };
    }
}
