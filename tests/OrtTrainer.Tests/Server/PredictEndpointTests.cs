using System.Text.Json;
using System.Text.Json.Nodes;
using OrtTrainer.Data;
using OrtTrainer.Prediction;

namespace OrtTrainer.Tests.Server;

/// <summary>Answers are those of <c>predict</c>, whoever else asks meanwhile.</summary>
public sealed class PredictEndpointTests
{
    private static readonly string[] Words = ["what", "is", "a", "neutron", "star", "stars", "?", "who", "the", "book"];

    [TestCase("classification")]
    [TestCase("multi_label")]
    [TestCase("regression")]
    [TestCase("token_classification")]
    [TestCase("sentence_similarity")]
    public async Task A_text_is_answered_as_predict_prints_it(string task)
    {
        await using TestServer server = await TestServer.StartAsync(task);

        string answer = await server.AnswerAsync("""{"text": "who wrote the red book ?"}""");

        Assert.That(answer, Is.EqualTo(LineOf(server.Predictor, new Example("who wrote the red book ?"))));
    }

    [TestCase("classification", """{"text": "the star", "pair": "a book"}""", "the star", "a book")]
    [TestCase("sentence_similarity", """{"text": "the star", "pair": "a book"}""", "the star", "a book")]
    [TestCase("sentence_similarity", """{"sentence1": "the star", "sentence2": "a book"}""", "the star", "a book")]
    [TestCase("question_answering", """{"question": "what is red ?", "context": "the book is red ."}""",
        "what is red ?", "the book is red .")]
    [TestCase("masked_lm", """{"text": "the [MASK] is [MASK] ."}""", "the [MASK] is [MASK] .", null)]
    public async Task So_are_pairs_questions_and_masks(string task, string body, string text, string? pair)
    {
        await using TestServer server = await TestServer.StartAsync(task);

        Assert.That(await server.AnswerAsync(body), Is.EqualTo(LineOf(server.Predictor, new Example(text, pair))));
    }

    [Test]
    public async Task Words_may_come_in_place_of_a_text()
    {
        await using TestServer server = await TestServer.StartAsync("token_classification");

        JsonNode answer = JsonNode.Parse(await server.AnswerAsync("""{"tokens": ["who", "wrote", "books"]}"""))!;

        Assert.That(answer["entities"], Is.InstanceOf<JsonArray>());
    }

    [Test]
    public async Task Several_inputs_are_answered_in_their_order()
    {
        await using TestServer server = await TestServer.StartAsync();

        string answer = await server.AnswerAsync(
            """{"inputs": ["the star", {"text": "who ?"}, {"text": "a book", "pair": "red"}, ""]}""");

        string[] lines =
        [
            LineOf(server.Predictor, new("the star")), LineOf(server.Predictor, new("who ?")),
            LineOf(server.Predictor, new("a book", "red")), LineOf(server.Predictor, new("")),
        ];
        Assert.That(answer, Is.EqualTo($$"""{"predictions":[{{string.Join(',', lines)}}]}"""));
    }

    [Test]
    public async Task Each_of_many_at_once_gets_its_own_answer_to_the_last_digit()
    {
        await using TestServer server = await TestServer.StartAsync();
        string[] texts = [.. Enumerable.Range(0, 400).Select(TextOf)];
        string[] expected = [.. texts.Select(text => LineOf(server.Predictor, new Example(text)))];

        string[] answers = await Task.WhenAll(texts.Select(text => server.AnswerAsync(BodyOf(text))));

        Assert.That(answers, Is.EqualTo(expected));
        Assert.That(await server.MetricAsync("texts_total"), Is.EqualTo(400));
        Assert.That(await server.MetricAsync("batch_texts_count"), Is.LessThan(400), "no two ran together");
    }

    [Test]
    public async Task An_input_whose_end_is_not_read_is_counted()
    {
        await using TestServer server = await TestServer.StartAsync();
        string tooLong = string.Join(' ', Enumerable.Repeat("star", 100));

        using HttpResponseMessage cut = await server.PostAsync($$"""{"inputs": ["{{tooLong}}", "star"]}""");
        using HttpResponseMessage whole = await server.PostAsync(BodyOf("star"));

        Assert.That(cut.Headers.GetValues("X-Cut-Texts"), Is.EqualTo(new[] { "1" }));
        Assert.That(whole.Headers.Contains("X-Cut-Texts"), Is.False);
    }

    [Test]
    public async Task A_request_keeps_the_id_that_its_client_gave_it()
    {
        await using TestServer server = await TestServer.StartAsync();

        Assert.That(await IdOf("order-17.b"), Is.EqualTo("order-17.b"));
        Assert.That(await IdOf("two words"), Does.Match("^[0-9a-f]{16}$"));

        async Task<string> IdOf(string id)
        {
            using HttpRequestMessage request = new(HttpMethod.Get, "/health/live");
            request.Headers.TryAddWithoutValidation("X-Request-Id", id);
            using HttpResponseMessage response = await server.Client.SendAsync(request);
            return response.Headers.GetValues("X-Request-Id").Single();
        }
    }

    internal static string BodyOf(string text) => JsonSerializer.Serialize(new { text });

    internal static string LineOf(Predictor predictor, Example example) =>
        new PredictionLine(predictor.Task, predictor.Labels).Of(predictor.Predict([example])[0]);

    private static string TextOf(int number) => string.Join(' ',
        Enumerable.Range(0, 1 + (number * 7 % 23)).Select(i => Words[(number + (i * i)) % Words.Length]));
}
