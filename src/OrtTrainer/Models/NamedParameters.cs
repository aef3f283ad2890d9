using System.IO.Enumeration;
using OrtTrainer.Common;

namespace OrtTrainer.Models;

/// <summary>Parameters of a model by their names in weight files, in which <c>*</c> stands for any letters; the prefix
/// of the encoder, such as <c>bert.</c>, may be left out, as files of bare encoders have it.</summary>
/// <param name="architecture">The model.</param>
/// <param name="patterns">The names.</param>
internal sealed class NamedParameters(Architecture architecture, IReadOnlyList<string> patterns)
{
    /// <summary>The names of a list between commas; none of null.</summary>
    public static IReadOnlyList<string> Parse(string? list) =>
        list?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];

    /// <summary>Whether a tensor of a weight file is one of them.</summary>
    public bool Has(string tensor) => patterns.Any(pattern => Fits(pattern, tensor));

    /// <summary>Makes sure that every name is one of the model's.</summary>
    /// <param name="tensors">All that the model has.</param>
    /// <exception cref="RunException">A pattern fits none of them.</exception>
    public void RequireAmong(IReadOnlyList<string> tensors)
    {
        if (patterns.FirstOrDefault(pattern => !tensors.Any(tensor => Fits(pattern, tensor))) is { } unused)
        {
            string meant = NearestName.Of(unused, tensors) is { } near
                ? $" Did you mean {near}?"
                : $" The first is {tensors[0]}.";
            throw new RunException($"{architecture.Config.Path}: no parameter of the model is called {unused}.{meant}");
        }
    }

    private bool Fits(string pattern, string tensor) =>
        FileSystemName.MatchesSimpleExpression(pattern, tensor, ignoreCase: false)
        || (architecture.BasePrefix is { Length: > 0 } prefix
            && tensor.StartsWith(prefix, StringComparison.Ordinal)
            && FileSystemName.MatchesSimpleExpression(pattern, tensor.AsSpan(prefix.Length), ignoreCase: false));
}
