using OrtTrainer.Text.Loading;

namespace OrtTrainer.Text.Training;

/// <summary>A tokenizer made of a corpus, to use or to save.</summary>
public sealed class TrainedTokenizer
{
    private readonly ITokenizerTraining _kind;
    private readonly TokenizerTrainingOptions _options;
    private readonly TokenizerParts _parts;

    internal TrainedTokenizer(
        ITokenizerTraining kind, TokenizerTrainingOptions options, TokenizerParts parts, TextCorpus corpus)
    {
        (_kind, _options, _parts) = (kind, options, parts);
        (Files, Bytes) = (corpus.Files.Count, corpus.Bytes);
        Tokenizer = new Tokenizer(parts);
    }

    /// <summary>The tokenizer.</summary>
    public Tokenizer Tokenizer { get; }

    /// <summary>The files that were read.</summary>
    public int Files { get; }

    /// <summary>Their bytes.</summary>
    public long Bytes { get; }

    /// <summary>
    /// Writes tokenizer.json, tokenizer_config.json and the vocabulary files of the kind: vocab.txt, or vocab.json and
    /// merges.txt. The folder is made where it is not there.
    /// </summary>
    /// <param name="folder">A folder without files of these names.</param>
    /// <exception cref="IOException">One of the files is there already, or cannot be written.</exception>
    public void Save(string folder)
    {
        (string Name, byte[] Content)[] files =
        [
            ("tokenizer.json", Tokenizer.ToTokenizerJson()),
            .. _kind.Files(_parts, _options)
                .Select(file => (file.Name, System.Text.Encoding.UTF8.GetBytes(file.Content))),
        ];
        RequireFree(folder, files.Select(file => file.Name));
        Directory.CreateDirectory(folder);
        foreach ((string name, byte[] content) in files)
        {
            File.WriteAllBytes(Path.Combine(folder, name), content);
        }
    }

    /// <summary>Refuses a folder in which a tokenizer lies already.</summary>
    /// <exception cref="IOException">There is one.</exception>
    public static void RequireFree(string folder) => RequireFree(
        folder, ["tokenizer.json", "tokenizer_config.json", "vocab.txt", "vocab.json", "merges.txt"]);

    private static void RequireFree(string folder, IEnumerable<string> names)
    {
        if (File.Exists(folder))
        {
            throw new IOException($"{folder} is a file; give a folder to write the tokenizer to.");
        }

        if (names.Select(name => Path.Combine(folder, name)).FirstOrDefault(File.Exists) is { } taken)
        {
            throw new IOException($"{taken} is there already; give another folder, or take the file away.");
        }
    }
}
