using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using OrtTrainer.Prediction;

namespace OrtTrainer.Server.Endpoints;

/// <summary>Writes answers of JSON as a whole, from buffers that threads keep.</summary>
internal static class Answer
{
    // What a large answer made of a buffer is not kept.
    private const int MostKept = 1 << 20;

    [ThreadStatic]
    private static (ArrayBufferWriter<byte> Bytes, Utf8JsonWriter Json)? kept;

    /// <summary>Writes one object, and a line break behind it for terminals.</summary>
    /// <param name="response">Has its status and other headers already.</param>
    /// <param name="type">The media type.</param>
    /// <param name="write">Writes the object.</param>
    /// <param name="cancellation">Ends the wait for a client that does not read.</param>
    public static Task WriteAsync(
        HttpResponse response, string type, Action<Utf8JsonWriter> write, CancellationToken cancellation)
    {
        (ArrayBufferWriter<byte> bytes, Utf8JsonWriter json) = kept ?? New();
        kept = null;
        write(json);
        json.Flush();
        bytes.Write("\n"u8);
        response.ContentType = type;
        response.ContentLength = bytes.WrittenCount;
        response.BodyWriter.Write(bytes.WrittenSpan);
        if (bytes.Capacity <= MostKept)
        {
            bytes.ResetWrittenCount();
            json.Reset(bytes);
            kept = (bytes, json);
        }

        return response.BodyWriter.FlushAsync(cancellation).AsTask();
    }

    private static (ArrayBufferWriter<byte> Bytes, Utf8JsonWriter Json) New()
    {
        ArrayBufferWriter<byte> bytes = new(4096);
        return (bytes, new Utf8JsonWriter(bytes, PredictionLine.Format));
    }
}
