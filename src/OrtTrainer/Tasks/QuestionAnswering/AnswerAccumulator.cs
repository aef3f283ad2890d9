using OrtTrainer.Common;
using OrtTrainer.Evaluation;
using OrtTrainer.Models;
using OrtTrainer.Training.Batches;
using OrtTrainer.Training.Loss;

namespace OrtTrainer.Tasks.QuestionAnswering;

/// <summary>
/// Finds the best answer to every question as the logits of its windows come, and keeps no logits. Where some questions
/// have no answer, none is predicted where [CLS] scores more than the best span, as in SQuAD 2 (Rajpurkar et al. 2018).
/// </summary>
internal sealed class AnswerAccumulator : EvaluationAccumulator
{
    private readonly EncodedDataset _data;
    private readonly SpanTargets _targets;
    private readonly int[] _questions;
    private readonly SpanSearch[] _searches;
    private readonly double[] _losses;

    /// <param name="data">The questions.</param>
    public AnswerAccumulator(EncodedDataset data)
    {
        _data = data;
        _targets = (SpanTargets)data.Targets;
        _questions = data.ExamplesOfInputs();
        _searches = [.. Enumerable.Range(0, data.Source.Count).Select(_ => new SpanSearch(most: 1))];
        _losses = new double[data.Inputs.Count];
    }

    public override void Add(OutputBatch batch)
    {
        for (int i = 0; i < batch.Count; i++)
        {
            int input = batch.Examples[i];
            _searches[_questions[input]].Add((ContextWindow)_data.Inputs[input], batch[i]);
            _losses[input] = Loss(batch[i], _targets[input]);
        }
    }

    public override EvaluationScores Score(Metric metric)
    {
        QuestionExample[] questions = [.. _data.Source.Examples.Cast<QuestionExample>()];
        bool mayLackAnswers = questions.Any(question => question.Place is null);
        QuestionScore[] scores =
        [
            .. questions.Zip(_searches, (question, search) => ScoreOf(question, search, mayLackAnswers)),
        ];
        AnsweredQuestions answered = new(scores);
        EvaluationScores result = EvaluationScores.Of(
            answered, _targets.Outputs, _losses.Average(),
            mayLackAnswers ? QuestionAnsweringTask.AllMetrics : QuestionAnsweringTask.BasicMetrics, metric);
        return mayLackAnswers ? result with { Values = WithThresholds(result.Values, answered) } : result;
    }

    private static Dictionary<string, double> WithThresholds(
        IReadOnlyDictionary<string, double> values, AnsweredQuestions answered) => new(values)
    {
        ["best_f1_thresh"] = answered.Best(span => span.F1).Threshold,
        ["best_exact_thresh"] = answered.Best(span => span.ExactMatch).Threshold,
    };

    private static QuestionScore ScoreOf(QuestionExample question, SpanSearch search, bool mayLackAnswers)
    {
        (double ExactMatch, double F1) none = Compare(question, "");
        bool hasAnswer = question.Place is not null;
        if (search.Best is not [SpanCandidate best])
        {
            return new(none.ExactMatch, none.F1, hasAnswer) { Span = none, NoAnswer = double.PositiveInfinity };
        }

        string answer = CodePoints.Cut(question.Context, best.Place);
        (double ExactMatch, double F1) span = Compare(question, answer);
        double noAnswer = search.NoAnswer - best.Score;
        bool answersNothing = mayLackAnswers && noAnswer > 0;
        (double exactMatch, double f1) = answersNothing ? none : span;
        return new(exactMatch, f1, hasAnswer)
        {
            Answer = answersNothing ? "" : answer, Span = span, NoAnswer = noAnswer,
        };
    }

    private static (double ExactMatch, double F1) Compare(QuestionExample question, string answer)
    {
        IReadOnlyList<string> accepted = question.Answers is { Count: > 0 } some ? some : [""];
        return (ExtractiveAnswer.ExactMatch(answer, accepted), ExtractiveAnswer.F1(answer, accepted));
    }

    private static double Loss(ReadOnlySpan<float> logits, (int Start, int End) target)
    {
        double[] column = new double[logits.Length / 2];
        double loss = 0;
        for (int k = 0; k < 2; k++)
        {
            for (int token = 0; token < column.Length; token++)
            {
                column[token] = logits[(2 * token) + k];
            }

            Softmax.LogProbabilities(column, temperature: 1, column);
            loss -= column[k == 0 ? target.Start : target.End] / 2;
        }

        return loss;
    }
}
