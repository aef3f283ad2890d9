using OrtTrainer.Checkpoints;
using OrtTrainer.Common;
using OrtTrainer.Data;
using OrtTrainer.Models;
using OrtTrainer.Prediction;
using OrtTrainer.Tasks;
using OrtTrainer.Text;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Teachers;

/// <summary>How a teacher reads texts: its configuration and its own tokenizer.</summary>
internal sealed class TeacherReader
{
    private TeacherReader(
        TeacherFolder folder, ModelTask task, ModelConfig config, ITextEncoder tokenizer, int? maxLength)
    {
        Folder = folder;
        Task = task.For(config);
        Config = config;
        Tokenizer = tokenizer;
        MaxLength = SequenceLimit.Of(folder.Folder, config, maxLength);
    }

    public TeacherFolder Folder { get; }

    /// <summary>What the teacher was trained for.</summary>
    public ModelTask Task { get; }

    public ModelConfig Config { get; }

    /// <summary>Reads the texts.</summary>
    public ITextEncoder Tokenizer { get; }

    /// <summary>The most tokens of an input; what is longer is cut.</summary>
    public int MaxLength { get; }

    /// <summary>The files that decide what goes into the model.</summary>
    public IReadOnlyList<string> Files =>
        [Config.Path, .. Tokenizer is Tokenizer texts ? texts.TokenizerFiles : [], .. OwnFiles];

    private IEnumerable<string> OwnFiles =>
        Task.FileNames.Select(name => Path.Combine(Folder.Folder, name)).Where(File.Exists);

    /// <summary>Reads the tokenizer of a teacher.</summary>
    /// <exception cref="RunException">It is missing or does not belong to the model, or has no such
    /// length.</exception>
    /// <exception cref="InvalidDataException">A file of it is malformed.</exception>
    public static TeacherReader Open(TeacherFolder folder, ModelTask task, ModelConfig config, int? maxLength)
    {
        ITextEncoder tokenizer;
        try
        {
            tokenizer = task.OpenTokenizer(folder.Folder);
        }
        catch (FileNotFoundException missing)
        {
            throw new RunException($"{missing.Message} A teacher reads texts with its own tokenizer, never with " +
                "the student's: put the files of its tokenizer there.", missing);
        }

        int? vocabulary = Architecture.VocabularyOf(config);
        return tokenizer.VocabularySize > vocabulary
            ? throw new RunException($"{folder.Folder}: the tokenizer has {tokenizer.VocabularySize} tokens, but " +
                $"vocab_size in config.json is {vocabulary}. Take the tokenizer files that belong to this model.")
            : new(folder, task, config, tokenizer, maxLength);
    }

    /// <summary>The examples as the teacher takes them, in order.</summary>
    /// <param name="data">The examples.</param>
    /// <param name="threads">At most so many threads, 1 or more.</param>
    /// <param name="cancellation">Stops between two examples.</param>
    /// <param name="stride">How many tokens a window shares with the one before; null for the task's own
    /// number.</param>
    public EncodedDataset Read(Dataset data, int threads, CancellationToken cancellation, int? stride = null) =>
        Task.Encode(data, Tokenizer, MaxLength, threads, cancellation, stride);
}
