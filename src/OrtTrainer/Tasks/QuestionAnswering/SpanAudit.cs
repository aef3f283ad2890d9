using OrtTrainer.Evaluation;
using OrtTrainer.Training.Loss;

namespace OrtTrainer.Tasks.QuestionAnswering;

/// <summary>Compares a teacher's starts and ends with those of the answers, window by window.</summary>
internal static class SpanAudit
{
    private const int Ends = 2;

    /// <param name="task">The name of the task.</param>
    /// <param name="outputs">The logits of start and end of every token, [R, 2].</param>
    /// <param name="targets">Where the answers start and end.</param>
    public static TeacherAudit Of(string task, float[] outputs, SpanTargets targets) =>
        TeacherAudit.OfDistributions(task, targets.Count, Decisions(outputs, targets)) with
        {
            Decisions = "starts and ends",
        };

    private static IEnumerable<(double[] Probabilities, int Label)> Decisions(float[] outputs, SpanTargets targets)
    {
        for (int window = 0; window < targets.Count; window++)
        {
            int first = targets.FirstRow(window);
            int tokens = targets.FirstRow(window + 1) - first;
            for (int end = 0; end < Ends; end++)
            {
                double[] p = [.. Enumerable.Range(first, tokens).Select(row => (double)outputs[(row * Ends) + end])];
                Softmax.LogProbabilities(p, temperature: 1, p);
                yield return (Array.ConvertAll(p, Math.Exp), end == 0 ? targets[window].Start : targets[window].End);
            }
        }
    }
}
