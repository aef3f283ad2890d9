using OrtTrainer.Common;
using OrtTrainer.Text;

namespace OrtTrainer.Tasks.TokenClassification;

/// <summary>From logits of tokens to entities.</summary>
internal static class EntityDecoding
{
    /// <summary>The likeliest tag of every word, and the entities these make.</summary>
    /// <param name="input">The words.</param>
    /// <param name="logits">[tokens, K].</param>
    /// <param name="labels">The tags, K.</param>
    /// <exception cref="RunException">A label is no tag.</exception>
    public static TextEntity[] Read(TokenizedWords input, ReadOnlySpan<float> logits, IReadOnlyList<string> labels)
    {
        List<TextRange> words = [];
        List<string> tags = [];
        List<float> scores = [];
        for (int word = 0; word < input.Words.Count; word++)
        {
            int token = input.FirstTokens[word];
            if (token == TokenizedWords.None)
            {
                continue;
            }

            float[] probabilities = Probabilities.Softmax(logits.Slice(token * labels.Count, labels.Count));
            float best = probabilities.Max();
            words.Add(input.Words[word]);
            tags.Add(labels[Array.IndexOf(probabilities, best)]);
            scores.Add(best);
        }

        return [.. EntitiesOf(tags).Select(entity => Place(input.Text, entity, words, scores))];
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

    private static TextEntity Place(
        string text, Entity entity, List<TextRange> words, List<float> scores)
    {
        TextRange place = new(words[entity.Start].Start, words[entity.End].End);
        int count = entity.End - entity.Start + 1;
        return new TextEntity(
            CodePoints.Cut(text, place), entity.Type, place, scores.Skip(entity.Start).Take(count).Average());
    }
}
