using System.Net;
using System.Net.Sockets;
using System.Text;
using OrtTrainer.Server;

namespace OrtTrainer.Tests.Server;

/// <summary>Limits on what waits and on time.</summary>
public sealed class LimitTests
{
    [Test]
    public async Task What_comes_beyond_the_queue_is_told_to_come_again()
    {
        using ManualResetEventSlim gate = new(false);
        await using TestServer server = await TestServer.StartAsync(
            serving: new() { QueueTexts = 2, TokensPerBatch = 1 }, gate: gate);
        List<Task<string>> taken = [server.AnswerAsync("""{"text": "star"}""")];
        await UntilAsync(() => server.Model.Metrics.QueueSeconds.Read().Cumulative[^1] == 1);
        taken.AddRange([server.AnswerAsync("""{"text": "a"}"""), server.AnswerAsync("""{"text": "b"}""")]);
        await UntilAsync(() => server.Model.Waiting == 2);

        using HttpResponseMessage refused = await server.PostAsync("""{"text": "c"}""");
        gate.Set();

        Assert.That(refused.StatusCode, Is.EqualTo(HttpStatusCode.ServiceUnavailable));
        Assert.That(refused.Headers.RetryAfter!.Delta, Is.GreaterThanOrEqualTo(TimeSpan.FromSeconds(1)));
        Assert.That(await Task.WhenAll(taken), Is.All.Contains("\"label\""));
        Assert.That(await server.MetricAsync("errors_total{reason=\"queue_full\"}"), Is.EqualTo(1));
    }

    [Test]
    public async Task A_request_that_takes_too_long_is_told_so_and_what_waits_of_it_does_not_run()
    {
        using ManualResetEventSlim gate = new(false);
        await using TestServer server = await TestServer.StartAsync(
            serving: new() { Timeout = TimeSpan.FromSeconds(1), TokensPerBatch = 1 }, gate: gate);

        (int, string) refusal = await TestServer.RefusalOf(server.PostAsync("""{"inputs": ["a", "b", "c"]}"""));
        gate.Set();
        await UntilAsync(() => server.Model.Waiting == 0);

        Assert.That(refusal, Is.EqualTo((504, "deadline")));
        Assert.That(await server.AnswerAsync("""{"text": "star"}"""), Does.Contain("\"label\""));
        Assert.That(server.Model.Metrics.Texts, Is.EqualTo(2), "the first text of the request, and the last request");
    }

    [Test]
    public async Task A_client_that_leaves_takes_what_waits_with_it()
    {
        using ManualResetEventSlim gate = new(false);
        await using TestServer server = await TestServer.StartAsync(serving: new() { TokensPerBatch = 1 }, gate: gate);
        using (TcpClient client = await ConnectAsync(server))
        {
            await SendAsync(client, PostOf("""{"inputs": ["a", "b", "c"]}"""));
            await UntilAsync(() => server.Model.Waiting == 2);
        }

        await UntilAsync(() => server.Model.Metrics.InFlight == 0);
        gate.Set();
        await UntilAsync(() => server.Model.Waiting == 0);

        Assert.That(await server.AnswerAsync("""{"text": "star"}"""), Does.Contain("\"label\""));
        Assert.That(await server.MetricAsync("errors_total{reason=\"client_left\"}"), Is.EqualTo(1));
    }

