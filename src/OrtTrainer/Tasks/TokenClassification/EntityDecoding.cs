using OrtTrainer.Common;
using OrtTrainer.Text;

namespace OrtTrainer.Tasks.TokenClassification;

/// <summary>From logits of tokens to entities.</summary>
internal static class EntityDecoding
{
    /// <summary>The likeliest tag of every word, and the entities these make.</summary>
    /// <param name="windows">The windows of a text, one or more.</param>
    /// <param name="logits">Those of each, [tokens, K].</param>
    /// <param name="labels">The tags, K.</param>
    /// <exception cref="RunException">A label is no tag.</exception>
    public static TextSpan[] Read(
        IReadOnlyList<TokenizedWords> windows, IReadOnlyList<float[]> logits, IReadOnlyList<string> labels)
    {
        SortedDictionary<int, (string Tag, float Score)> tagged = [];
        foreach ((TokenizedWords window, float[] outputs) in windows.Zip(logits))
        {
            foreach (int word in window.Decided)
            {
                float[] probabilities = Probabilities.Softmax(
                    outputs.AsSpan(window.FirstTokens[word] * labels.Count, labels.Count));
                float best = probabilities.Max();
                tagged.Add(word, (labels[Array.IndexOf(probabilities, best)], best));
            }
        }

        TextRange[] words = [.. tagged.Keys.Select(word => windows[0].Words[word])];
        float[] scores = [.. tagged.Values.Select(value => value.Score)];
        return [.. EntitiesOf([.. tagged.Values.Select(value => value.Tag)])
            .Select(entity => Place(windows[0].Text, entity, words, scores))];
    }

    private static Entity[] EntitiesOf(IReadOnlyList<string> tags)
    {
        try
        {
            return [.. Entity.Read(tags)];
        }
        catch (ArgumentException malformed)
        {
            throw new RunException(
                $"A label of the model is no tag. {malformed.Message} Name the labels in id2label of config.json.",
                malformed);
        }
    }

    private static TextSpan Place(
        string text, Entity entity, TextRange[] words, float[] scores)
    {
        TextRange place = new(words[entity.Start].Start, words[entity.End].End);
        int count = entity.End - entity.Start + 1;
        return new TextSpan(
            CodePoints.Cut(text, place), entity.Type, place, scores.Skip(entity.Start).Take(count).Average());
    }
}
