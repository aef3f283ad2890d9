using OrtTrainer.Data;
using OrtTrainer.Evaluation;
using OrtTrainer.Models;
using OrtTrainer.Randomness;
using OrtTrainer.Tasks.QuestionAnswering;
using OrtTrainer.Text;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Tests.Tasks.QuestionAnswering;

/// <summary>Scores by SQuAD's rules, with and without questions that have no answer.</summary>
public sealed class AnswerAccumulatorTests
{
    private static readonly QuestionAnsweringTask Task = QuestionAnsweringTask.Instance;

    // Three letters each, at 0, 2 and 4; tokens 0 [CLS], 1 to 3, 4 [SEP].
    private static readonly QuestionExample Known = new("", "x y z", ["y z", "y"], new TextRange(2, 5), 1);
    private static readonly QuestionExample Unknown = new("", "x y z", [], null, 2);

    [Test]
    public void The_best_span_of_all_windows_is_the_answer()
    {
        EncodedDataset data = Encoded([Known], [2]);
        EvaluationAccumulator scores = Task.Evaluate(data);

        // The second window comes first and has the better span, "y".
        scores.Add(Batch(1, [0, 0, 0, 0, 3, 3, 0, 0, 0, 0]));
        scores.Add(Batch(0, [0, 0, 2, 0, 0, 0, 0, 2, 0, 0]));
        IReadOnlyDictionary<string, double> values = scores.Score(Task.DefaultMetric).Values;

        Assert.That(values["exact_match"], Is.EqualTo(1));
        Assert.That(values["f1"], Is.EqualTo(1));
        Assert.That(values.Keys, Is.EquivalentTo(new[] { "loss", "f1", "exact_match" }));

        // The target is tokens 2 and 3 of both windows.
        double first = Math.Log(4 + Math.Exp(2)) - 0 + Math.Log(4 + Math.Exp(2)) - 2;
        double second = Math.Log(4 + Math.Exp(3)) - 3 + Math.Log(4 + Math.Exp(3)) - 0;
        Assert.That(values["loss"], Is.EqualTo((first + second) / 4).Within(1e-12));
    }

    [Test]
    public void No_answer_is_right_where_there_is_none_and_beats_spans_that_score_less()
    {
        EncodedDataset data = Encoded([Known, Unknown, Unknown], [1, 1, 1]);
        EvaluationAccumulator scores = Task.Evaluate(data);
        scores.Add(Batch(0, [0, 0, 0, 0, 3, 0, 0, 3, 0, 0]));
        scores.Add(Batch(1, [2, 2, 0, 0, 3, 0, 0, 0.5f, 0, 0]));
        scores.Add(Batch(2, [2, 2, 0, 0, 3, 0, 0, 1.5f, 0, 0]));
        EvaluationScores result = scores.Score(Task.DefaultMetric);

        Assert.That(result.Values["has_answer_f1"], Is.EqualTo(1));
        Assert.That(result.Values["has_answer_exact_match"], Is.EqualTo(1));
        Assert.That(result.Values["no_answer_accuracy"], Is.EqualTo(0.5));
        Assert.That(result.Values["f1"], Is.EqualTo(2 / 3.0).Within(1e-15));

        // None scores 0 - 6, 4 - 3.5 and 4 - 4.5 more than the spans: only the first question should be answered.
        Assert.That((result.Values["best_f1"], result.Values["best_f1_thresh"]), Is.EqualTo((1, -6)));
        Assert.That((result.Values["best_exact"], result.Values["best_exact_thresh"]), Is.EqualTo((1, -6)));
        Assert.That(result.Examples.Right(), Is.EqualTo(new[] { true, true, false }));
        Assert.That(Task.DefaultMetric.Score(result.Examples.Select([1, 1, 2])), Is.EqualTo(2 / 3.0).Within(1e-15));
    }

    [Test]
    public void The_best_threshold_is_the_best_of_all_there_are()
    {
        SeededRandom random = new(8);
        QuestionScore[] scores =
        [
            .. Enumerable.Range(0, 60).Select(_ => new QuestionScore(0, 0, random.NextDouble() < 0.6)
            {
                Span = (random.NextInt(2), random.NextDouble()), NoAnswer = random.NextInt(21) - 10,
            }),
        ];
        AnsweredQuestions questions = new(scores);

        AssertBest(span => span.F1);
        AssertBest(span => span.ExactMatch);

        void AssertBest(Func<(double ExactMatch, double F1), double> picked)
        {
            double At(double threshold) => scores.Average(score =>
                score.NoAnswer > threshold ? (score.HasAnswer ? 0 : 1) : score.HasAnswer ? picked(score.Span) : 0);
            (double best, double threshold) = questions.Best(picked);

            Assert.That(best, Is.EqualTo(Enumerable.Range(-11, 22).Max(t => At(t))).Within(1e-12));
            Assert.That(At(threshold), Is.EqualTo(best).Within(1e-12));
        }
    }

    [Test]
    public void Where_no_answer_at_all_is_best_the_threshold_gives_none()
    {
        AnsweredQuestions questions = new([new(0, 0, HasAnswer: true) { NoAnswer = -3 }, new(1, 1, HasAnswer: false)]);

        (double best, double threshold) = questions.Best(span => span.F1);

        Assert.That(best, Is.EqualTo(0.5));
        Assert.That(threshold, Is.LessThan(-3).And.EqualTo(-3).Within(1e-12));
    }

    private static OutputBatch Batch(int input, float[] logits) =>
        new(logits, outputs: 2, new[] { input }, new[] { 0 }, new[] { 5 });

    private static EncodedDataset Encoded(QuestionExample[] questions, int[] windows)
    {
        Dataset data = Task.Label("questions", questions, labels: null);
        ContextWindow[] inputs = [.. questions.Zip(windows).SelectMany(pair => Enumerable.Repeat(
            new ContextWindow(new int[5], new int[5], pair.First, 1, [new(0, 1), new(2, 3), new(4, 5)]), pair.Second))];
        int sum = 0;
        return new EncodedDataset(
            data, inputs, new SpanTargets([.. inputs.Select(input => input.Target())], [.. inputs.Select(_ => 5)]), 5)
        {
            FirstInputs = [0, .. windows.Select(count => sum += count)],
        };
    }
}
