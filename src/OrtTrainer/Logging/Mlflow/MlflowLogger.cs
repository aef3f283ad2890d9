using System.Text.Json;
using System.Threading.Channels;
using OrtTrainer.Common;

namespace OrtTrainer.Logging.Mlflow;

/// <summary>
/// A run on an MLflow tracking server. Numbers are sent from a thread of their own, some at a time, so that no step
/// waits for the server; while it cannot be reached, they wait, and a resumed run goes on with the same run there.
/// </summary>
internal sealed class MlflowLogger : RunLogger
{
    /// <summary>The file in the run's own folder that names the run on the server.</summary>
    public const string FileName = "mlflow.json";

    // A request may have no more numbers, and no more parameters.
    private const int MostMetrics = 900;
    private const int MostParameters = 100;
    private const int LongestValue = 500;

    private const int MostWaiting = 200_000;

    private readonly LoggedRun _run;
    private readonly MlflowServer _server;
    private readonly MlflowTimes _times;
    private readonly MlflowClient _client;
    private readonly CancellationTokenSource _ending = new();
    private readonly Task _sending;
    private readonly Channel<MlflowMetric> _waiting = Channel.CreateBounded<MlflowMetric>(
        new BoundedChannelOptions(MostWaiting) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    private volatile string? _note;
    private bool _isTold;
    private volatile string _status = "KILLED";

    internal MlflowLogger(LoggedRun run, MlflowServer server, MlflowTimes times)
    {
        (_run, _server, _times) = (run, server, times);
        _client = new MlflowClient(server, times.Answer);
        _sending = Task.Run(SendAsync);
    }

    private string NameFile => Path.Combine(_run.Folder, FileName);

    /// <summary>Begins a run on the server that the environment names, or goes on with it.</summary>
    /// <exception cref="RunException">The environment names no server.</exception>
    public static RunLogger Open(LoggedRun run) =>
        new MlflowLogger(run, MlflowServer.OfEnvironment(), MlflowTimes.Usual);

    public override void Write(long step, IReadOnlyList<LoggedValue> values)
    {
        long now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        foreach (LoggedValue value in values)
        {
            _waiting.Writer.TryWrite(new MlflowMetric(KeyOf(value.Name), value.Value, now, step));
        }
    }

    public override string? TakeNote()
    {
        if (_isTold || _note is not { } note)
        {
            return null;
        }

        _isTold = true;
        return note;
    }

    /// <summary>Waits a little for what is still to be sent, and says how the run ended.</summary>
    public override void End(bool isDone)
    {
        _status = isDone ? "FINISHED" : "KILLED";
        _waiting.Writer.TryComplete();
        if (!_sending.Wait(isDone ? _times.End : _times.End / 5))
        {
            _note ??= Unreachable("it does not answer in time");
            _ending.Cancel();
            _sending.Wait();
        }
    }

    public override void Dispose()
    {
        _waiting.Writer.TryComplete();
        _ending.Cancel();
        _sending.Wait();
        _client.Dispose();
        _ending.Dispose();
    }

    private async Task SendAsync()
    {
        try
        {
            (string run, Dictionary<string, long> sent) = await TriedAsync(BeginAsync);
            while (await _waiting.Reader.WaitToReadAsync(_ending.Token))
            {
                // Numbers of some steps go together; a run that ends waits for no more.
                await Task.WhenAny(Task.Delay(_times.Gather, _ending.Token), _waiting.Reader.Completion);
                List<MlflowMetric> batch = [];
                while (batch.Count < MostMetrics && _waiting.Reader.TryRead(out MlflowMetric metric))
                {
                    if (metric.Step > sent.GetValueOrDefault(metric.Key, -1))
                    {
                        batch.Add(metric);
                    }
                }

                if (batch.Count > 0)
                {
                    await TriedAsync(() => _client.LogAsync(run, batch, [], _ending.Token));
                }
            }

            await TriedAsync(() => _client.UpdateAsync(run, _status, DateTimeOffset.UtcNow, _ending.Token));
        }
        catch (OperationCanceledException) when (_ending.IsCancellationRequested)
        {
            // The run does not wait longer; its note is written.
        }
        catch (Exception failure)
        {
            _note ??= Unreachable(failure.Message);
        }
    }

    /// <summary>The run on the server, and the last step of each number that it has.</summary>
    private async Task<(string Run, Dictionary<string, long> Sent)> BeginAsync()
    {
        if (Known() is { } known && await _client.LastStepsAsync(known, _ending.Token) is { } sent)
        {
            await _client.UpdateAsync(known, "RUNNING", null, _ending.Token);
            return (known, sent);
        }

        string experiment = _run.Experiment is { } name ? await _client.ExperimentAsync(name, _ending.Token) : "0";
        string run = await _client.CreateRunAsync(experiment, _run.Name, DateTimeOffset.UtcNow, _ending.Token);
        AtomicFile.WriteText(
            NameFile, JsonSerializer.Serialize(new MlflowName(_server.Address.ToString(), run), RunJson.Indented));
        foreach (KeyValuePair<string, string>[] some in _run.Settings.Chunk(MostParameters))
        {
            await _client.LogAsync(
                run, [], some.Select(s => KeyValuePair.Create(KeyOf(s.Key), Short(s.Value))), _ending.Token);
        }

        return (run, []);
    }

    private string? Known()
    {
        if (!File.Exists(NameFile))
        {
            return null;
        }

        MlflowName? name = JsonSerializer.Deserialize<MlflowName>(File.ReadAllText(NameFile), RunJson.Options);
        return name?.Server == _server.Address.ToString() ? name.Run : null;
    }

    private Task TriedAsync(Func<Task> act) => TriedAsync(async () =>
    {
        await act();
        return 0;
    });

    // A server that is down for a while has everything in the end.
    private async Task<T> TriedAsync<T>(Func<Task<T>> act)
    {
        while (true)
        {
            try
            {
                return await act();
            }
            catch (Exception failure) when (IsPassing(failure) && !_ending.IsCancellationRequested)
            {
                _note ??= Unreachable(failure is HttpRequestException ? failure.Message : "it does not answer in time");
                await Task.Delay(_times.Retry, _ending.Token);
            }
        }
    }

    // What a server refuses by its rules, it refuses again.
    private static bool IsPassing(Exception failure) => failure switch
    {
        HttpRequestException { StatusCode: { } status } => (int)status is 408 or 429 or >= 500,
        HttpRequestException or TaskCanceledException => true,
        _ => false,
    };

    private string Unreachable(string reason) =>
        $"MLflow at {_server.Address}: {reason.TrimEnd('.')}. The run goes on; what cannot be sent until it ends is in "
        + "metrics.jsonl alone.";

    // Letters, digits and a few signs are all that every server takes.
    private static string KeyOf(string name) => string.Concat(
        name.Select(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.' or ' ' or '/' ? c : '_'));

    private static string Short(string value) => value.Length <= LongestValue ? value : value[..LongestValue];
}

/// <summary>A run on a server.</summary>
/// <param name="Server">The server's address.</param>
/// <param name="Run">The run's id there.</param>
internal sealed record MlflowName(string Server, string Run);

/// <summary>How long a run and a server wait for each other.</summary>
/// <param name="Answer">For the answer to a request.</param>
/// <param name="Gather">Before numbers are sent, so that some go together.</param>
/// <param name="Retry">Before a request that failed is tried again.</param>
/// <param name="End">At the end of a run, for all that is still to be sent.</param>
internal sealed record MlflowTimes(TimeSpan Answer, TimeSpan Gather, TimeSpan Retry, TimeSpan End)
{
    /// <summary>Those of ordinary runs.</summary>
    public static MlflowTimes Usual { get; } = new(
        TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(15));
}
