using System.Text.Json.Nodes;
using OrtTrainer.Data;
using OrtTrainer.Prediction;
using OrtTrainer.RunReports;
using OrtTrainer.Runs;
using OrtTrainer.Tasks;
using OrtTrainer.Tasks.Regression;
using OrtTrainer.Tests.Export.Edge;
using OrtTrainer.Tests.Runs;

namespace OrtTrainer.Tests.RunReports;

public sealed class ModelCardTests
{
    [Test]
    public void The_head_says_what_the_hub_asks_for()
    {
        using TinyTask tiny = new();
        RunSummary summary = TinyTask.Run(tiny.Options("out") with { MaxSteps = 10 });

        string[] lines = File.ReadAllLines(Card(tiny));
        string[] head = [.. lines.Skip(1).TakeWhile(line => line != "---")];
        Assert.That(lines[0], Is.EqualTo("---"));
        Assert.That(head[..12], Is.EqualTo(new[]
        {
            "base_model: \"model\"", "library_name: transformers", "pipeline_tag: text-classification", "tags:",
            "- onnx", "- transformers.js", "- orttrainer", "metrics:", "- accuracy", "model-index:", "- name: \"out\"",
            "  results:",
        }));
        double accuracy = summary.ExportsAverage ? summary.Averaged!.Value : summary.Live;
        int place = Array.IndexOf(head, "    - type: \"accuracy\"");
        Assert.That(head[place + 2], Is.EqualTo(FormattableString.Invariant($"      value: {accuracy:0.######}")));
        Assert.That(head, Has.Some.EqualTo("    - type: \"matthews_correlation\""));
        Assert.That(head, Has.Exactly(2).StartsWith("      split: "));
    }

    [Test]
    public void A_card_that_somebody_edited_stays_and_an_untouched_one_is_made_anew()
    {
        using TinyTask tiny = new();
        TinyTask.Run(tiny.Options("out") with { MaxSteps = 2 });
        string untouched = File.ReadAllText(Card(tiny));
        FineTuner.Resume(tiny.Output("out"));
        Assert.That(File.ReadAllText(Card(tiny)), Is.EqualTo(untouched));

        File.AppendAllText(Card(tiny), "\nMine.\n");
        EventList events = new();
        FineTuner.Resume(tiny.Output("out"), events);

        Assert.That(File.ReadAllText(Card(tiny)), Is.EqualTo(untouched + "\nMine.\n"));
        Assert.That(events.Of<RunEvent.Noted>().Select(note => note.Message), Has.One.Contains("was edited"));
    }

    [Test]
    public void The_program_in_c_sharp_compiles_and_predicts_as_the_predictor_does()
    {
        using TinyTask tiny = new();
        TinyTask.Run(tiny.Options("out"));
        string code = Code(tiny, "csharp").Replace("\"out\"", ModelUsage.Quoted(tiny.Output("out")));

        string printed = CompiledProgram.Run(code);

        using Predictor predictor = Predictor.Open(tiny.Output("out"));
        TextPrediction expected = predictor.Predict(FirstText(tiny));
        Assert.That(printed.Trim(), Is.EqualTo(FormattableString.Invariant(
            $"{expected.Label} {expected.Scores.Max():0.000}")));
    }

    [Test]
    public void The_programs_of_every_task_compile()
    {
        string[] programs =
        [
            .. ModelTask.All.SelectMany(task => new[] { null, new Example("a \"b\"\nc {d}", "e\\") }
                .Select(example => task.Usage(example).CSharp)),
        ];

        Assert.That(programs, Has.Length.GreaterThan(15));
        Assert.That(CompiledProgram.ErrorsOf(programs), Is.Empty);
    }

    [Test]
    public void The_program_in_javascript_predicts_the_same()
    {
        using TinyTask tiny = new();
        TinyTask.Run(tiny.Options("out"));
        string code = Code(tiny, "js").Replace("\".\"", ModelUsage.Quoted(Path.GetDirectoryName(tiny.Output("out"))!));

        JsonArray answer = JsonNode.Parse(Answered(code))!.AsArray();

        using Predictor predictor = Predictor.Open(tiny.Output("out"));
        TextPrediction expected = predictor.Predict(FirstText(tiny));
        Assert.That((string)answer[0]!["label"]!, Is.EqualTo(expected.Label));
        Assert.That((double)answer[0]!["score"]!, Is.EqualTo(expected.Scores.Max()).Within(1e-4));
    }

    [Test]
    public void Numbers_and_pairs_are_asked_for_their_logits_in_javascript()
    {
        using TinyTask tiny = new(RegressionTask.Instance);
        TinyTask.Run(tiny.Options("out") with { MaxSteps = 10 });
        string code = Code(tiny, "js").Replace("\".\"", ModelUsage.Quoted(Path.GetDirectoryName(tiny.Output("out"))!));

        JsonArray answer = JsonNode.Parse(Answered(code))!.AsArray();

        using Predictor predictor = Predictor.Open(tiny.Output("out"));
        Assert.That((double)answer[0]![0]!, Is.EqualTo(predictor.Predict(FirstText(tiny)).Scores[0]).Within(1e-4));
    }

    [TestCase("/models/mini/", "mini")]
    [TestCase("/cache/models--org--name/snapshots/0a1b", "org/name")]
    public void The_base_model_is_named_as_the_hub_knows_it(string folder, string expected) =>
        Assert.That(ModelCardText.BaseModel(folder), Is.EqualTo(expected));

    private static string Answered(string code)
    {
        (int status, string output, string error) = EdgeClient.Run(["--input-type=module", "-e", code]);
        Assert.That(status, Is.Zero, error);
        return output;
    }

    private static string Card(TinyTask tiny) => Path.Combine(tiny.Output("out"), "README.md");

    private static string FirstText(TinyTask tiny) => File.ReadAllLines(tiny.Eval)[1].Split('\t')[0];

    private static string Code(TinyTask tiny, string language)
    {
        string card = File.ReadAllText(Card(tiny));
        int start = card.IndexOf($"```{language}\n", StringComparison.Ordinal) + language.Length + 4;
        return card[start..card.IndexOf("\n```", start, StringComparison.Ordinal)];
    }
}
