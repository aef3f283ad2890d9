using System.Text.RegularExpressions;

namespace OrtTrainer.Tests.Runtime.Cuda.Launching;

/// <summary>What the text of a module in PTX says.</summary>
internal static partial class PtxText
{
    /// <summary>The bytes of each of the entry's parameters.</summary>
    public static int[] ParameterBytes(string text)
    {
        string head = text[text.IndexOf(".visible .entry", StringComparison.Ordinal)..];
        return [.. Parameter().Matches(head[..head.IndexOf(')', StringComparison.Ordinal)]).Select(match =>
            match.Groups["array"].Success
                ? int.Parse(match.Groups["array"].Value, null)
                : int.Parse(match.Groups["bits"].Value, null) / 8)];
    }

    /// <summary>The shared memory that the module's entry takes.</summary>
    public static int SharedBytes(string text) =>
        Shared().Matches(text).Sum(match => int.Parse(match.Groups["bytes"].Value, null));

    [GeneratedRegex(@"\.shared \.align \d+ \.b8 \w+\[(?<bytes>\d+)\]")]
    private static partial Regex Shared();

    [GeneratedRegex(@"\.param (\.align \d )?\.[bf](?<bits>\d+) \w+(\[(?<array>\d+)\])?")]
    private static partial Regex Parameter();
}
