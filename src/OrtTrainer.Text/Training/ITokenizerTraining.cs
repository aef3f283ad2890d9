using OrtTrainer.Text.Loading;

namespace OrtTrainer.Text.Training;

/// <summary>A kind of tokenizer that can be trained.</summary>
internal interface ITokenizerTraining
{
    /// <summary>Makes a vocabulary of a corpus, and all that goes round it.</summary>
    /// <exception cref="InvalidDataException">The corpus is no text or empty, or has more characters than the
    /// vocabulary.</exception>
    public TokenizerParts Train(TokenizerTrainingOptions options, TextCorpus corpus, CancellationToken cancellation);

    /// <summary>The files beside tokenizer.json that other software reads.</summary>
    public IEnumerable<(string Name, string Content)> Files(TokenizerParts parts, TokenizerTrainingOptions options);
}
