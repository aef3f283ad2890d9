using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Examples;

namespace OrtTrainer.Tests.Server;

/// <summary>docs/serving.md: its examples are sent, and its program runs.</summary>
public sealed partial class ServingPageTests
{
    private static readonly string Page = File.ReadAllText(
        Path.Combine(SharedFiles.RepositoryRoot, "docs", "serving.md")).ReplaceLineEndings("\n");

    private static IEnumerable<TestCaseData> Examples() => Rows().Matches(Page).Select(row =>
        new TestCaseData(row.Groups["task"].Value, row.Groups["body"].Value, row.Groups["answer"].Value));

    [Test]
    public void There_are_examples_of_every_task_that_is_tried_here() => Assert.That(
        Examples().Select(example => (string)example.Arguments[0]!).Distinct(), Is.EquivalentTo(new[]
        {
            "classification", "multi_label", "regression", "token_classification", "question_answering",
            "sentence_similarity", "masked_lm",
        }));

    [TestCaseSource(nameof(Examples))]
    public async Task An_example_is_answered_with_the_properties_that_the_page_shows(
        string task, string body, string shown)
    {
        await using TestServer server = await TestServer.StartAsync(task);

        JsonObject answer = JsonNode.Parse(await server.AnswerAsync(body))!.AsObject();

        JsonObject expected = JsonNode.Parse(shown)!.AsObject();
        Assert.That(answer.Select(property => property.Key), Is.EqualTo(expected.Select(property => property.Key)));
        Assert.That(answer.Select(property => property.Value!.GetValueKind()),
            Is.EqualTo(expected.Select(property => property.Value!.GetValueKind())));
    }

    [Test]
    public async Task The_paths_of_the_page_are_those_of_the_server()
    {
        await using TestServer server = await TestServer.StartAsync();

        foreach (Match row in Paths().Matches(Page))
        {
            using HttpRequestMessage request =
                new(new HttpMethod(row.Groups["method"].Value), row.Groups["path"].Value);
            using HttpResponseMessage answer = await server.Client.SendAsync(request);
            Assert.That(answer.StatusCode, Is.EqualTo(row.Groups["method"].Value == "GET"
                ? HttpStatusCode.OK
                : HttpStatusCode.UnsupportedMediaType), row.Value);
        }

        Assert.That(Paths().Count(Page), Is.EqualTo(6));
    }

    [Test]
    public async Task The_program_of_the_page_serves_a_model_beside_other_pages()
    {
        string program = File.ReadAllText(Path.Combine(
            SharedFiles.RepositoryRoot, "tests", "OrtTrainer.Tests", "Server", "Programs", "Mounting.cs"));
        Assert.That(Page, Does.Contain($"```csharp\n{program.ReplaceLineEndings("\n")}```"));
        using TinyFolder model = new();
        string address = $"http://127.0.0.1:{FreePort()}";
        using HttpClient client = new() { BaseAddress = new Uri(address) };

        Task running = Mounting.Main([model.Path, address]);
        while (!running.IsCompleted && !await IsUpAsync(client))
        {
            await Task.Delay(20);
        }

        using StringContent body = new(
            """{"text": "star"}""", new System.Net.Http.Headers.MediaTypeHeaderValue("application/json"));
        using HttpResponseMessage answer = await client.PostAsync("/model/predict", body);
        string page = await client.GetStringAsync("/model");
        using HttpResponseMessage end = await client.GetAsync("/end");
        await running;

        Assert.That(await answer.Content.ReadAsStringAsync(), Does.StartWith("{\"label\":"));
        Assert.That(page, Does.Contain("<title>OrtTrainer</title>"));
    }

    private static async Task<bool> IsUpAsync(HttpClient client)
    {
        try
        {
            using HttpResponseMessage ready = await client.GetAsync("/model/health/ready");
            return ready.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    [GeneratedRegex(@"^\| `(?<task>\w+)` \| `(?<body>\{.+\})` \| `(?<answer>\{.+\})` \|$", RegexOptions.Multiline)]
    private static partial Regex Rows();

    [GeneratedRegex(@"^\| `(?<method>GET|POST) (?<path>/[^`]*)` \|", RegexOptions.Multiline)]
    private static partial Regex Paths();
}
