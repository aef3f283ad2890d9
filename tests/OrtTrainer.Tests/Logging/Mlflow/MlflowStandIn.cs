using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace OrtTrainer.Tests.Logging.Mlflow;

/// <summary>A tracking server on the loopback address that keeps what it is told in memory.</summary>
internal sealed class MlflowStandIn : IDisposable
{
    private readonly HttpListener _listener;
    private readonly Task _serving;

    /// <param name="port">Where it listens; 0 for any port that is free.</param>
    public MlflowStandIn(int port = 0)
    {
        Port = port == 0 ? FreePort() : port;
        _listener = new HttpListener { Prefixes = { $"http://127.0.0.1:{Port}/" } };
        _listener.Start();
        _serving = Task.Run(ServeAsync);
    }

    public int Port { get; }

    public Uri Address => new($"http://127.0.0.1:{Port}/");

    /// <summary>How long every answer takes.</summary>
    public TimeSpan Delay { get; set; }

    /// <summary>The status that it answers everything with; null to do what it is asked.</summary>
    public HttpStatusCode? Refusal { get; set; }

    public Dictionary<string, string> Experiments { get; } = [];

    /// <summary>Runs by id.</summary>
    public Dictionary<string, MlflowStandInRun> Runs { get; } = [];

    /// <summary>The Authorization of every request.</summary>
    public List<string?> Authorizations { get; } = [];

    public static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public void Dispose()
    {
        _listener.Close();
        _serving.Wait();
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception closed) when (closed is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            await Task.Delay(Delay);
            try
            {
                await AnswerAsync(context);
            }
            catch (Exception gone) when (gone is HttpListenerException or ObjectDisposedException or IOException
                or ProtocolViolationException)
            {
                // Whoever asked has stopped waiting.
            }
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        Authorizations.Add(context.Request.Headers["Authorization"]);
        using StreamReader reader = new(context.Request.InputStream);
        string body = await reader.ReadToEndAsync();
        (int status, JsonObject answer) = Refusal is { } refusal
            ? ((int)refusal, new JsonObject { ["error_code"] = "REFUSED", ["message"] = "not today" })
            : Do(
                context.Request.Url!.AbsolutePath.Replace("/api/2.0/mlflow/", "", StringComparison.Ordinal),
                body.Length == 0 ? [] : JsonNode.Parse(body)!.AsObject(), context.Request.QueryString);
        context.Response.StatusCode = status;
        byte[] bytes = Encoding.UTF8.GetBytes(answer.ToJsonString());
        context.Response.ContentLength64 = bytes.Length;
        await context.Response.OutputStream.WriteAsync(bytes);
        context.Response.Close();
    }

    private (int Status, JsonObject Answer) Do(
        string path, JsonObject body, System.Collections.Specialized.NameValueCollection query)
    {
        switch (path)
        {
            case "experiments/get-by-name":
                return Experiments.TryGetValue(query["experiment_name"]!, out string? id)
                    ? (200, new JsonObject { ["experiment"] = new JsonObject { ["experiment_id"] = id } })
                    : Missing();
            case "experiments/create":
                Experiments.Add((string)body["name"]!, "7");
                return (200, new JsonObject { ["experiment_id"] = "7" });
            case "runs/create":
                string run = $"run{Runs.Count}";
                Runs.Add(run, new MlflowStandInRun((string)body["experiment_id"]!, (string)body["run_name"]!));
                JsonObject info = new() { ["run_id"] = run };
                return (200, new JsonObject { ["run"] = new JsonObject { ["info"] = info } });
            case "runs/get":
                return Runs.TryGetValue(query["run_id"]!, out MlflowStandInRun? found)
                    ? (200, found.ToJson())
                    : Missing();
            case "runs/log-batch":
                Runs[(string)body["run_id"]!].Log(body);
                return (200, []);
            case "runs/update":
                Runs[(string)body["run_id"]!].Statuses.Add((string)body["status"]!);
                return (200, []);
            default:
                return (404, new JsonObject { ["error_code"] = "ENDPOINT_NOT_FOUND", ["message"] = path });
        }
    }

    private static (int Status, JsonObject Answer) Missing() =>
        (404, new JsonObject { ["error_code"] = "RESOURCE_DOES_NOT_EXIST", ["message"] = "there is none" });
}

/// <summary>A run that was logged.</summary>
internal sealed record MlflowStandInRun(string Experiment, string Name)
{
    public List<(string Key, double Value, long Step)> Metrics { get; } = [];

    public Dictionary<string, string> Parameters { get; } = [];

    public List<string> Statuses { get; } = [];

    public void Log(JsonObject body)
    {
        JsonArray metrics = body["metrics"]!.AsArray(), parameters = body["params"]!.AsArray();
        Assert.That(metrics.Count + parameters.Count, Is.LessThanOrEqualTo(1000));
        Assert.That(parameters, Has.Count.LessThanOrEqualTo(100));
        foreach (JsonNode? metric in metrics)
        {
            JsonNode value = metric!["value"]!;
            Metrics.Add((
                (string)metric["key"]!,
                value.GetValueKind() == System.Text.Json.JsonValueKind.String
                    ? double.Parse((string)value!, System.Globalization.CultureInfo.InvariantCulture)
                    : (double)value,
                (long)metric["step"]!));
        }

        foreach (JsonNode? parameter in parameters)
        {
            Parameters.Add((string)parameter!["key"]!, (string)parameter["value"]!);
        }
    }

    // A step is a text in some servers' JSON, as protobuf has 64-bit numbers.
    public JsonObject ToJson() => new()
    {
        ["run"] = new JsonObject
        {
            ["data"] = new JsonObject
            {
                ["metrics"] = new JsonArray([.. Metrics.GroupBy(metric => metric.Key).Select(same => new JsonObject
                {
                    ["key"] = same.Key, ["value"] = 0.0, ["step"] = $"{same.Max(metric => metric.Step)}",
                })]),
            },
        },
    };
}
