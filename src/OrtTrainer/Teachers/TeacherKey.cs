using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using OrtTrainer.Common;

namespace OrtTrainer.Teachers;

/// <summary>Everything that decides what a teacher gives; another value anywhere makes another entry of the
/// cache.</summary>
/// <param name="Kind">What was computed: <c>logits</c>, <c>states</c> or <c>token_logits</c>.</param>
/// <param name="Teacher">Hash of the teacher's files, see <see cref="FileHash"/>.</param>
/// <param name="Texts">Hash of the texts, or of their tokens where each has a row, see
/// <see cref="TextHash"/>.</param>
/// <param name="Labels">The student's labels, in the order of the values; null for regression.</param>
/// <param name="MaxLength">The most tokens of an input.</param>
/// <param name="TokensPerBatch">How batches were formed; other batches change results by rounding.</param>
/// <param name="Device">Where the teacher ran.</param>
/// <param name="Version">Of this library, whose tokenizers and graphs may change.</param>
internal sealed record TeacherKey(
    string Kind, string Teacher, string Texts, IReadOnlyList<string>? Labels, int MaxLength, int TokensPerBatch,
    string Device, string Version)
{
    /// <summary>How many logits of a distribution are kept; null for all.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? TopK { get; init; }

    /// <summary>This library's version.</summary>
    public static string CurrentVersion { get; } = typeof(TeacherKey).Assembly.GetName().Version!.ToString();

    /// <summary>As the entry tells it.</summary>
    [JsonIgnore]
    public string Text => JsonSerializer.Serialize(this, RunJson.Options);

    /// <summary>As the entry is named: 64 hexadecimal digits.</summary>
    [JsonIgnore]
    public string Hash => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Text)));
}
