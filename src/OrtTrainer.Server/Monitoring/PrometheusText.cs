using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace OrtTrainer.Server.Monitoring;

/// <summary>Metrics in Prometheus' text format, version 0.0.4.</summary>
internal static class PrometheusText
{
    /// <summary>The format's media type.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>Writes all metrics.</summary>
    /// <param name="metrics">What was counted.</param>
    /// <param name="waiting">Texts that wait for the model.</param>
    /// <param name="isReady">Whether the server takes requests.</param>
    public static string Of(ServingMetrics metrics, int waiting, bool isReady)
    {
        StringBuilder text = new();
        Head(text, "requests_total", "counter", "Requests by endpoint and status.");
        foreach ((string endpoint, int status, long count) in metrics.Requests)
        {
            Line(text, "requests_total", $"{{endpoint=\"{endpoint}\",status=\"{status}\"}}", count);
        }

        Head(text, "errors_total", "counter", "Requests for predictions that were not answered, by reason.");
        foreach ((string reason, long count) in metrics.Errors)
        {
            Line(text, "errors_total", $"{{reason=\"{reason}\"}}", count);
        }

        Single(text, "texts_total", "counter", "Texts that the model ran on.", metrics.Texts);
        Single(text, "tokens_total", "counter", "Their tokens, without padding.", metrics.Tokens);
        Single(text, "requests_in_flight", "gauge", "Requests for predictions that run now.", metrics.InFlight);
        Single(text, "queue_texts", "gauge", "Texts that wait for the model.", waiting);
        Single(text, "ready", "gauge", "Whether the server takes requests.", isReady ? 1 : 0);
        Single(text, "managed_bytes", "gauge", "Memory of managed objects.", GC.GetTotalMemory(false));
        Single(text, "resident_bytes", "gauge", "Memory of the process.", Environment.WorkingSet);
        Single(text, "processor_seconds_total", "counter", "Processor time of the process.",
            Process.GetCurrentProcess().TotalProcessorTime.TotalSeconds);
        Buckets(text, "request_seconds", "Seconds of a request for predictions.", metrics.RequestSeconds);
        Buckets(text, "queue_seconds", "Seconds that texts wait for the model.", metrics.QueueSeconds);
        Buckets(text, "model_seconds", "Seconds of a batch in the model.", metrics.ModelSeconds);
        Buckets(text, "batch_texts", "Texts of a batch.", metrics.BatchTexts);
        Buckets(text, "batch_tokens", "Tokens of a batch, without padding.", metrics.BatchTokens);
        return text.ToString();
    }

    private static void Single(StringBuilder text, string name, string type, string help, double value)
    {
        Head(text, name, type, help);
        Line(text, name, "", value);
    }

    private static void Buckets(StringBuilder text, string name, string help, Histogram histogram)
    {
        Head(text, name, "histogram", help);
        (long[] cumulative, double sum) = histogram.Read();
        for (int i = 0; i < histogram.Bounds.Count; i++)
        {
            Line(text, $"{name}_bucket", $"{{le=\"{Number(histogram.Bounds[i])}\"}}", cumulative[i]);
        }

        Line(text, $"{name}_bucket", "{le=\"+Inf\"}", cumulative[^1]);
        Line(text, $"{name}_sum", "", sum);
        Line(text, $"{name}_count", "", cumulative[^1]);
    }

    private static void Head(StringBuilder text, string name, string type, string help) =>
        text.Append($"# HELP orttrainer_{name} {help}\n# TYPE orttrainer_{name} {type}\n");

    private static void Line(StringBuilder text, string name, string labels, double value) =>
        text.Append($"orttrainer_{name}{labels} {Number(value)}\n");

    private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
