using System.Net;
using System.Text;
using OrtTrainer.Server;

namespace OrtTrainer.Tests.Server;

/// <summary>Requests that are wrong are told what is wrong, and leave the server as it was.</summary>
public sealed class BadRequestTests
{
    // As many requests fill pools, caches and counters of the runtime.
    private const int WarmUp = 600;
    private const int Measured = 1500;
    private const long MostBytes = 1 << 20;

    private static readonly ServingOptions Small = new() { MaxBodyBytes = 400, MaxTexts = 3, MaxCharacters = 60 };

    private TestServer _server = null!;

    [OneTimeSetUp]
    public async Task StartAsync() => _server = await TestServer.StartAsync(serving: Small);

    [OneTimeTearDown]
    public async Task StopAsync() => await _server.DisposeAsync();

    [TestCase("", 400, "malformed")]
    [TestCase("{", 400, "malformed")]
    [TestCase("{}", 400, "malformed")]
    [TestCase("[]", 400, "malformed")]
    [TestCase("\"text\"", 400, "malformed")]
    [TestCase("""{"text": "a"} {"text": "b"}""", 400, "malformed")]
    [TestCase("""{"text": 1}""", 400, "malformed")]
    [TestCase("""{"text": null}""", 400, "malformed")]
    [TestCase("""{"text": ["a"]}""", 400, "malformed")]
    [TestCase("""{"txt": "a"}""", 400, "malformed")]
    [TestCase("""{"text": "a", "text": "b"}""", 400, "malformed")]
    [TestCase("""{"text": "\ud83d"}""", 400, "malformed")]
    [TestCase("""{"\udc00": "a"}""", 400, "malformed")]
    [TestCase("""{"inputs": []}""", 400, "malformed")]
    [TestCase("""{"inputs": "a"}""", 400, "malformed")]
    [TestCase("""{"inputs": [1]}""", 400, "malformed")]
    [TestCase("""{"inputs": ["a"], "text": "b"}""", 400, "malformed")]
    [TestCase("""{"inputs": ["a", {"text": false}]}""", 400, "malformed")]
    [TestCase("[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]", 400, "malformed")]
    [TestCase("""{"inputs": ["a", "b", "c", "d"]}""", 413, "texts")]
    [TestCase("""{"text": "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffg"}""", 413, "characters")]
    public async Task A_body_that_is_not_what_the_task_reads_is_refused(string body, int status, string reason) =>
        Assert.That(await TestServer.RefusalOf(_server.PostAsync(body)), Is.EqualTo((status, reason)));

    [TestCase("text/plain")]
    [TestCase("application/x-www-form-urlencoded")]
    [TestCase("application/json; charset=latin1")]
    [TestCase("")]
    public async Task Another_type_of_content_is_refused(string type) => Assert.That(
        await TestServer.RefusalOf(_server.PostAsync("""{"text": "a"}""", type)), Is.EqualTo((415, "content_type")));

    [TestCase("application/json; charset=UTF-8")]
    [TestCase("Application/JSON")]
    public async Task The_type_of_JSON_may_be_written_in_its_other_forms(string type)
    {
        using HttpResponseMessage answer = await _server.PostAsync("""{"text": "a"}""", type);

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.OK));
    }

    [Test]
    public async Task Bytes_that_are_no_UTF_8_are_refused()
    {
        byte[] body = [.. "{\"text\": \""u8, 0xC3, 0x28, .. "\"}"u8];

        Assert.That(await TestServer.RefusalOf(_server.PostAsync(body)), Is.EqualTo((400, "malformed")));
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task A_body_that_is_too_long_is_refused_whether_it_says_so_or_not(bool says)
    {
        using MemoryStream body = new(Encoding.UTF8.GetBytes(PredictEndpointTests.BodyOf(new string('a', 5000))));
        using StreamContent content = new(body);
        content.Headers.TryAddWithoutValidation("Content-Type", "application/json");
        using HttpRequestMessage request = new(HttpMethod.Post, "/predict") { Content = content };
        request.Headers.TransferEncodingChunked = !says;

        (int status, _) = await TestServer.RefusalOf(_server.Client.SendAsync(request));

        Assert.That(status, Is.EqualTo(413));
    }

    [TestCase("GET", "/predict", 405)]
    [TestCase("POST", "/metrics", 405)]
    [TestCase("GET", "/elsewhere", 404)]
    [TestCase("GET", "/../etc/passwd", 404)]
    public async Task Other_paths_and_methods_are_refused(string method, string path, int status)
    {
        using HttpRequestMessage request = new(new HttpMethod(method), path);

        Assert.That((await TestServer.RefusalOf(_server.Client.SendAsync(request))).Status, Is.EqualTo(status));
    }

    [Test]
    public async Task What_was_wrong_is_told_with_the_place_and_the_name_that_was_meant()
    {
        using HttpResponseMessage answer = await _server.PostAsync("""{"inputs": ["a", {"txt": "b"}]}""");

        Assert.That(await answer.Content.ReadAsStringAsync(),
            Does.Contain("inputs[1]: found the property 'txt'; expected text, pair. Did you mean 'text'?"));
    }

    [Test]
    public async Task A_question_without_a_context_is_refused()
    {
        await using TestServer server = await TestServer.StartAsync("question_answering");

        Assert.That(await TestServer.RefusalOf(server.PostAsync("""{"question": "who ?"}""")),
            Is.EqualTo((400, "malformed")));
        Assert.That(await TestServer.RefusalOf(server.PostAsync("""{"inputs": ["who ?"]}""")),
            Is.EqualTo((400, "malformed")));
    }

    [Test]
    public async Task Many_bad_requests_leave_memory_as_it_was_and_the_server_answering()
    {
        await SendBadAsync(WarmUp);
        long before = GC.GetTotalMemory(forceFullCollection: true);
        await SendBadAsync(Measured);
        long after = GC.GetTotalMemory(forceFullCollection: true);

        Assert.That(after - before, Is.LessThan(MostBytes));
        Assert.That(await _server.AnswerAsync("""{"text": "star"}"""), Does.Contain("\"label\""));
    }

    private async Task SendBadAsync(int count)
    {
        for (int i = 0; i < count; i++)
        {
            byte[] body = BadBodies.Of(i);
            using HttpResponseMessage answer = await _server.PostAsync(body);
            Assert.That((int)answer.StatusCode, Is.InRange(400, 499), Encoding.UTF8.GetString(body));
        }
    }
}
