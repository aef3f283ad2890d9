using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace OrtTrainer.Common;

/// <summary>How the files of a run are written: snake_case names, enums as words, null for scores that
/// are not defined, one form for options, metrics and summary.</summary>
internal static class RunJson
{
    /// <summary>One line, for JSON Lines and checkpoints.</summary>
    public static JsonSerializerOptions Options { get; } = Create(indented: false);

    /// <summary>For people to read.</summary>
    public static JsonSerializerOptions Indented { get; } = Create(indented: true);

    private static JsonSerializerOptions Create(bool indented) => new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = indented,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        // Said outright, so that types can be looked up before the first object is read or written.
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { JsonShapeAttribute.Apply } },
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        Converters =
        {
            new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false),
            new UndefinedScoreConverter(),
            new UndefinedNumberConverter(),
        },
    };
}
