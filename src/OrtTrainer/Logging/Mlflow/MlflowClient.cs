using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace OrtTrainer.Logging.Mlflow;

/// <summary>The part of MLflow's REST API, 2.0, that a run needs.</summary>
internal sealed class MlflowClient : IDisposable
{
    private const string Api = "api/2.0/mlflow/";
    private const string Missing = "RESOURCE_DOES_NOT_EXIST";

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    private readonly HttpClient _http;

    /// <param name="server">The server.</param>
    /// <param name="timeout">How long an answer may take.</param>
    public MlflowClient(MlflowServer server, TimeSpan timeout)
    {
        // A redirection could lead what authorizes the run elsewhere.
        _http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false })
        {
            BaseAddress = server.Address, Timeout = timeout,
        };
        _http.DefaultRequestHeaders.Authorization = server.Authorization;
    }

    /// <summary>The id of the experiment of that name, which is made where there is none.</summary>
    /// <exception cref="HttpRequestException">The server cannot be reached or refuses.</exception>
    public async Task<string> ExperimentAsync(string name, CancellationToken cancellation)
    {
        string query = $"experiments/get-by-name?experiment_name={Uri.EscapeDataString(name)}";
        JsonNode? found = await AskAsync(HttpMethod.Get, query, null, cancellation, mayBeMissing: true);
        return (string?)found?["experiment"]?["experiment_id"]
            ?? (string?)(await PostAsync("experiments/create", new { Name = name }, cancellation))["experiment_id"]
            ?? throw NotUnderstood("experiments/create");
    }

    /// <summary>The id of a new run.</summary>
    /// <exception cref="HttpRequestException">The server cannot be reached or refuses.</exception>
    public async Task<string> CreateRunAsync(
        string experiment, string name, DateTimeOffset time, CancellationToken cancellation)
    {
        JsonNode made = await PostAsync("runs/create", new
        {
            ExperimentId = experiment,
            RunName = name,
            StartTime = time.ToUnixTimeMilliseconds(),
            Tags = new[] { new { Key = "mlflow.runName", Value = name } },
        }, cancellation);
        return (string?)made["run"]?["info"]?["run_id"] ?? throw NotUnderstood("runs/create");
    }

    /// <summary>The last step of each metric of a run; null where there is no such run.</summary>
    /// <exception cref="HttpRequestException">The server cannot be reached or refuses.</exception>
    public async Task<Dictionary<string, long>?> LastStepsAsync(string run, CancellationToken cancellation)
    {
        JsonNode? found = await AskAsync(
            HttpMethod.Get, $"runs/get?run_id={Uri.EscapeDataString(run)}", null, cancellation, mayBeMissing: true);
        return found?["run"]?["data"] is not { } data ? null
            : (data["metrics"] as JsonArray ?? []).ToDictionary(
                metric => (string)metric!["key"]!, metric => Number(metric!["step"]), StringComparer.Ordinal);
    }

    /// <summary>Logs metrics and parameters.</summary>
    /// <exception cref="HttpRequestException">The server cannot be reached or refuses.</exception>
    public Task LogAsync(
        string run, IEnumerable<MlflowMetric> metrics, IEnumerable<KeyValuePair<string, string>> parameters,
        CancellationToken cancellation) => PostAsync("runs/log-batch", new
    {
        RunId = run,
        Metrics = metrics,
        Params = parameters.Select(parameter => new { parameter.Key, parameter.Value }),
    }, cancellation);

    /// <summary>Says how a run stands.</summary>
    /// <param name="run">Its id.</param>
    /// <param name="status">RUNNING, FINISHED, FAILED or KILLED.</param>
    /// <param name="end">When it ended; null where it goes on.</param>
    /// <param name="cancellation">Stops the request.</param>
    /// <exception cref="HttpRequestException">The server cannot be reached or refuses.</exception>
    public Task UpdateAsync(string run, string status, DateTimeOffset? end, CancellationToken cancellation) =>
        PostAsync("runs/update", new { RunId = run, Status = status, EndTime = end?.ToUnixTimeMilliseconds() },
            cancellation);

    public void Dispose() => _http.Dispose();

    private async Task<JsonNode> PostAsync(string path, object content, CancellationToken cancellation) =>
        (await AskAsync(HttpMethod.Post, path, content, cancellation))!;

    private async Task<JsonNode?> AskAsync(
        HttpMethod method, string path, object? content, CancellationToken cancellation, bool mayBeMissing = false)
    {
        using HttpRequestMessage request = new(method, Api + path)
        {
            Content = content is null ? null : JsonContent.Create(content, content.GetType(), options: Json),
        };
        using HttpResponseMessage response = await _http.SendAsync(request, cancellation);
        string text = await response.Content.ReadAsStringAsync(cancellation);
        JsonNode? answer = Parsed(text);
        if (response.IsSuccessStatusCode)
        {
            return answer ?? throw NotUnderstood(path);
        }

        return mayBeMissing && (string?)answer?["error_code"] == Missing
            ? null
            : throw new HttpRequestException(
                $"{path.Split('?')[0]} was refused with status {(int)response.StatusCode}: "
                + ((string?)answer?["message"] ?? response.ReasonPhrase), null, response.StatusCode);
    }

    private static JsonNode? Parsed(string text)
    {
        try
        {
            return JsonNode.Parse(text) as JsonObject;
        }
        catch (JsonException)
        {
            // A proxy answers in HTML, say; the status tells then.
            return null;
        }
    }

    // 64-bit numbers are texts in protobuf's JSON.
    private static long Number(JsonNode? value) => value?.GetValueKind() == JsonValueKind.String
        ? long.Parse((string)value!, System.Globalization.CultureInfo.InvariantCulture)
        : value is null ? 0 : (long)value;

    private static HttpRequestException NotUnderstood(string path) =>
        new($"{path} was answered by something that is no MLflow server.");
}

/// <summary>A number of a run as MLflow has it.</summary>
/// <param name="Key">Its name.</param>
/// <param name="Value">The number.</param>
/// <param name="Timestamp">Milliseconds of the epoch.</param>
/// <param name="Step">The step.</param>
internal readonly record struct MlflowMetric(string Key, double Value, long Timestamp, long Step);
