using OrtTrainer.Text.AddedTokens;
using OrtTrainer.Text.Decoding;
using OrtTrainer.Text.Models;
using OrtTrainer.Text.PostProcessing;
using OrtTrainer.Text.PreTokenization;

namespace OrtTrainer.Text.Loading;

/// <summary>
/// Reads a folder with the vocabulary and merges of a byte-level BPE: RoBERTa's if its files say so or its vocabulary
/// begins with &lt;s&gt;, &lt;pad&gt;, &lt;/s&gt;, else GPT-2's.
/// </summary>
internal static class ByteLevelBpeFolder
{
    /// <summary>The parts that vocabulary, merges and the folder's settings describe.</summary>
    /// <exception cref="InvalidDataException">A file is malformed, or a special token is missing.</exception>
    public static TokenizerParts Read(string vocabularyPath, string mergesPath)
    {
        TokenizerSettings settings = TokenizerSettings.Beside(vocabularyPath);
        BpeModel model = MergesFile.Read(vocabularyPath, mergesPath);
        bool addPrefixSpace = settings.Flag("add_prefix_space") ?? false;
        bool isRoberta = IsRoberta(settings, model.Vocabulary);
        List<AddedToken> added = [];
        int Special(string name, string usual, bool leftStrip = false)
        {
            string token = settings.Token(name) ?? usual;
            int id = model.Vocabulary.Id(token)
                ?? throw new InvalidDataException($"{vocabularyPath}: lacks the {name} '{token}'.");
            if (added.All(other => other.Content != token))
            {
                added.Add(new AddedToken(token, id) { Special = true, LeftStrip = leftStrip });
            }

            return id;
        }

        SequenceTemplate template = SequenceTemplate.None;
        if (isRoberta)
        {
            Special("bos_token", "<s>");
            Special("pad_token", "<pad>");
            Special("eos_token", "</s>");
            Special("unk_token", "<unk>");
            Special("mask_token", "<mask>", leftStrip: true);
            // RoBERTa's texts begin and end as BERT's do; that these are mostly the same tokens is no rule.
            template = SequenceTemplate.Roberta(
                Special("cls_token", settings.Token("bos_token") ?? "<s>"),
                Special("sep_token", settings.Token("eos_token") ?? "</s>"));
        }
        else
        {
            Special("eos_token", "<|endoftext|>");
        }

        return new TokenizerParts
        {
            Model = model,
            PreTokenizer = new ByteLevelPreTokenizer(addPrefixSpace, useGpt2Pattern: true),
            Template = template,
            Trimming = isRoberta ? new OffsetTrimming(addPrefixSpace) : null,
            Decoder = new ByteLevelDecoder(),
            AddedTokens = added,
            Files = [vocabularyPath, mergesPath],
        };
    }

    private static bool IsRoberta(TokenizerSettings settings, Vocabulary vocabulary) =>
        (settings.TokenizerClass, settings.ModelType) switch
        {
            ("RobertaTokenizer", _) => true,
            ("GPT2Tokenizer", _) => false,
            (_, "roberta") => true,
            (_, "gpt2") => false,
            _ => vocabulary.Id("<s>") == 0 && vocabulary.Id("<pad>") == 1 && vocabulary.Id("</s>") == 2,
        };
}
