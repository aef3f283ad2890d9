using OrtTrainer.Text.AddedTokens;
using OrtTrainer.Text.Decoding;
using OrtTrainer.Text.Models;
using OrtTrainer.Text.Normalization;
using OrtTrainer.Text.PostProcessing;
using OrtTrainer.Text.PreTokenization;

namespace OrtTrainer.Text.Loading;

/// <summary>
/// Reads BERT's vocab.txt: one token a line, the line's number, from 0, is the id. MPNet's has RoBERTa's special
/// tokens, which go where RoBERTa's do.
/// </summary>
internal static class WordPieceFolder
{
    /// <summary>The parts that a vocabulary and the settings beside it describe.</summary>
    /// <exception cref="InvalidDataException">A special token is missing.</exception>
    public static TokenizerParts Read(string vocabularyPath)
    {
        TokenizerSettings settings = TokenizerSettings.Beside(vocabularyPath);
        Vocabulary vocabulary = new(File.ReadLines(vocabularyPath).Select((token, id) =>
            KeyValuePair.Create(token.TrimEnd('\r'), id)));
        bool isMPNet = (settings.TokenizerClass, settings.ModelType) is ("MPNetTokenizer", _) or (null, "mpnet");
        AddedToken Special(string name, string usual, string usualOfMPNet)
        {
            string token = settings.Token(name) ?? (isMPNet ? usualOfMPNet : usual);
            int id = vocabulary.Id(token) ?? throw new InvalidDataException(
                $"{vocabularyPath}: lacks the {name} '{token}'; expected one token a line, special tokens among them.");
            return new AddedToken(token, id) { Special = true };
        }

        AddedToken unknown = Special("unk_token", "[UNK]", "[UNK]");
        AddedToken cls = Special("cls_token", "[CLS]", "<s>");
        AddedToken sep = Special("sep_token", "[SEP]", "</s>");
        AddedToken mask = Special("mask_token", "[MASK]", "<mask>") with { LeftStrip = isMPNet };
        return new TokenizerParts
        {
            Model = new WordPieceModel(vocabulary, unknown.Id, "##", 100),
            Normalizer = new BertNormalizer(new BertNormalizerOptions
            {
                HandleChineseChars = settings.Flag("tokenize_chinese_chars") ?? true,
                StripAccents = settings.Flag("strip_accents"),
                Lowercase = settings.Flag("do_lower_case") ?? true,
            }),
            PreTokenizer = new BertPreTokenizer(),
            Template = isMPNet
                ? SequenceTemplate.MPNet(cls.Id, sep.Id)
                : SequenceTemplate.Bert(cls.Id, sep.Id),
            Decoder = new WordPieceDecoder("##", cleanUp: true),
            AddedTokens = [Special("pad_token", "[PAD]", "<pad>"), unknown, cls, sep, mask],
            Files = [vocabularyPath],
        };
    }
}
