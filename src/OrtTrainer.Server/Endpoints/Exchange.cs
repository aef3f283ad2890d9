using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using OrtTrainer.Server.Requests;

namespace OrtTrainer.Server.Endpoints;

/// <summary>
/// What all endpoints do round their own work: name the request, ask for the key, turn failures into answers, count
/// and log.
/// </summary>
internal sealed partial class Exchange(ServedModel model, ILogger logger)
{
    /// <summary>The status that is counted where the client left before the answer.</summary>
    public const int ClientLeft = 499;

    private readonly byte[]? _key = model.Options.ApiKey is { } key ? Encoding.ASCII.GetBytes(key) : null;

    /// <summary>Answers a request.</summary>
    /// <param name="context">The request.</param>
    /// <param name="endpoint">What metrics call the endpoint.</param>
    /// <param name="isOpen">Whether it needs no key.</param>
    /// <param name="answer">Writes the answer; a <see cref="RefusedRequestException"/> becomes one.</param>
    public async Task RunAsync(HttpContext context, string endpoint, bool isOpen, Func<HttpContext, Task> answer)
    {
        long started = Stopwatch.GetTimestamp();
        string id = RequestId.Of(context);
        context.Response.Headers[RequestId.Header] = id;
        context.Response.Headers.XContentTypeOptions = "nosniff";
        RefusedRequestException? refused = null;
        try
        {
            if (!isOpen)
            {
                RequireKey(context.Request);
            }

            await answer(context);
        }
        catch (Exception failure)
        {
            refused = RefusalOf(failure, context);
            if (refused.Status == StatusCodes.Status500InternalServerError)
            {
                Failed(logger, id, failure);
            }

            await TellAsync(context, refused);
        }

        int status = refused?.Status ?? context.Response.StatusCode;
        model.Metrics.Answered(endpoint, status);
        if (refused is not null)
        {
            model.Metrics.Failed(refused.Reason);
        }

        Answered(logger, id, endpoint, status, refused?.Reason,
            Stopwatch.GetElapsedTime(started).TotalMilliseconds);
    }

    private static RefusedRequestException RefusalOf(Exception failure, HttpContext context) => failure switch
    {
        RefusedRequestException known => known,
        BadHttpRequestException bad => new(bad.StatusCode, "bad_http", bad.Message),
        _ when context.RequestAborted.IsCancellationRequested => new(ClientLeft, "client_left", "The client left."),
        _ => new(
            StatusCodes.Status500InternalServerError, "failure",
            "The model or the server failed; the server's log says how, under the request's id."),
    };

    private static async Task TellAsync(HttpContext context, RefusedRequestException refused)
    {
        if (refused.Status == ClientLeft || context.Response.HasStarted)
        {
            context.Abort();
            return;
        }

        try
        {
            await Problem.WriteAsync(context, refused);
        }
        catch (Exception left) when (left is IOException or OperationCanceledException)
        {
            // Nobody is there to be told.
            context.Abort();
        }
    }

    private void RequireKey(HttpRequest request)
    {
        if (_key is null)
        {
            return;
        }

        string bearer = request.Headers.Authorization.ToString();
        string given = bearer.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)
            ? bearer["Bearer ".Length..].Trim()
            : request.Headers["X-Api-Key"].ToString();
        if (!CryptographicOperations.FixedTimeEquals(_key, Encoding.UTF8.GetBytes(given)))
        {
            throw new RefusedRequestException(
                401, "key", "The key is missing or wrong; expected it as Authorization: Bearer KEY or X-Api-Key: KEY.");
        }
    }

    [LoggerMessage(EventId = 1, EventName = "Request", Level = LogLevel.Information,
        Message = "{Id} {Endpoint} {Status} {Reason} in {Milliseconds:F1} ms")]
    private static partial void Answered(
        ILogger logger, string id, string endpoint, int status, string? reason, double milliseconds);

    [LoggerMessage(EventId = 2, EventName = "RequestFailed", Level = LogLevel.Error, Message = "{Id} failed")]
    private static partial void Failed(ILogger logger, string id, Exception failure);
}
