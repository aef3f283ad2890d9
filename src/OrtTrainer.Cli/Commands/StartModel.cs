using OrtTrainer.Checkpoints;
using OrtTrainer.Common;
using OrtTrainer.Export;
using OrtTrainer.Models;
using OrtTrainer.Text;

namespace OrtTrainer.Cli.Commands;

/// <summary>
/// A model folder without weights, made of a configuration and a tokenizer: what pre-training starts from.
/// </summary>
internal static class StartModel
{
    /// <summary>Writes config.json, its vocabulary as large as the tokenizer's, and the tokenizer.</summary>
    /// <param name="folder">A folder that is not there yet.</param>
    /// <param name="config">A config.json.</param>
    /// <param name="tokenizer">A folder with a tokenizer.</param>
    /// <param name="maxLength">The most tokens of an example.</param>
    /// <exception cref="RunException">The folder is there.</exception>
    /// <exception cref="CheckpointException">The configuration is missing or damaged.</exception>
    public static void Write(string folder, string config, string tokenizer, int maxLength)
    {
        if (Path.Exists(folder))
        {
            throw new RunException($"{folder}: is there already, where the configuration and the tokenizer shall be "
                + "put together. Choose another --out, remove it, or give it as --model with --from-scratch.");
        }

        Tokenizer known = Tokenizer.Load(ModelFolder.Require(tokenizer));
        ModelConfig sized = ModelConfig.LoadFile(config).With("vocab_size", known.VocabularySize);
        sized = known.PadId is { } padding ? sized.With("pad_token_id", padding) : sized;
        int positions = Architecture.For(sized).Shape.Positions;
        Directory.CreateDirectory(folder);
        sized.Save(folder);
        TokenizerExport.Read(tokenizer, positions, Math.Min(maxLength, positions)).Write(folder);
    }
}
