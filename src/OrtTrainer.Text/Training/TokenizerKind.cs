namespace OrtTrainer.Text.Training;

/// <summary>How a tokenizer that is trained cuts words into tokens.</summary>
public enum TokenizerKind
{
    /// <summary>BERT's: pairs merged by count, the longest token first; tokens inside a word begin with ##.</summary>
    WordPiece,

    /// <summary>RoBERTa's and GPT-2's: pairs of bytes merged by count; nothing is unknown.</summary>
    ByteLevelBpe,

    /// <summary>That of XLM-RoBERTa and T5: the most probable cut by a unigram model (Kudo 2018).</summary>
    Unigram,
}
