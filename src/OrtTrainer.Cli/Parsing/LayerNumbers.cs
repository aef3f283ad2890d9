using System.Globalization;

namespace OrtTrainer.Cli.Parsing;

/// <summary>The value of <c>--layers</c>: numbers of layers between commas.</summary>
internal static class LayerNumbers
{
    /// <summary>The layers, counted from 0; null for null.</summary>
    /// <exception cref="UsageException">One is no number.</exception>
    public static IReadOnlyList<int>? Parse(string? text) => text is null ? null : [.. text.Split(',').Select(LayerOf)];

    private static int LayerOf(string word) =>
        int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out int layer)
            ? layer
            : throw new UsageException($"--layers has '{word}'; expected numbers from 0 up, such as 0,2,4.");
}
