using OrtTrainer.Tests.Checkpoints;
using OrtTrainer.Tests.Models;
using OrtTrainer.Text;
using OrtTrainer.Text.Templates.Values;

namespace OrtTrainer.Tests.Text;

/// <summary>Where a model's folder has its chat template.</summary>
public sealed class ChatTemplateTests
{
    private static readonly Mapping[] Question = [ChatTemplate.Message("user", "the cat")];

    private TemporaryFolder _files = null!;

    [SetUp]
    public void Make()
    {
        _files = new TemporaryFolder();
        TinyLlama.Write(_files.Path);
    }

    [TearDown]
    public void Remove() => _files.Dispose();

    [Test]
    public void A_text_in_the_settings()
    {
        Write("\"{{ bos_token }}{{ messages[0].content }}{{ eos_token }}{{ pad_token }}{{ add_generation_prompt }}\"");

        Assert.That(Open()!.Render(Question, asksForAnswer: true).Text, Is.EqualTo("<s>the cat</s>True"));
    }

    [Test]
    public void One_of_several_that_have_names()
    {
        Write("""[{"name": "tool_use", "template": "{{ x"}, {"name": "default", "template": "plain"}]""");

        Assert.That(Open()!.Render(Question, asksForAnswer: false).Text, Is.EqualTo("plain"));
    }

    [Test]
    public void A_file_of_its_own_goes_first()
    {
        Write("\"settings\"");
        _files.Write("chat_template.jinja", "file {{ tools is none }}");

        Assert.That(Open()!.Render(Question, asksForAnswer: false).Text, Is.EqualTo("file True"));
    }

    [Test]
    public void None() => Assert.That(Open(), Is.Null);

    [Test]
    public void Several_of_which_none_is_the_usual_one_are_refused()
    {
        Write("""[{"name": "tool_use", "template": ""}]""");

        ChatTemplate template = Open()!;

        Assert.That(
            () => template.Render(Question, asksForAnswer: true),
            Throws.InstanceOf<InvalidDataException>().With.Message.EndsWith(
                "tokenizer_config.json: field 'chat_template' has no template named 'default'."));
    }

    [Test]
    public void One_that_cannot_be_read_is_refused_where_it_is_used()
    {
        Write("\"a\\n{{ 1 | frob }}\"");

        ChatTemplate template = Open()!;

        Assert.That(
            () => template.Render(Question, asksForAnswer: false),
            Throws.InstanceOf<InvalidDataException>().With.Message.EndsWith(
                "field 'chat_template': line 2, column 8: the filter 'frob' is not supported."));
    }

    private ChatTemplate? Open() => Tokenizer.Load(_files.Path).ChatTemplate;

    private void Write(string template) => _files.Write("tokenizer_config.json",
        $$"""{ "bos_token": "<s>", "eos_token": {"content": "</s>"}, "chat_template": {{template}} }""");
}
