using System.Net;
using Microsoft.Extensions.Logging;
using OrtTrainer.Cli.Arguments;
using OrtTrainer.Cli.Rendering;
using OrtTrainer.Common;
using OrtTrainer.Prediction;
using OrtTrainer.Server;

namespace OrtTrainer.Cli.Commands;

/// <summary><c>serve</c>: a model over HTTP, until Ctrl-C or SIGTERM.</summary>
internal static class ServeCommand
{
    public static async Task<int> RunAsync(
        ServeArguments arguments, Terminal terminal, CancellationToken interruption)
    {
        ModelServerOptions options = ServeSettings.Server(arguments);
        if (arguments.Check)
        {
            return await CheckAsync(options, terminal, interruption);
        }

        PredictorOptions predicting = InferenceSettings.Predictor(arguments);
        using Predictor predictor =
            InferenceSettings.Open(arguments.ModelFolder, predicting, arguments, terminal);
        using ServerLog log = new(terminal, arguments.Json);
        await using ModelServer server = await ModelServer.StartAsync(predictor, options, log, interruption);
        TellReach(options, terminal);
        ILogger events = log.CreateLogger("OrtTrainer");
        Started(events, arguments.ModelFolder, predictor.Task.Name, server.Address, terminal, arguments.Json);
        await EndOf(interruption);

        Say(events, "Stopping", "Stopping: requests that run are finished.", terminal, arguments.Json);
        bool inTime = await server.StopAsync();
        if (!inTime)
        {
            throw new RunException(
                $"Requests still ran after {options.StopTimeout.TotalSeconds} s and were cut off. Allow more with " +
                "--stop-timeout, or less to a request with --timeout.");
        }

        Say(events, "Stopped", "Stopped.", terminal, arguments.Json);
        return ExitCode.Done;
    }

    private static async Task<int> CheckAsync(
        ModelServerOptions options, Terminal terminal, CancellationToken interruption)
    {
        IPAddress address = options.Host.Equals(IPAddress.Any) ? IPAddress.Loopback
            : options.Host.Equals(IPAddress.IPv6Any) ? IPAddress.IPv6Loopback
            : options.Host;
        Uri ready = new($"http://{new IPEndPoint(address, options.Port)}/health/ready");
        using HttpClient client = new(new SocketsHttpHandler { UseProxy = false })
        {
            Timeout = options.Serving.Timeout,
        };
        try
        {
            using HttpResponseMessage answer = await client.GetAsync(ready, interruption);
            terminal.Out.WriteLine((await answer.Content.ReadAsStringAsync(interruption)).TrimEnd());
            return answer.IsSuccessStatusCode ? ExitCode.Done : ExitCode.Failed;
        }
        catch (Exception failure) when (failure is HttpRequestException
            || (failure is OperationCanceledException && !interruption.IsCancellationRequested))
        {
            throw new RunException($"{ready} does not answer: {failure.Message}", failure);
        }
    }

    private static void TellReach(ModelServerOptions options, Terminal terminal)
    {
        if (!IPAddress.IsLoopback(options.Host))
        {
            terminal.Note(options.Serving.ApiKey is null
                ? $"{options.Host} can be reached from other machines, and everybody there may ask: give a key with " +
                    "--api-key, or put a proxy in front."
                : $"{options.Host} can be reached from other machines, and the key crosses the network unencrypted: " +
                    "put a proxy with TLS in front.");
        }
    }

    private static void Started(
        ILogger events, string model, string task, Uri address, Terminal terminal, bool json)
    {
        if (json)
        {
            events.Log(LogLevel.Information, new EventId(0, "Started"),
                new KeyValuePair<string, object?>[] { new("Model", model), new("Task", task), new("Address", address) },
                null, (_, _) => "");
            return;
        }

        terminal.Out.WriteLine($"Serving {model} ({task}) at {address}; Ctrl-C stops.");
    }

    private static void Say(ILogger events, string name, string words, Terminal terminal, bool json)
    {
        if (json)
        {
            events.Log(LogLevel.Information, new EventId(0, name),
                Array.Empty<KeyValuePair<string, object?>>(), null, (_, _) => "");
            return;
        }

        terminal.Out.WriteLine(words);
    }

    private static async Task EndOf(CancellationToken interruption)
    {
        TaskCompletionSource end = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using CancellationTokenRegistration registration = interruption.Register(() => end.TrySetResult());
        await end.Task;
    }
}
