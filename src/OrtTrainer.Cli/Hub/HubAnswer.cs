using System.Net;
using OrtTrainer.Common;
using OrtTrainer.Hub;

namespace OrtTrainer.Cli.Hub;

/// <summary>A hub's refusals in words: what stands in the way, and what to do.</summary>
internal static class HubAnswer
{
    /// <summary>The failure that an answer is.</summary>
    public static Exception Failure(HubName model, HttpResponseMessage answer, HubSettings settings)
    {
        using HttpResponseMessage disposed = answer;
        string code = answer.Headers.TryGetValues("X-Error-Code", out IEnumerable<string>? codes) ? codes.First() : "";
        int status = (int)answer.StatusCode;
        return answer.StatusCode switch
        {
            HttpStatusCode.TooManyRequests => new PassingFailure(
                "too many requests (429)"
                + (settings.Token is null ? "; with a token in HF_TOKEN more are allowed" : ""),
                WaitOf(answer)),
            HttpStatusCode.RequestTimeout or >= HttpStatusCode.InternalServerError =>
                new PassingFailure($"the server failed ({status})", WaitOf(answer)),
            HttpStatusCode.RequestedRangeNotSatisfiable =>
                new PassingFailure("the server cannot go on where the download stopped (416)", null),
            _ when code == "GatedRepo" || answer.StatusCode == HttpStatusCode.Forbidden =>
                new RunException($"{model}: is gated ({status}): its owner lets in whom they know. Accept the "
                    + $"conditions at {settings.Endpoint}/{model.Repository} and {TokenAdvice(settings)}."),
            HttpStatusCode.Unauthorized when settings.Token is not null =>
                new RunException($"{model}: the token is refused (401), or there is no such model. Check the name, "
                    + $"and HF_TOKEN or {settings.TokenFile}."),
            HttpStatusCode.Unauthorized =>
                new RunException($"{model}: there is no such model, or it is private (401). Check the name; where it "
                    + $"is private, {TokenAdvice(settings)}."),
            HttpStatusCode.NotFound when code == "RevisionNotFound" =>
                new RunException($"{model}: the model has no revision {model.EffectiveRevision} (404). Give a branch, "
                    + "a tag or a commit of it."),
            HttpStatusCode.NotFound =>
                new RunException($"{model}: {settings.Endpoint} has no such model (404). Check the owner, the name and "
                    + "the revision."),
            _ => new RunException($"{model}: {settings.Endpoint} refuses with status {status}. Check HF_ENDPOINT and "
                + "the proxy."),
        };
    }

    /// <summary>Whether trying again may help.</summary>
    public static bool IsPassing(Exception failure, CancellationToken cancellation) => failure switch
    {
        PassingFailure or HttpRequestException => true,
        // A silence that was too long, not the user's wish.
        OperationCanceledException => !cancellation.IsCancellationRequested,
        // A connection that broke in the middle; a file that cannot be written is an IOException, too.
        HttpIOException => true,
        IOException => failure.InnerException is System.Net.Sockets.SocketException,
        _ => false,
    };

    /// <summary>What is said once trying is over.</summary>
    public static HubUnreachableException GiveUp(HubName model, Uri address, Exception last)
    {
        string reason = last is OperationCanceledException ? "it is silent" : last.InnerException?.Message is { } inner
            && !last.Message.Contains(inner, StringComparison.Ordinal) ? $"{last.Message} ({inner})" : last.Message;
        return new HubUnreachableException(
            $"{model}: {address.GetLeftPart(UriPartial.Authority)} cannot be used now: {reason.TrimEnd('.')}. Tried "
            + "several times. Check the network and HTTPS_PROXY, or try later; the download goes on where it stopped.",
            last);
    }

    private static string TokenAdvice(HubSettings settings) => settings.Token is null
        ? $"give a token in HF_TOKEN or in {settings.TokenFile}"
        : $"check that the token of HF_TOKEN or {settings.TokenFile} belongs to who is let in";

    private static TimeSpan? WaitOf(HttpResponseMessage answer) =>
        answer.Headers.RetryAfter is not { } after ? null
        : after.Delta ?? (after.Date is { } date && date > DateTimeOffset.UtcNow ? date - DateTimeOffset.UtcNow : null);
}
