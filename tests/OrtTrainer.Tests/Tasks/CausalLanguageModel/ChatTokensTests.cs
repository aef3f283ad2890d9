using OrtTrainer.Common;
using OrtTrainer.Tasks.CausalLanguageModel;
using OrtTrainer.Tasks.TokenPrediction;
using OrtTrainer.Tests.Checkpoints;
using OrtTrainer.Tests.Models;
using OrtTrainer.Text;

namespace OrtTrainer.Tests.Tasks.CausalLanguageModel;

/// <summary>Which tokens of conversations are learned.</summary>
public sealed class ChatTokensTests
{
    // Trailing white space is what a model that stops at </s> does not write.
    private const string Plain =
        """
        {{ bos_token + ' ' }}{% for message in messages %}
        {% if message.role == 'assistant' %}
        {{ 'then ' + message.content + ' ' + eos_token + ' \n' }}
        {% else %}
        {{ message.content + ' . ' }}
        {% endif %}{% endfor %}
        {% if add_generation_prompt %}{{ 'then ' }}{% endif %}
        """;

    private const string Marked =
        """
        {{ bos_token + ' ' }}{% for message in messages %}
        {% if message.role == 'assistant' %}
        then {% generation %}{{ message.content }} {{ eos_token + ' . ' }}{% endgeneration %}

        {% else %}
        {{ message.content + ' . ' + (messages | length) * 'and ' }}
        {% endif %}{% endfor %}
        """;

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
    public void The_assistants_tokens_and_their_end_are_learned()
    {
        Tokenizer tokenizer = With(Plain);

        PredictedExample example = ChatTokens.Of(
            Chat(("user", "the cat"), ("assistant", "sat on"), ("user", "a dog"), ("assistant", "ran")), tokenizer,
            maxLength: null);

        Assert.That(Words(tokenizer, example.InputIds),
            Is.EqualTo("<s> the cat . then sat on </s> a dog . then ran </s>"));
        Assert.That(Words(tokenizer, example.Targets), Is.EqualTo("sat on </s> ran </s>"));
        Assert.That(example.OutputTokens, Is.EqualTo(new[] { 4, 5, 6, 11, 12 }));
    }

    [Test]
    public void What_a_template_marks_is_learned()
    {
        Tokenizer tokenizer = With(Marked);

        PredictedExample example = ChatTokens.Of(
            Chat(("user", "the cat"), ("assistant", "sat"), ("user", "a"), ("assistant", "ran")), tokenizer, null);

        Assert.That(Words(tokenizer, example.Targets), Is.EqualTo("sat </s> . ran </s> ."));
    }

    [Test]
    public void What_is_too_long_is_cut_at_the_end()
    {
        Tokenizer tokenizer = With(Plain);

        PredictedExample example = ChatTokens.Of(
            Chat(("user", "the cat"), ("assistant", "sat on a mat")), tokenizer, maxLength: 7);

        Assert.That(Words(tokenizer, example.InputIds), Is.EqualTo("<s> the cat . then sat on"));
        Assert.That(Words(tokenizer, example.Targets), Is.EqualTo("sat on"));
        Assert.That(example.FullLength, Is.EqualTo(10));
    }

    [Test]
    public void No_room_for_an_answer() => Refused(
        Plain, "what stands before the assistant's first answer has 5 tokens, which leave no room for it in 5.", 5);

    [Test]
    public void No_template() => Refused(null, "the model has no chat template, which says how conversations become");

    [Test]
    public void A_template_of_unknown_syntax() => Refused(
        "{% extends 'x' %}", "the chat template cannot be used: ", null,
        "chat_template.jinja: line 1, column 4: the statement 'extends' is not supported here.");

    [Test]
    public void A_template_that_refuses_the_roles() => Refused(
        "{{ raise_exception('Never.') }}", "the chat template cannot be used: ", null,
        "the template refuses it: Never.");

    [Test]
    public void A_template_that_leaves_answers_out() => Refused(
        "{{ messages[0].content }}", "the template leaves the assistant's messages out");

    [Test]
    public void A_template_whose_messages_change_those_before_them() => Refused(
        "{{ messages | length }}{% for m in messages %}{{ m.content }}{% endfor %}",
        "message 2 changes how the chat template writes those before it");

    [Test]
    public void An_answer_begins_behind_its_beginning() => Assert.That(
        Words(With(Plain), ChatTokens.OfQuestion(Chat(("user", "the cat")).Messages, With(Plain))),
        Is.EqualTo("<s> the cat . then"));

    [TestCase(Plain, 2)]
    [TestCase("{% for m in messages %}{{ m.content }} {% endfor %}", null)]
    public void The_token_that_ends_answers(string template, int? end) =>
        Assert.That(ChatTokens.EndOfAnswer(With(template)), Is.EqualTo(end));

    private void Refused(string? template, string beginning, int? maxLength = null, string end = "")
    {
        Tokenizer tokenizer = With(template);

        Assert.That(
            () => ChatTokens.Of(Chat(("user", "the cat"), ("assistant", "sat")), tokenizer, maxLength),
            Throws.InstanceOf<RunException>().With.Message.StartWith(beginning).And.Message.EndsWith(end));
    }

    private Tokenizer With(string? template)
    {
        if (template is not null)
        {
            _files.Write("chat_template.jinja", template);
        }

        return Tokenizer.Load(_files.Path);
    }

    private static ChatExample Chat(params (string Role, string Content)[] messages) =>
        new([.. messages.Select(message => ChatTemplate.Message(message.Role, message.Content))]);

    private static string Words(Tokenizer tokenizer, int[] ids) => string.Join(' ', ids.Select(tokenizer.IdToToken));
}
