using OrtTrainer.Compilation;
using OrtTrainer.Methods;
using OrtTrainer.Packs;
using OrtTrainer.Tests.Checkpoints;
using OrtTrainer.Tests.Models;

namespace OrtTrainer.Tests.Packs;

/// <summary>A BERT of a few thousand parameters, labelled texts, and packs of it.</summary>
internal sealed class TinyPack : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public TinyPack()
    {
        TinyBert.Write(Model, [.. Enumerable.Range(0, 60).Select(i => $"word{i}")]);
        Train = Table("train.tsv", 0, 24);
        Test = Table("test.tsv", 24, 12);
    }

    public string Model => _folder.File("model");

    /// <summary>24 rows of three labels.</summary>
    public string Train { get; }

    /// <summary>12 others.</summary>
    public string Test { get; }

    public PackOptions Options => new()
    {
        Graphs = new CompileOptions { Model = Model, Labels = 3, LabelNames = ["a", "b", "c"], TrainLast = 1 },
        Frozen = FrozenPrecision.Fp32,
        Probes = ["word1 word2", "word3"],
    };

    /// <summary>A pack with adapters in place of layers.</summary>
    /// <param name="last">Of how many of the last layers; null for all.</param>
    public PackOptions Adapters(int? last = null) => Options with
    {
        Graphs = Options.Graphs with { TrainLast = last, Lora = Lora.Parse("r=4,alpha=8,dropout=0.1") },
    };

    public string File(string name) => _folder.File(name);

    /// <summary>Writes a pack; its folder.</summary>
    public string Write(PackOptions? options = null, string name = "pack")
    {
        PackWriter.Write(options ?? Options, File(name));
        return File(name);
    }

    /// <summary>How a pack is trained here: 6 steps an epoch.</summary>
    public PackTrainingOptions Training(string output) => new()
    {
        Train = Train, Output = File(output), Epochs = 4, BatchSize = 4, LearningRate = 5e-3, Threads = 2,
    };

    /// <summary>Twelve rows as people type them into the page.</summary>
    public string Typed() => _folder.Write("typed.txt", string.Concat(
        Enumerable.Range(0, 12).Select(i => $"word{i} word{i % 3}{(i % 2 == 0 ? " | " : "\t")}{"abc"[i % 3]}\n")));

    public void Dispose() => _folder.Dispose();

    private string Table(string name, int first, int count) => _folder.Write(name, "text\tlabel\n" + string.Concat(
        Enumerable.Range(first, count).Select(i => $"word{i} word{(7 * i) % 60} word{i % 3}\t{"abc"[i % 3]}\n")));
}
