using System.Text.Json.Nodes;
using Microsoft.OpenApi;
using Microsoft.OpenApi.Reader;

namespace OrtTrainer.Tests.Server;

/// <summary>The description is valid, and says what the model's task reads and answers.</summary>
public sealed class OpenApiTests
{
    private static readonly (string Task, string Body)[] Tasks =
    [
        ("classification", """{"text": "the star", "pair": "a book"}"""), ("multi_label", """{"text": "the star"}"""),
        ("regression", """{"text": "the star"}"""), ("token_classification", """{"text": "the star in paris"}"""),
        ("question_answering", """{"question": "what ?", "context": "the book is red ."}"""),
        ("sentence_similarity", """{"text": "the star"}"""), ("masked_lm", """{"text": "the [MASK]"}"""),
    ];

    [TestCaseSource(nameof(Tasks))]
    public async Task It_is_valid_and_what_is_sent_and_answered_is_of_its_schemas((string Task, string Body) example)
    {
        await using TestServer server = await TestServer.StartAsync(example.Task, new() { ApiKey = "k" });
        server.Client.DefaultRequestHeaders.Add("X-Api-Key", "k");
        string text = await server.Client.GetStringAsync("/openapi.json");

        ReadResult read = OpenApiDocument.Parse(text, "json");

        Assert.That(read.Diagnostic!.Errors.Concat(read.Diagnostic.Warnings).Select(error => error.ToString()),
            Is.Empty);
        Assert.That(read.Document!.Paths.Keys, Is.EquivalentTo(
            new[] { "/predict", "/health/live", "/health/ready", "/metrics", "/openapi.json" }));
        JsonNode document = JsonNode.Parse(text)!;
        JsonObject schemas = document["components"]!["schemas"]!.AsObject();
        Assert.That((string?)document["info"]!["x-task"], Is.EqualTo(example.Task));
        Assert.That((string?)document["info"]!["x-model"], Is.EqualTo(server.ModelName));
        Assert.That((bool?)document["info"]!["x-pairs"], Is.EqualTo(
            example.Task is "sentence_similarity" or "question_answering" ? true : (bool?)null));
        Assert.That(SchemaErrors.Of(JsonNode.Parse(example.Body), schemas["Input"]!, schemas), Is.Empty);
        JsonNode answer = JsonNode.Parse(await server.AnswerAsync(example.Body))!;
        Assert.That(SchemaErrors.Of(answer, schemas["Answer"]!, schemas), Is.Empty);
        JsonNode answers = JsonNode.Parse(await server.AnswerAsync($$"""{"inputs": [{{example.Body}}]}"""))!;
        Assert.That(SchemaErrors.Of(answers, schemas["Answers"]!, schemas), Is.Empty);
        using HttpResponseMessage refused = await server.PostAsync("{");
        JsonNode problem = JsonNode.Parse(await refused.Content.ReadAsStringAsync())!;
        Assert.That(SchemaErrors.Of(problem, schemas["Problem"]!, schemas), Is.Empty);
    }
}
