using System.Buffers;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using OrtTrainer.Prediction;

namespace OrtTrainer.Cli.Rendering;

/// <summary>
/// What a server logs: as JSON, a line each, on standard output; or else what went wrong alone, on standard error.
/// Texts of requests are never among it.
/// </summary>
/// <param name="terminal">Where to.</param>
/// <param name="json">Whether as JSON.</param>
internal sealed class ServerLog(Terminal terminal, bool json) : ILoggerProvider
{
    private const string Template = "{OriginalFormat}";

    private readonly Lock _lock = new();

    private bool IsWhole => json;

    public ILogger CreateLogger(string categoryName) => new Lines(this);

    public void Dispose()
    {
    }

    private void Write(LogLevel level, EventId id, object? state, string message, Exception? failure)
    {
        string line = json ? LineOf(level, id, state, message, failure) : $"{level.ToString().ToLowerInvariant()}: "
            + message + (failure is null ? "" : $": {failure}");
        lock (_lock)
        {
            (json ? terminal.Out : terminal.Error).WriteLine(line);
        }
    }

    private static string LineOf(LogLevel level, EventId id, object? state, string message, Exception? failure)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter writer = new(buffer, PredictionLine.Format))
        {
            writer.WriteStartObject();
            writer.WriteString("time", DateTimeOffset.UtcNow);
            writer.WriteString("level", level.ToString().ToLowerInvariant());
            writer.WriteString("event", JsonNamingPolicy.SnakeCaseLower.ConvertName(id.Name ?? "Logged"));
            KeyValuePair<string, object?>[] values =
                [.. (state as IEnumerable<KeyValuePair<string, object?>> ?? []).Where(value => value.Key != Template)];
            foreach ((string name, object? value) in values.Length > 0 || message.Length == 0
                ? values
                : [new("Message", message)])
            {
                WriteValue(writer, JsonNamingPolicy.SnakeCaseLower.ConvertName(name), value);
            }

            if (failure is not null)
            {
                writer.WriteString("failure", failure.ToString());
            }

            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void WriteValue(Utf8JsonWriter writer, string name, object? value)
    {
        switch (value)
        {
            case int number:
                writer.WriteNumber(name, number);
                break;
            case double number:
                writer.WriteNumber(name, Math.Round(number, 3));
                break;
            case null:
                break;
            default:
                writer.WriteString(name, value.ToString());
                break;
        }
    }

    private sealed class Lines(ServerLog log) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) =>
            logLevel >= (log.IsWhole ? LogLevel.Information : LogLevel.Warning);

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                log.Write(logLevel, eventId, state, formatter(state, exception), exception);
            }
        }
    }
}
