using OrtTrainer.Text.Alignment;
using OrtTrainer.Text.Models;

namespace OrtTrainer.Tests.Text.Models;

/// <summary>Vocabularies of a few tokens, whose places are their ids, and tokens shown as text.</summary>
internal static class TinyVocabulary
{
    public static Vocabulary Of(params IEnumerable<string> tokens) =>
        new(tokens.Select((token, id) => KeyValuePair.Create(token, id)));

    /// <summary>The tokens of a word with blanks between them.</summary>
    public static string Show(TokenModel model, string word) =>
        string.Join(' ', Tokens(model, word).Select(token => model.Vocabulary.Token(token.Id)));

    /// <summary>The tokens of a word, each with the part of the word it covers: "ab=ab ?=x".</summary>
    public static string ShowParts(TokenModel model, string word)
    {
        int[] points = CodePoints.From(word);
        return string.Join(' ', Tokens(model, word).Select(token =>
            $"{model.Vocabulary.Token(token.Id)}={CodePoints.ToText(points.AsSpan(token.Start..token.End))}"));
    }

    public static List<ModelToken> Tokens(TokenModel model, string word)
    {
        List<ModelToken> tokens = [];
        model.Tokenize(CodePoints.From(word), tokens);
        return tokens;
    }
}
