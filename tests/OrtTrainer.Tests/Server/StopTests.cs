using System.Net;

namespace OrtTrainer.Tests.Server;

/// <summary>A stop loses no request that the server has taken.</summary>
public sealed class StopTests
{
    [Test]
    public async Task Requests_that_run_are_answered_before_the_server_ends()
    {
        using ManualResetEventSlim gate = new(false);
        await using TestServer server = await TestServer.StartAsync(serving: new() { TokensPerBatch = 8 }, gate: gate);
        Task<string>[] running =
            [.. Enumerable.Range(0, 40).Select(i => server.AnswerAsync($$"""{"text": "star {{i}}"}"""))];
        await LimitTests.UntilAsync(() => server.Model.Metrics.InFlight == 40);

        Task<bool> stopping = server.Server.StopAsync();
        gate.Set();

        Assert.That(await Task.WhenAll(running), Is.All.Contains("\"label\""));
        Assert.That(await stopping, Is.True);
        Assert.That(async () => await server.Client.GetAsync("/health/live"),
            Throws.InstanceOf<HttpRequestException>());
    }

    [Test]
    public async Task For_a_while_it_says_that_it_is_not_ready_and_answers_all_the_same()
    {
        await using TestServer server = await TestServer.StartAsync(
            configure: options => options with { StopDelay = TimeSpan.FromSeconds(3) });
        using (HttpResponseMessage before = await server.Client.GetAsync("/health/ready"))
        {
            Assert.That(before.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        }

        Task<bool> stopping = server.Server.StopAsync();
        using HttpResponseMessage ready = await server.Client.GetAsync("/health/ready");
        using HttpResponseMessage live = await server.Client.GetAsync("/health/live");
        string answer = await server.AnswerAsync("""{"text": "star"}""");

        Assert.That((ready.StatusCode, live.StatusCode),
            Is.EqualTo((HttpStatusCode.ServiceUnavailable, HttpStatusCode.OK)));
        Assert.That(answer, Does.Contain("\"label\""));
        Assert.That(await stopping, Is.True);
    }

    [Test]
    public async Task A_request_that_does_not_end_in_time_is_cut_off_and_that_is_told()
    {
        using ManualResetEventSlim gate = new(false);
        await using TestServer server = await TestServer.StartAsync(
            configure: options => options with { StopTimeout = TimeSpan.FromSeconds(0.5) }, gate: gate);
        Task<HttpResponseMessage> running = server.PostAsync("""{"text": "star"}""");
        await LimitTests.UntilAsync(() => server.Model.Metrics.InFlight == 1);

        bool inTime = await server.Server.StopAsync();
        gate.Set();

        Assert.That(inTime, Is.False);
        Assert.That(async () => await running, Throws.InstanceOf<HttpRequestException>());
    }
}
