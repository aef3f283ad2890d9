using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using OrtTrainer.Prediction;
using OrtTrainer.Server.Requests;
using OrtTrainer.Tasks;

namespace OrtTrainer.Server.Endpoints;

/// <summary><c>POST /predict</c>: inputs in, and what <c>predict</c> prints for them out.</summary>
internal sealed class PredictEndpoint(ServedModel model)
{
    /// <summary>The header that counts inputs whose ends were not read; absent where all were read whole.</summary>
    public const string CutHeader = "X-Cut-Texts";

    private const string Json = "application/json";

    private readonly PredictionLine _line = new(model.Predictor.Task, model.Predictor.Labels);

    /// <summary>Answers a request.</summary>
    public async Task AnswerAsync(HttpContext context)
    {
        long started = Stopwatch.GetTimestamp();
        model.Metrics.Began();
        try
        {
            using CancellationTokenSource deadline =
                CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
            deadline.CancelAfter(model.Options.Timeout);
            PredictRequest request = await ReadAsync(context, deadline.Token);
            TextPrediction[] answers = await PredictAsync(context, request, deadline.Token);
            await WriteAsync(context.Response, request, answers, context.RequestAborted);
        }
        finally
        {
            model.Metrics.Ended(started);
        }
    }

    private async Task<PredictRequest> ReadAsync(HttpContext context, CancellationToken deadline)
    {
        try
        {
            using RequestBody body =
                await RequestBody.ReadAsync(context.Request, model.Options.MaxBodyBytes, deadline);
            return PredictRequest.Parse(body.Bytes, model.Predictor.Task, model.Options);
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            throw new RefusedRequestException(
                408, "slow_body", $"The body did not arrive within {Seconds(model.Options.Timeout)} s.");
        }
    }

    private async Task<TextPrediction[]> PredictAsync(
        HttpContext context, PredictRequest request, CancellationToken deadline)
    {
        try
        {
            return await model.PredictAsync(request.Examples, deadline);
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            throw new RefusedRequestException(
                504, "deadline",
                $"There was no answer within {Seconds(model.Options.Timeout)} s. Send fewer texts, or try again later.")
            {
                RetryAfter = 1,
            };
        }
    }

    private Task WriteAsync(
        HttpResponse response, PredictRequest request, TextPrediction[] answers, CancellationToken cancellation)
    {
        response.Headers.CacheControl = "no-store";
        int cut = answers.Count(answer => answer.IsCut);
        if (cut > 0)
        {
            response.Headers[CutHeader] = cut.ToString(CultureInfo.InvariantCulture);
        }

        return Answer.WriteAsync(response, Json, Write, cancellation);

        void Write(Utf8JsonWriter json)
        {
            if (!request.IsList)
            {
                _line.Write(json, answers[0]);
                return;
            }

            json.WriteStartObject();
            json.WriteStartArray("predictions");
            foreach (TextPrediction answer in answers)
            {
                _line.Write(json, answer);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }
    }

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString(CultureInfo.InvariantCulture);
}
