using System.Globalization;
using OrtTrainer.Server.Monitoring;

namespace OrtTrainer.Tests.Server;

public sealed class MetricsTests
{
    [Test]
    public async Task Requests_texts_tokens_and_errors_are_counted()
    {
        await using TestServer server = await TestServer.StartAsync();
        _ = await server.AnswerAsync("""{"text": "what is a neutron star ?"}""");
        _ = await server.AnswerAsync("""{"inputs": ["star", "the book"]}""");
        _ = await TestServer.RefusalOf(server.PostAsync("{"));
        _ = await TestServer.RefusalOf(server.PostAsync("{}", "text/plain"));
        _ = await TestServer.RefusalOf(server.Client.GetAsync("/none"));

        Assert.That(await server.MetricAsync("requests_total{endpoint=\"predict\",status=\"200\"}"), Is.EqualTo(2));
        Assert.That(await server.MetricAsync("requests_total{endpoint=\"predict\",status=\"400\"}"), Is.EqualTo(1));
        Assert.That(await server.MetricAsync("requests_total{endpoint=\"predict\",status=\"415\"}"), Is.EqualTo(1));
        Assert.That(await server.MetricAsync("requests_total{endpoint=\"none\",status=\"404\"}"), Is.EqualTo(1));
        Assert.That(await server.MetricAsync("errors_total{reason=\"malformed\"}"), Is.EqualTo(1));
        Assert.That(await server.MetricAsync("errors_total{reason=\"content_type\"}"), Is.EqualTo(1));
        Assert.That(await server.MetricAsync("texts_total"), Is.EqualTo(3));

        // [CLS] what is a neutron star ? [SEP], [CLS] star [SEP], [CLS] the book [SEP].
        Assert.That(await server.MetricAsync("tokens_total"), Is.EqualTo(8 + 3 + 4));
        Assert.That(await server.MetricAsync("queue_seconds_count"), Is.EqualTo(3));
        Assert.That(await server.MetricAsync("batch_texts_sum"), Is.EqualTo(3));
        Assert.That(await server.MetricAsync("batch_tokens_sum"), Is.EqualTo(15));
        Assert.That(await server.MetricAsync("request_seconds_count"), Is.EqualTo(4));
        Assert.That(await server.MetricAsync("requests_in_flight"), Is.Zero);
        Assert.That(await server.MetricAsync("queue_texts"), Is.Zero);
        Assert.That(await server.MetricAsync("ready"), Is.EqualTo(1));
    }

    [Test]
    public async Task Every_line_is_of_the_format_and_every_metric_is_described_once()
    {
        await using TestServer server = await TestServer.StartAsync();
        _ = await server.AnswerAsync("""{"text": "star"}""");
        using HttpResponseMessage answer = await server.Client.GetAsync("/metrics");
        string[] lines = (await answer.Content.ReadAsStringAsync()).TrimEnd('\n').Split('\n');

        Assert.That(answer.Content.Headers.ContentType!.ToString(), Is.EqualTo(PrometheusText.ContentType));
        Assert.That(lines, Is.All.Match(
            @"^(# HELP orttrainer_\w+ .+|# TYPE orttrainer_\w+ (counter|gauge|histogram)|"
            + @"orttrainer_\w+(\{\w+=""[^""]*""(,\w+=""[^""]*"")*\})? [0-9.E+-]+)$"));
        string[] described = [.. lines.Where(line => line.StartsWith("# TYPE", StringComparison.Ordinal))];
        Assert.That(described, Is.Unique);
    }

    [Test]
    public void A_histogram_counts_values_up_to_each_bound_the_bound_included()
    {
        Histogram histogram = new(1, 2, 4);
        foreach (double value in new[] { 0.5, 1, 1.5, 4, 5 })
        {
            histogram.Add(value);
        }

        (long[] cumulative, double sum) = histogram.Read();

        Assert.That(cumulative, Is.EqualTo(new[] { 2, 3, 4, 5 }));
        Assert.That(sum.ToString(CultureInfo.InvariantCulture), Is.EqualTo("12"));
    }
}
