using System.Buffers;
using System.IO.Pipelines;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace OrtTrainer.Server.Requests;

/// <summary>A request's body, held in memory of a pool.</summary>
internal sealed class RequestBody : IDisposable
{
    private const string Json = "application/json";

    private byte[]? _rented;

    private RequestBody(ReadOnlySequence<byte> bytes)
    {
        int length = (int)bytes.Length;
        _rented = ArrayPool<byte>.Shared.Rent(length);
        bytes.CopyTo(_rented);
        Bytes = _rented.AsMemory(0, length);
    }

    /// <summary>UTF-8 text.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>Reads the whole body, which says that it is JSON.</summary>
    /// <param name="request">The request.</param>
    /// <param name="limit">The most bytes.</param>
    /// <param name="cancellation">Stops the wait for more.</param>
    /// <exception cref="RefusedRequestException">It says something else, is too long, or is no UTF-8.</exception>
    /// <exception cref="BadHttpRequestException">The server itself refuses it, as where it comes too
    /// slowly.</exception>
    public static async ValueTask<RequestBody> ReadAsync(
        HttpRequest request, int limit, CancellationToken cancellation)
    {
        RequireJson(request.ContentType);
        if (request.ContentLength > limit)
        {
            throw TooLong(limit);
        }

        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = limit;
        }

        while (true)
        {
            ReadResult read = await request.BodyReader.ReadAsync(cancellation);
            if (read.Buffer.Length > limit)
            {
                throw TooLong(limit);
            }

            if (read.IsCompleted)
            {
                RequestBody body = new(read.Buffer);
                request.BodyReader.AdvanceTo(read.Buffer.End);
                return body.RequireText();
            }

            request.BodyReader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _rented, null) is { } rented)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private static void RequireJson(string? type)
    {
        string[] parts = (type ?? "").Split(';', StringSplitOptions.TrimEntries);
        if (!parts[0].Equals(Json, StringComparison.OrdinalIgnoreCase))
        {
            throw new RefusedRequestException(
                415, "content_type",
                $"The content type is {(string.IsNullOrEmpty(type) ? "missing" : $"'{type}'")}; expected {Json}.");
        }

        if (parts.Skip(1).FirstOrDefault(part => part.StartsWith("charset=", StringComparison.OrdinalIgnoreCase))
            is { } charset
            && !charset["charset=".Length..].Trim('"').Equals("utf-8", StringComparison.OrdinalIgnoreCase))
        {
            throw new RefusedRequestException(415, "content_type", $"The body is sent with {charset}; expected UTF-8.");
        }
    }

    private RequestBody RequireText()
    {
        if (!Utf8.IsValid(Bytes.Span))
        {
            Dispose();
            throw RefusedRequestException.Malformed("The body is not valid UTF-8. Send JSON in UTF-8.");
        }

        return this;
    }

    private static RefusedRequestException TooLong(int limit) => new(
        413, "body_size", $"The body is longer than {limit} bytes. Send fewer or shorter texts at once.");
}
