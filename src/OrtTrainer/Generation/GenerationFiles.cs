using OrtTrainer.Checkpoints;
using OrtTrainer.Common;
using OrtTrainer.Models;
using OrtTrainer.Prediction;
using OrtTrainer.Text;

namespace OrtTrainer.Generation;

/// <summary>What a model's folder says about texts that it writes, its weights aside.</summary>
/// <param name="Tokenizer">The model's.</param>
/// <param name="Rules">What holds for every text.</param>
/// <param name="PadId">The id that fills rows up.</param>
/// <param name="Beside">Of an encoder with a decoder: the token that the decoder begins with, and the most tokens of a
/// source; what is longer is cut. Null for a decoder alone.</param>
internal sealed record GenerationFiles(
    Tokenizer Tokenizer, GenerationRules Rules, long PadId, (int Start, int SourceLimit)? Beside)
{
    /// <param name="folder">The model's.</param>
    /// <param name="config">Its configuration.</param>
    /// <param name="shape">Its sizes.</param>
    /// <param name="maxLength">The most tokens of a source; null for the tokenizer's limit.</param>
    /// <exception cref="RunException">A rule is not supported.</exception>
    /// <exception cref="CheckpointException">A file is damaged.</exception>
    /// <exception cref="InvalidDataException">The tokenizer cannot be read.</exception>
    public static GenerationFiles Read(string folder, ModelConfig config, ModelShape shape, int? maxLength)
    {
        Tokenizer tokenizer = Tokenizer.Load(folder);
        return new(
            tokenizer, GenerationRules.Read(folder, config, tokenizer), Architecture.PaddingIdOf(config),
            shape.DecoderLayers > 0
                ? (GenerationRules.StartOf(folder, config), SequenceLimit.Of(folder, config, maxLength))
                : null);
    }

    /// <inheritdoc/>
    public override string ToString() => RecordText.Of(this);
}
