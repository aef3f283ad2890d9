using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using OrtTrainer.Benchmarking;
using OrtTrainer.Prediction;
using OrtTrainer.Server;
using OrtTrainer.Server.Monitoring;

namespace OrtTrainer.Benchmarks;

/// <summary>
/// Times a server on this machine against the predictor that it serves, in one process and in turns: server, clients
/// and predictor share the processors.
/// </summary>
internal static class ServingBenchmark
{
    /// <summary>Measures.</summary>
    /// <param name="predictor">The model.</param>
    /// <param name="texts">What is asked.</param>
    /// <param name="arguments">Clients, turns and their time.</param>
    /// <param name="cancellation">Stops between turns.</param>
    public static async Task<ServingResult> RunAsync(
        Predictor predictor, string[] texts, ServingArguments arguments, CancellationToken cancellation)
    {
        ServingOptions options = new();
        options = options with { TokensPerBatch = arguments.TokensPerBatch ?? options.TokensPerBatch };
        ServedModel model = new(predictor, options);
        await using ModelServer server =
            await ModelServer.StartAsync(model, new() { Port = 0, Serving = options }, cancellation: cancellation);
        int[] clients = arguments.ClientCounts;
        Turn[] turns = [.. clients.Select(count => new Turn(count))];
        PredictionLine line = new(predictor.Task, predictor.Labels);
        byte[][] expected =
            [.. predictor.Predict(texts).Select(answer => Encoding.UTF8.GetBytes(line.Of(answer) + "\n"))];
        byte[][] requests =
            [.. texts.Select(text => LoadClient.RequestOf(JsonSerializer.SerializeToUtf8Bytes(new { text })))];
        List<double> rates = [];

        // The first round is not counted: it makes the runtime allocate, and compiles.
        for (int round = 0; round <= arguments.Rounds; round++)
        {
            foreach (Turn turn in turns)
            {
                cancellation.ThrowIfCancellationRequested();
                double rate = PredictorRate(predictor, texts, arguments.Seconds);
                (long texts, long batches) before = Batches(model.Metrics);
                double[] times = await turn.RunAsync(server.Address.Port, requests, expected, arguments.Seconds);
                if (round > 0)
                {
                    rates.Add(rate);
                    (long texts, long batches) after = Batches(model.Metrics);
                    turn.Add(
                        times, arguments.Seconds, rate, after.texts - before.texts, after.batches - before.batches);
                }
            }
        }

        return new(texts.Length, arguments.Threads ?? Environment.ProcessorCount, arguments.Rounds, Median.Of(rates),
            [.. turns.Select(turn => turn.Result())]);
    }

    private static double PredictorRate(Predictor predictor, string[] texts, double seconds)
    {
        long started = Stopwatch.GetTimestamp();
        long done = 0;
        double passed;
        do
        {
            done += predictor.Predict(texts).Count;
            passed = Stopwatch.GetElapsedTime(started).TotalSeconds;
        }
        while (passed < seconds);

        return done / passed;
    }

    private static (long Texts, long Batches) Batches(ServingMetrics metrics) =>
        (metrics.Texts, metrics.BatchTexts.Read().Cumulative[^1]);

    /// <summary>The turns of so many clients.</summary>
    private sealed class Turn(int clients)
    {
        private readonly List<double> _rates = [];
        private readonly List<double> _ratios = [];
        private readonly List<double> _times = [];
        private long _texts;
        private long _batches;
        private long _wrong;

        /// <summary>Asks until the time is over.</summary>
        /// <returns>Seconds of each request.</returns>
        public async Task<double[]> RunAsync(int port, byte[][] requests, byte[][] expected, double seconds)
        {
            ConcurrentBag<double> times = [];
            long started = Stopwatch.GetTimestamp();
            await Task.WhenAll(Enumerable.Range(0, clients).Select(client => Task.Run(() => AskAsync(client))));
            return [.. times];

            async Task AskAsync(int client)
            {
                using LoadClient connection = await LoadClient.ConnectAsync(port);
                for (int next = client * 7919 % requests.Length;
                    Stopwatch.GetElapsedTime(started).TotalSeconds < seconds; next = (next + 1) % requests.Length)
                {
                    long asked = Stopwatch.GetTimestamp();
                    (int status, ReadOnlyMemory<byte> body) = await connection.AskAsync(requests[next]);
                    times.Add(Stopwatch.GetElapsedTime(asked).TotalSeconds);
                    if (status != 200 || !body.Span.SequenceEqual(expected[next]))
                    {
                        Interlocked.Increment(ref _wrong);
                    }
                }
            }
        }

        public void Add(double[] times, double seconds, double predictor, long texts, long batches)
        {
            _rates.Add(times.Length / seconds);
            _ratios.Add(times.Length / seconds / predictor);
            _times.AddRange(times);
            _texts += texts;
            _batches += batches;
        }

        public ServingLoad Result()
        {
            double[] sorted = [.. _times.Order()];
            return new(
                clients, Median.Of(_rates), Median.Of(_ratios), sorted[sorted.Length / 2],
                sorted[Math.Min(sorted.Length - 1, (int)(sorted.Length * 0.99))], (double)_texts / _batches, _wrong);
        }
    }
}
