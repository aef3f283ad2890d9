using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using OrtTrainer.Options;
using OrtTrainer.Prediction;
using OrtTrainer.Runs;
using OrtTrainer.Server;
using OrtTrainer.Tasks;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Tests.Server;

/// <summary>A server on a free port of this machine, and a client of it.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    private readonly TinyFolder? _folder;

    private TestServer(TinyFolder? folder, Predictor predictor, ServedModel model, ModelServer server)
    {
        (_folder, Predictor, Model, Server) = (folder, predictor, model, server);
        Client = new HttpClient { BaseAddress = server.Address };
    }

    public Predictor Predictor { get; }

    public ServedModel Model { get; }

    public ModelServer Server { get; }

    public HttpClient Client { get; }

    /// <summary>What the page calls the model: its folder.</summary>
    public string ModelName => Path.GetFileName(_folder!.Path);

    /// <summary>Starts one.</summary>
    /// <param name="task">The task of its model.</param>
    /// <param name="serving">Limits; null for the defaults.</param>
    /// <param name="configure">Other options.</param>
    /// <param name="gate">The model runs while this is set; null for always.</param>
    /// <param name="run">The options of the run that made the model; null for a folder without one.</param>
    public static async Task<TestServer> StartAsync(
        string task = "classification", ServingOptions? serving = null,
        Func<ModelServerOptions, ModelServerOptions>? configure = null, ManualResetEventSlim? gate = null,
        FineTuneOptions? run = null)
    {
        TinyFolder folder = TinyFolder.Of(task);
        if (run is not null)
        {
            string file = RunFolder.OptionsFileOf(folder.Path);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            await File.WriteAllTextAsync(file, run.ToJson().ToJsonString());
        }

        PredictorOptions predicting = new() { Execution = new() { IntraOpThreads = 1 } };
        Predictor predictor = Predictor.Open(folder.Path, predicting);
        ServedModel model = new(predictor, serving ?? new(), inputs => Answer(predictor, gate, inputs));
        ModelServerOptions options = new() { Port = 0 };
        ModelServer server = await ModelServer.StartAsync(model, configure?.Invoke(options) ?? options);
        return new TestServer(folder, predictor, model, server);
    }

    /// <summary>Posts a body to /predict.</summary>
    public Task<HttpResponseMessage> PostAsync(string body, string type = "application/json") =>
        PostAsync(Encoding.UTF8.GetBytes(body), type);

    /// <summary>Posts bytes to /predict.</summary>
    public Task<HttpResponseMessage> PostAsync(byte[] body, string? type = "application/json")
    {
        ByteArrayContent content = new(body);
        content.Headers.TryAddWithoutValidation("Content-Type", type);
        return Client.PostAsync("/predict", content);
    }

    /// <summary>The answer to a body as JSON, which has to be a good one.</summary>
    public async Task<string> AnswerAsync(string body)
    {
        using HttpResponseMessage response = await PostAsync(body);
        string answer = await response.Content.ReadAsStringAsync();
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK), answer);
        return answer.TrimEnd('\n');
    }

    /// <summary>Status and reason of the answer to a body that is refused.</summary>
    public static async Task<(int Status, string Reason)> RefusalOf(Task<HttpResponseMessage> answer)
    {
        using HttpResponseMessage response = await answer;
        JsonNode problem = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        Assert.That((int)problem["status"]!, Is.EqualTo((int)response.StatusCode));
        Assert.That(response.Content.Headers.ContentType!.MediaType, Is.EqualTo("application/problem+json"));
        Assert.That((string?)problem["request_id"], Is.EqualTo(response.Headers.GetValues("X-Request-Id").Single()));
        return ((int)response.StatusCode, (string)problem["reason"]!);
    }

    /// <summary>The value of a metric.</summary>
    public async Task<double> MetricAsync(string name)
    {
        string text = await Client.GetStringAsync("/metrics");
        string line = text.Split('\n')
            .SingleOrDefault(line => line.StartsWith($"orttrainer_{name} ", StringComparison.Ordinal))
            ?? $"{name} 0";
        return double.Parse(line.Split(' ')[^1], System.Globalization.CultureInfo.InvariantCulture);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Server.DisposeAsync();
        Predictor.Dispose();
        _folder?.Dispose();
    }

    private static TextPrediction[] Answer(
        Predictor predictor, ManualResetEventSlim? gate, IReadOnlyList<TokenizedExample>[] inputs)
    {
        gate?.Wait();
        return predictor.Answer(inputs);
    }
}
