using OrtTrainer.Tests.Checkpoints;
using OrtTrainer.Tests.Models;

namespace OrtTrainer.Tests.Tasks.QuestionAnswering;

/// <summary>A random encoder and questions about who is where, in a temporary folder.</summary>
internal sealed class QuestionFiles : IDisposable
{
    private static readonly string[] Names = ["ada", "bob", "paris", "york"];

    /// <summary>16 tokens.</summary>
    public const string LongContext = "ada is in york . bob is far . paris is in the town .";

    private readonly TemporaryFolder _folder = new();

    public QuestionFiles()
    {
        string[] words =
            ["ada", "bob", "par", "##is", "york", "is", "in", "far", "the", "town", "who", "?", ".", "near", "🙂"];
        TinyBert.Write(Model, words);
        Train = _folder.Write("train.jsonl", string.Join('\n', Enumerable.Repeat(Rows(), 3).SelectMany(rows => rows)));
        Eval = _folder.Write("eval.jsonl", string.Join('\n', Rows()));
        Long = _folder.Write("long.csv", $"""
            question,context,answer,answer_start
            who is far ?,{LongContext},bob,17
            who is far ?,bob is far,bob,0
            """);
    }

    public string Model => _folder.File("tiny");

    public string Output => _folder.File("out");

    public string Train { get; }

    public string Eval { get; }

    /// <summary>Two questions, the first with a context of 16 tokens.</summary>
    public string Long { get; }

    public string File(string name) => _folder.File(name);

    public string Write(string name, string text) => _folder.Write(name, text);

    public void Dispose() => _folder.Dispose();

    // "🙂 ada is far . bob is near ." and the like: who is far, and who is near.
    private static IEnumerable<string> Rows() =>
        from far in Names
        from near in Names
        where far != near
        from asked in new[] { "far", "near" }
        let context = $"🙂 {far} is far . {near} is near ."
        let answer = asked == "far" ? far : near
        let start = asked == "far" ? 2 : 2 + $"{far} is far . ".Length
        let answers = $$"""{"text": ["{{answer}}"], "answer_start": [{{start}}]}"""
        select $$"""
            {"id": "{{far}}-{{near}}-{{asked}}", "question": "who is {{asked}} ?", "context": "{{context}}",
            """ + $$""" "answers": {{answers}} }""";
}