    [Test]
    public async Task A_body_that_does_not_come_is_not_waited_for()
    {
        await using TestServer server = await TestServer.StartAsync(
            serving: new() { Timeout = TimeSpan.FromSeconds(1) });
        using TcpClient client = await ConnectAsync(server);

        await SendAsync(client, "POST /predict HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            + "Content-Length: 100\r\n\r\n{\"text\"");

        Assert.That(await ReadAsync(client), Does.StartWith("HTTP/1.1 408 ").And.Contain("slow_body"));
    }

    [Test]
    public async Task Headers_that_do_not_end_are_not_waited_for()
    {
        await using TestServer server = await TestServer.StartAsync(
            configure: options => options with { HeadersTimeout = TimeSpan.FromSeconds(1) });
        using TcpClient client = await ConnectAsync(server);

        await SendAsync(client, "POST /predict HTTP/1.1\r\nHost: x\r\nX-Slow: ");

        Assert.That(await ReadAsync(client), Does.StartWith("HTTP/1.1 408 "));
    }

    [Test]
    public async Task Connections_beyond_the_limit_are_closed()
    {
        await using TestServer server = await TestServer.StartAsync(
            configure: options => options with { MaxConnections = 2 });
        using TcpClient first = await ConnectAsync(server), second = await ConnectAsync(server);
        await AskAsync(first);
        await AskAsync(second);
        using TcpClient third = await ConnectAsync(server);

        Assert.That(await ReadAsync(third), Is.Empty);
    }

    [Test]
    public async Task With_a_key_only_those_who_bring_it_are_answered()
    {
        await using TestServer server = await TestServer.StartAsync(serving: new() { ApiKey = "s3cret" });

        Assert.That(await TestServer.RefusalOf(server.PostAsync("""{"text": "a"}""")), Is.EqualTo((401, "key")));
        Assert.That(await StatusOf("/metrics", "X-Api-Key", "s3cre"), Is.EqualTo(401));
        Assert.That(await StatusOf("/openapi.json", "Authorization", "Basic s3cret"), Is.EqualTo(401));
        Assert.That(await StatusOf("/metrics", "X-Api-Key", "s3cret"), Is.EqualTo(200));
        Assert.That(await StatusOf("/openapi.json", "Authorization", "Bearer s3cret"), Is.EqualTo(200));
        Assert.That(await StatusOf("/", "X-None", "x"), Is.EqualTo(200));
        Assert.That(await StatusOf("/health/ready", "X-None", "x"), Is.EqualTo(200));

        async Task<int> StatusOf(string path, string header, string value)
        {
            using HttpRequestMessage request = new(HttpMethod.Get, path);
            request.Headers.TryAddWithoutValidation(header, value);
            using HttpResponseMessage response = await server.Client.SendAsync(request);
            return (int)response.StatusCode;
        }
    }

    [TestCase("https://shop.example", true)]
    [TestCase("https://elsewhere.example", false)]
    public async Task Pages_of_other_origins_may_ask_where_that_is_allowed(string origin, bool allowed)
    {
        await using TestServer server = await TestServer.StartAsync(
            configure: options => options with { CorsOrigins = ["https://shop.example"] });
        using HttpRequestMessage preflight = new(HttpMethod.Options, "/predict");
        preflight.Headers.Add("Origin", origin);
        preflight.Headers.Add("Access-Control-Request-Method", "POST");
        preflight.Headers.Add("Access-Control-Request-Headers", "content-type");

        using HttpResponseMessage answer = await server.Client.SendAsync(preflight);

        Assert.That(answer.Headers.Contains("Access-Control-Allow-Origin"), Is.EqualTo(allowed));
    }

    /// <summary>Waits for something that other threads bring about, a minute at most.</summary>
    internal static async Task UntilAsync(Func<bool> isSo)
    {
        for (int tries = 0; !isSo(); tries++)
        {
            Assert.That(tries, Is.LessThan(6000), "it did not come about");
            await Task.Delay(10);
        }
    }

    internal static string PostOf(string body) => "POST /predict HTTP/1.1\r\nHost: x\r\n"
        + $"Content-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}";

    internal static async Task<TcpClient> ConnectAsync(TestServer server)
    {
        TcpClient client = new();
        await client.ConnectAsync(IPAddress.Loopback, server.Server.Address.Port);
        return client;
    }

    internal static async Task SendAsync(TcpClient client, string text) =>
        await client.GetStream().WriteAsync(Encoding.UTF8.GetBytes(text));

    private static async Task AskAsync(TcpClient client)
    {
        await SendAsync(client, "GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n");
        byte[] some = new byte[1024];
        Assert.That(await client.GetStream().ReadAsync(some), Is.Positive);
    }

    private static async Task<string> ReadAsync(TcpClient client)
    {
        using StreamReader reader = new(client.GetStream());
        try
        {
            return await reader.ReadToEndAsync();
        }
        catch (IOException)
        {
            // Reset in place of closed.
            return "";
        }
    }
}
