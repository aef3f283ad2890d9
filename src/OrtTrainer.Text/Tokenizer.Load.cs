using OrtTrainer.Text.Loading;
using OrtTrainer.Text.Writing;

namespace OrtTrainer.Text;

/// <content>Reading from files, and tokenizer.json to write.</content>
public sealed partial class Tokenizer
{
    /// <summary>The class that tokenizer_config.json names, or else the one of the model's family; null for neither.
    /// </summary>
    internal string? ClassOfFamily => _parts.Settings?.ClassOfFamily;

    /// <summary>
    /// Reads the tokenizer of a model folder: of the first files found among tokenizer.json; vocab.txt; vocab.json
    /// and merges.txt; encoder.json and vocab.bpe; spiece.model, spm.model, sentencepiece.bpe.model or
    /// tokenizer.model. Where it is not tokenizer.json, tokenizer_config.json and config.json beside them decide about
    /// what the files leave open.
    /// </summary>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="FileNotFoundException">None of the files is in it.</exception>
    /// <exception cref="InvalidDataException">A file is malformed or uses a component this library does not
    /// know.</exception>
    public static Tokenizer Load(string folder) => new(TokenizerFolder.Read(folder));

    /// <summary>Reads a tokenizer.json of Hugging Face's tokenizers library.</summary>
    /// <exception cref="InvalidDataException">The file is malformed or uses a component this library does not
    /// know.</exception>
    public static Tokenizer FromTokenizerJson(string path) => new(TokenizerJson.Read(path));

    /// <summary>Reads BERT's vocab.txt, lower-casing unless tokenizer_config.json beside it says otherwise.</summary>
    /// <exception cref="InvalidDataException">A special token is missing.</exception>
    public static Tokenizer FromVocabTxt(string path) => new(WordPieceFolder.Read(path));

    /// <summary>Reads the vocabulary and merges of GPT-2's or RoBERTa's byte-level BPE.</summary>
    /// <exception cref="InvalidDataException">A file is malformed, or a special token is missing.</exception>
    public static Tokenizer FromVocabAndMerges(string vocabularyPath, string mergesPath) =>
        new(ByteLevelBpeFolder.Read(vocabularyPath, mergesPath));

    /// <summary>
    /// Reads a model of the SentencePiece library, unigram or BPE. No special tokens are put around texts.
    /// </summary>
    /// <exception cref="InvalidDataException">The file is malformed.</exception>
    public static Tokenizer FromSentencePiece(string path) => new(SentencePieceFolder.ReadModel(path));

    /// <summary>
    /// The tokenizer as a tokenizer.json, in UTF-8, that other software reads: it gives the same ids. It does not pad.
    /// </summary>
    /// <param name="maxLength">
    /// The most tokens that software shall keep of a text, special ones included, 1 or more; null for no truncation.
    /// </param>
    /// <exception cref="InvalidDataException">
    /// The tokenizer was read from a SentencePiece model of no family that is known, or from a tokenizer.json that has
    /// since been changed or holds halves of surrogate pairs.
    /// </exception>
    public byte[] ToTokenizerJson(int? maxLength = null)
    {
        if (maxLength is { } length)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(length, 1, nameof(maxLength));
        }

        return TokenizerJsonWriter.Write(_parts, maxLength);
    }
}
