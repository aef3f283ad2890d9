using OrtTrainer.Tests.Checkpoints;
using OrtTrainer.Tests.Models;

namespace OrtTrainer.Tests.Tasks.TokenClassification;

/// <summary>A random encoder and sentences whose words always have the same tags, in a temporary folder.</summary>
internal sealed class PlaceTask : IDisposable
{
    private static readonly string[] Rows =
    [
        """{"tokens": ["Ada", "flew", "to", "New", "York", "."], "tags": ["B-PER", "O", "O", "B-LOC", "I-LOC", "O"]}""",
        """{"tokens": ["Paris", "is", "far"], "tags": ["B-LOC", "O", "O"]}""",
        """
        {"tokens": ["🙂", "Bob", "flew", "to", "New", "York", "."],
         "tags": ["O", "B-PER", "O", "O", "B-LOC", "I-LOC", "O"]}
        """.ReplaceLineEndings(""),
        """{"tokens": ["Bob", "is", "in", "Paris", "."], "tags": ["B-PER", "O", "O", "B-LOC", "O"]}""",
        """{"tokens": ["far", "in", "New", "York", "Bob"], "tags": ["O", "O", "B-LOC", "I-LOC", "B-PER"]}""",
    ];

    private readonly TemporaryFolder _folder = new();

    public PlaceTask()
    {
        string[] words = ["ada", "flew", "to", "new", "york", ".", "par", "##is", "is", "far", "bob", "in", "🙂"];
        TinyBert.Write(Model, words);
        Train = _folder.Write("train.jsonl", string.Join('\n', Enumerable.Repeat(Rows, 4).SelectMany(rows => rows)));
        Eval = _folder.Write("eval.jsonl", string.Join('\n', Rows));
    }

    public string Model => _folder.File("tiny");

    public string Output => _folder.File("out");

    public string Train { get; }

    public string Eval { get; }

    public string Write(string name, string text) => _folder.Write(name, text);

    public void Dispose() => _folder.Dispose();
}
