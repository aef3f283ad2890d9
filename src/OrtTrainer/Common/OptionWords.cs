using System.Text.Json;

namespace OrtTrainer.Common;

/// <summary>How values of options are written: as options.json has them.</summary>
internal static class OptionWords
{
    /// <summary>The word for a value of an enumeration, in snake_case.</summary>
    public static string Of(Enum value) => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());

    /// <summary>A word without what does not matter in it: case, hyphens and underscores.</summary>
    public static string Plain(string word) =>
        word.Replace("-", "", StringComparison.Ordinal).Replace("_", "", StringComparison.Ordinal).ToLowerInvariant();
}
