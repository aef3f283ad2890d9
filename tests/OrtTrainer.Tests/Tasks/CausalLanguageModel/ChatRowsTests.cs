using OrtTrainer.Data;
using OrtTrainer.Tasks.CausalLanguageModel;
using OrtTrainer.Tests.Checkpoints;

namespace OrtTrainer.Tests.Tasks.CausalLanguageModel;

/// <summary>Conversations in JSON Lines.</summary>
public sealed class ChatRowsTests
{
    private const string User = """{"role": "user", "content": "the cat"}""";
    private const string Answer = """{"role": "assistant", "content": "sat", "mood": ["calm"]}""";

    private TemporaryFolder _files = null!;

    [SetUp]
    public void Make() => _files = new TemporaryFolder();

    [TearDown]
    public void Remove() => _files.Dispose();

    [Test]
    public void A_conversation_keeps_its_messages_and_what_they_have_beside()
    {
        ChatExample chat = (ChatExample)Read($"[{User}, {Answer}]");

        Assert.That(chat.Messages.Select(ChatExample.RoleOf), Is.EqualTo(new[] { "user", "assistant" }));
        Assert.That(chat.Messages[1]["mood"], Is.EqualTo(new object[] { "calm" }));
        Assert.That((chat.Text, chat.Line), Is.EqualTo(("the cat\nsat", 2)));
    }

    [TestCase("3", "'messages' is no list; expected messages such as [{\"role\": \"user\", \"content\": \"…\"}].")]
    [TestCase("[]", "'messages' is empty; expected one message or more. Take the row out.")]
    [TestCase("[3]", "'messages' is not as expected: message 1 is no object; expected one with role and content.")]
    [TestCase($$"""[{{User}}, {"role": "bot", "content": "x"}]""",
        "'messages' is not as expected: message 2 has the role 'bot'; expected system, user or assistant.")]
    [TestCase("""[{"content": "x"}]""",
        "'messages' is not as expected: message 1 has no role; expected system, user or assistant.")]
    [TestCase($$"""[{{User}}, {"role": "assistant", "content": " "}]""",
        "'messages' is not as expected: message 2 (assistant) is empty; expected a text. Write it, or take")]
    [TestCase($$"""[{"role": "user", "content": [1]}]""",
        "'messages' is not as expected: message 1 (user) has a list as its content; expected a text.")]
    [TestCase("""[{"role": "user"}]""",
        "'messages' is not as expected: message 1 (user) has none as its content; expected a text.")]
    [TestCase($"[{User}]", "'messages' has no message of the assistant, whose words are learned;")]
    public void What_is_no_conversation_to_learn_from_is_refused(string messages, string problem) => Assert.That(
        () => Read(messages),
        Throws.InstanceOf<DataFileException>().With.Message.StartWith($"{Path}, line 2: {problem}"));

    [Test]
    public void One_to_go_on_with_does_not_end_with_an_answer()
    {
        Assert.That(ChatRows.ReadQuestion(Row($"[{User}]")).Messages, Has.Count.EqualTo(1));
        Assert.That(
            () => ChatRows.ReadQuestion(Row($"[{User}, {Answer}]")),
            Throws.InstanceOf<DataFileException>().With.Message.StartWith(
                $"{Path}, line 2: 'messages' ends with a message of the assistant, who is to answer;"));
    }

    private string Path => _files.File("chats.jsonl");

    private Example Read(string messages) => CausalLanguageModelTask.Instance
        .ReadExamples(Row(messages), CausalLanguageModelTask.Instance.DefaultColumns).Single();

    private DataRow Row(string messages) =>
        TableReader.Read(_files.Write("chats.jsonl", $"\n{{\"messages\": {messages}}}\n")).Single();
}
