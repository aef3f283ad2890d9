using System.Text.Json.Nodes;
using OrtTrainer.Common;
using OrtTrainer.Generation;
using OrtTrainer.Tests.Checkpoints;
using OrtTrainer.Tests.Cli;
using OrtTrainer.Tests.Models;

namespace OrtTrainer.Tests.Generation;

/// <summary>Answers in conversations, against what is written behind the template's text.</summary>
public sealed class ChatTests
{
    // The tokenizer puts <s> before prompts, as this template does itself.
    private const string Template =
        "{{ bos_token }}{% for m in messages %}{{ ' then ' if m.role == 'assistant' else ' ' }}{{ m.content }} "
        + "{{ '.' if m.role == 'user' else eos_token }}"
        + "{% endfor %}{% if add_generation_prompt %} then{% endif %}";

    private static readonly GenerationOptions Options = new() { MaxNewTokens = 8 };

    private TemporaryFolder _files = null!;
    private string _model = null!;

    [SetUp]
    public void Make()
    {
        _files = new TemporaryFolder();
        _model = _files.File("llama");
        TinyLlama.Write(_model);
        File.WriteAllText(Path.Combine(_model, "chat_template.jinja"), Template);
    }

    [TearDown]
    public void Remove() => _files.Dispose();

    [Test]
    public void An_answer_is_what_follows_the_templates_text([Values(1, 3)] int beams)
    {
        using Generator generator = Generator.Open(_model);
        GenerationOptions options = Options with { Beams = beams };

        string answer = string.Concat(generator.Stream(
            [("user", "the cat"), ("assistant", "sat"), ("user", "a dog")], options));

        Assert.That(answer, Is.EqualTo(Behind(generator, "the cat . then sat </s> a dog . then", options)));
        Assert.That(answer, Is.Not.Empty);
    }

    [Test]
    public void Each_prompt_is_a_users_message_where_that_is_asked_for()
    {
        using Generator generator = Generator.Open(_model);

        CliRun run = Generate("--prompt", "the cat", "--chat");

        Assert.That(run.Succeeded().Out, Is.EqualTo(Behind(generator, "the cat . then") + "\n"));
    }

    [Test]
    public void A_file_may_have_conversations()
    {
        using Generator generator = Generator.Open(_model);
        string input = _files.Write("chats.jsonl",
            """
            {"messages": [{"role": "user", "content": "the cat"}]}
            {"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "on"}, LAST]}
            """.Replace("LAST", """{"role": "user", "content": "the"}""", StringComparison.Ordinal));

        CliRun run = Generate("--input", input);

        JsonNode[] lines = [.. run.Succeeded().Lines.Select(line => JsonNode.Parse(line)!)];
        Assert.That(lines.Select(line => (string?)line["text"]), Is.EqualTo(new[]
        {
            Behind(generator, "the cat . then"), Behind(generator, "a . then on </s> the . then"),
        }));
        Assert.That((string?)lines[1]["prompt"], Is.EqualTo("a\non\nthe"));
    }

    [Test]
    public void Without_a_template_there_is_no_answer()
    {
        File.Delete(Path.Combine(_model, "chat_template.jinja"));

        CliRun run = Generate("--prompt", "the cat", "--chat");

        Assert.That((run.ExitCode, run.Error), Is.EqualTo((1, "error: the model has no chat template, which says how "
            + "conversations become texts. Put chat_template.jinja into its folder, or write prompts and "
            + "completions.\n")));
    }

    [Test]
    public void A_conversation_longer_than_the_model_is_refused()
    {
        using Generator generator = Generator.Open(_model);

        Assert.That(
            () => generator.Stream([("user", string.Join(' ', Enumerable.Repeat("cat", 40)))]).ToList(),
            Throws.InstanceOf<RunException>().With.Message.Contains("43 tokens; the model has 32 positions"));
    }

    [Test]
    public void What_is_no_conversation_is_refused()
    {
        using Generator generator = Generator.Open(_model);

        Assert.That(() => generator.Stream([("bot", "x")]), Throws.ArgumentException.With.Message.Contains(
            "the role 'bot' and the content 'x'; expected the role system, user or assistant"));
        Assert.That(() => generator.Stream([("assistant", "x")]), Throws.ArgumentException.With.Message.Contains(
            "The assistant is to answer"));
    }

