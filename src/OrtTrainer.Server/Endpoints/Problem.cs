using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using OrtTrainer.Server.Requests;

namespace OrtTrainer.Server.Endpoints;

/// <summary>Answers to requests that are not answered as they want: problem details (RFC 9457).</summary>
internal static class Problem
{
    /// <summary>The media type.</summary>
    public const string ContentType = "application/problem+json";

    /// <summary>Writes one.</summary>
    public static Task WriteAsync(HttpContext context, RefusedRequestException refused)
    {
        HttpResponse response = context.Response;
        response.StatusCode = refused.Status;
        if (refused.RetryAfter is { } seconds)
        {
            response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        if (refused.Status == StatusCodes.Status401Unauthorized)
        {
            response.Headers.WWWAuthenticate = "Bearer";
        }

        return Answer.WriteAsync(response, ContentType, json => Write(json, context, refused), default);
    }

    private static void Write(Utf8JsonWriter json, HttpContext context, RefusedRequestException refused)
    {
        json.WriteStartObject();
        json.WriteString("type", "about:blank");
        json.WriteString("title", ReasonPhrases.GetReasonPhrase(refused.Status));
        json.WriteNumber("status", refused.Status);
        json.WriteString("detail", refused.Message);
        json.WriteString("reason", refused.Reason);
        json.WriteString("request_id", RequestId.Of(context));
        json.WriteEndObject();
    }
}
