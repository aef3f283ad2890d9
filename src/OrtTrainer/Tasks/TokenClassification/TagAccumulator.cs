using OrtTrainer.Data;
using OrtTrainer.Evaluation;
using OrtTrainer.Models;
using OrtTrainer.Training.Batches;
using OrtTrainer.Training.Loss;

namespace OrtTrainer.Tasks.TokenClassification;

/// <summary>Takes the likeliest tag of every word as logits come, and keeps the logits of words alone.</summary>
internal sealed class TagAccumulator : EvaluationAccumulator
{
    private readonly EncodedDataset _data;
    private readonly TokenTargets _words;
    private readonly IReadOnlyList<string> _labels;
    private readonly IReadOnlyList<Metric> _metrics;
    private readonly int[] _sentences;
    private readonly int[][] _predicted;
    private readonly double[] _losses;
    private readonly List<double> _logits = [];
    private readonly List<int> _expected = [];

    /// <param name="data">Sentences with a class per word.</param>
    /// <param name="metrics">The task's metrics.</param>
    public TagAccumulator(EncodedDataset data, IReadOnlyList<Metric> metrics)
    {
        _data = data;
        _words = (TokenTargets)data.Source.Targets;
        _labels = data.Source.Labels!.Names;
        _metrics = metrics;
        _sentences = data.ExamplesOfInputs();
        _predicted = [.. Enumerable.Range(0, data.Source.Count).Select(sentence =>
        {
            int[] none = new int[_words.IdsOf(sentence).Length];
            Array.Fill(none, CategoricalTargets.Ignored);
            return none;
        })];
        _losses = new double[data.Source.Count];
    }

    public override void Add(OutputBatch batch)
    {
        double[] row = new double[_labels.Count];
        for (int i = 0; i < batch.Count; i++)
        {
            int input = batch.Examples[i];
            TokenizedWords window = (TokenizedWords)_data.Inputs[input];
            ReadOnlySpan<float> logits = batch[i];
            RequireRowPerToken(logits.Length, window.InputIds.Length);
            int sentence = _sentences[input];
            foreach (int word in window.Decided)
            {
                for (int k = 0; k < row.Length; k++)
                {
                    row[k] = logits[(window.FirstTokens[word] * row.Length) + k];
                }

                _logits.AddRange(row);
                _expected.Add(_words.IdsOf(sentence)[word]);
                Softmax.LogProbabilities(row, temperature: 1, row);
                _losses[sentence] -= row[_words.IdsOf(sentence)[word]];
                _predicted[sentence][word] = ProbabilityScores.Argmax(row);
            }
        }
    }

    public override EvaluationScores Score(Metric metric)
    {
        SentenceScore[] scores = [.. Enumerable.Range(0, _predicted.Length).Select(ScoreOf)];
        double loss = _losses.Sum() / scores.Sum(score => (long)score.Words);
        EvaluationScores all = EvaluationScores.Of(
            new TaggedSentences(scores, new ClassifiedExamples([.. _logits], [.. _expected], _labels.Count)),
            _labels.Count, loss, _metrics, metric);
        return all with { Values = WithTypes(all.Values, scores) };
    }

    private void RequireRowPerToken(int logits, int tokens)
    {
        if (logits != tokens * _labels.Count)
        {
            throw new ArgumentException(
                $"There are {logits} logits for {tokens} tokens; expected {_labels.Count} per token.");
        }
    }

    /// <summary>Words that no token speaks for have no prediction, and do not count.</summary>
    private SentenceScore ScoreOf(int sentence)
    {
        ReadOnlySpan<int> expected = _words.IdsOf(sentence);
        int[] predicted = _predicted[sentence];
        List<string> reference = [];
        List<string> prediction = [];
        for (int word = 0; word < predicted.Length; word++)
        {
            if (predicted[word] != CategoricalTargets.Ignored)
            {
                reference.Add(_labels[expected[word]]);
                prediction.Add(_labels[predicted[word]]);
            }
        }

        int right = reference.Zip(prediction, (one, other) => one == other).Count(same => same);
        return new SentenceScore(
            [.. Entity.Read(reference)], [.. Entity.Read(prediction)], right, reference.Count, _losses[sentence]);
    }

    /// <summary>Adds scores per type of entity, by the names that seqeval's users know.</summary>
    private static Dictionary<string, double> WithTypes(
        IReadOnlyDictionary<string, double> values, SentenceScore[] sentences)
    {
        Dictionary<string, double> all = new(values, StringComparer.Ordinal);
        string[] types = [.. sentences.SelectMany(sentence => sentence.Expected.Concat(sentence.Predicted))
            .Select(entity => entity.Type).Distinct().Order(StringComparer.Ordinal)];
        foreach (string type in types)
        {
            EntityCounts counts = sentences.Aggregate(
                default(EntityCounts), (sum, sentence) => sum + sentence.CountsOf(type));
            all[$"{type}_f1"] = counts.Overlap.F1;
            all[$"{type}_precision"] = counts.Overlap.Precision;
            all[$"{type}_recall"] = counts.Overlap.Recall;
            all[$"{type}_number"] = counts.Expected;
        }

        return all;
    }
}