    [Test]
    public void A_run_learns_answers_and_its_export_keeps_the_template()
    {
        string[] rows = [.. new[] { ("cat", "ran"), ("dog", "sat on") }.Select(row =>
            $$"""
            {"messages": [{"role":"user","content":"the {{row.Item1}}"},{"role":"assistant","content":"{{row.Item2}}"}]}
            """)];
        string data = _files.Write("chats.jsonl", string.Join('\n', rows));

        CliRun run = CliRun.Of(
            "finetune", "--model", _model, "--task", "causal_lm", "--train", data, "--eval", data, "--epochs", "40",
            "--batch-size", "2", "--lr", "1e-2", "--out", _files.File("out"), "--quiet");

        Assert.That((run.ExitCode, run.Error), Is.EqualTo((0, "")));
        Assert.That(File.ReadAllText(_files.File("out/chat_template.jinja")), Is.EqualTo(Template));
        using Generator generator = Generator.Open(_files.File("out"));
        Assert.That(string.Concat(generator.Stream([("user", "the dog")], Options)).Trim(), Is.EqualTo("sat on"));
    }

    [Test]
    public void An_export_names_the_token_that_ends_an_answer()
    {
        string template = Path.Combine(_model, "chat_template.jinja");
        JsonNode Ends(string output, string text, string file, string field)
        {
            File.WriteAllText(template, text);
            CliRun.Of("export", "--model", _model, "--out", _files.File(output)).Succeeded();
            string path = Path.Combine(_files.File(output), file);
            return File.Exists(path) ? Field(JsonNode.Parse(File.ReadAllText(path))!, field) : "none";
        }

        // The token that begins texts, 1, ends an answer, beside 2, which ends texts.
        string other = Template.Replace("else eos_token", "else bos_token", StringComparison.Ordinal);
        Assert.That(Ends("other", other, "generation_config.json", "eos_token_id").ToJsonString(), Is.EqualTo("[2,1]"));
        Assert.That(Field(JsonNode.Parse(File.ReadAllText(_files.File("other/generation_config.json")))!,
            "bos_token_id").ToJsonString(), Is.EqualTo("1"));
        Assert.That(Ends("genai", other, "genai_config.json", "model/eos_token_id").ToJsonString(),
            Is.EqualTo("[2,1]"));
        Assert.That(Ends("same", Template, "generation_config.json", "eos_token_id").ToJsonString(),
            Is.EqualTo("\"none\""));
        Assert.That(Ends("odd", "{% macro x %}", "generation_config.json", "eos_token_id").ToJsonString(),
            Is.EqualTo("\"none\""));
    }

    [Test]
    public void Answers_are_scored_by_what_the_model_writes_in_their_place()
    {
        using Generator generator = Generator.Open(_model);
        string[] own =
        [
            Behind(generator, "the cat . then"), Behind(generator, "a . then on </s> the . then"),
        ];
        string data = _files.Write("chats.jsonl", string.Join('\n', new[]
        {
            new[] { ("user", "the cat"), ("assistant", own[0]) },
            [("user", "a"), ("assistant", "on"), ("user", "the"), ("assistant", own[1]), ("user", "hill")],
        }.Select(chat => new JsonObject
        {
            ["messages"] = new JsonArray([.. chat.Select(message => (JsonNode)new JsonObject
            {
                ["role"] = message.Item1, ["content"] = message.Item2,
            })]),
        }.ToJsonString())));

        CliRun run = CliRun.Of(
            "evaluate", "--model", _model, "--data", data, "--generate", "--max-new-tokens", "8", "--json",
            "--output", _files.File("written.jsonl")).Succeeded();

        JsonNode scores = JsonNode.Parse(run.Out)!;
        Assert.That((int)scores["examples"]!, Is.EqualTo(2));
        Assert.That((double)scores["values"]!["rougeL"]!, Is.EqualTo(100).Within(1e-9));
        JsonNode[] lines = [.. File.ReadLines(_files.File("written.jsonl")).Select(line => JsonNode.Parse(line)!)];
        Assert.That(lines.Select(line => (string?)line["prompt"]), Is.EqualTo(new[] { "the cat", "a\non\nthe" }));
        Assert.That(lines.Select(line => (string?)line["text"]), Is.EqualTo(own));
        Assert.That(lines.Select(line => (string?)line["reference"]), Is.EqualTo(own));
    }

    [Test]
    public void An_answer_before_which_nothing_stands_is_refused()
    {
        string data = _files.Write("chats.jsonl",
            """{"messages": [{"role": "assistant", "content": "the cat"}, {"role": "user", "content": "sat"}]}""");

        CliRun run = CliRun.Of("evaluate", "--model", _model, "--data", data, "--generate");

        Assert.That(run.ExitCode, Is.EqualTo(1));
        Assert.That(run.Error,
            Does.Contain("line 1").And.Contain("nothing stands before the assistant's last message"));
    }

    private static JsonNode Field(JsonNode node, string path) =>
        path.Split('/').Aggregate(node, (at, name) => at[name]!);

    private CliRun Generate(params string[] words) =>
        CliRun.Of(["generate", "--model", _model, "--max-new-tokens", "8", .. words]);

    private static string Behind(Generator generator, string text, GenerationOptions? options = null) =>
        generator.Generate([text], options ?? Options)[0].Text;
}
