using OrtTrainer.Data;
using OrtTrainer.Evaluation;
using OrtTrainer.Reports;
using OrtTrainer.Reports.Documents;
using OrtTrainer.Reports.Results;

namespace OrtTrainer.Tasks.Classification;

/// <summary>Which classes are taken for which, what probabilities are worth, and the surest mistakes.</summary>
internal static class ClassificationReport
{
    public static IEnumerable<ReportBlock> Of(ClassifiedExamples examples, Dataset data)
    {
        IReadOnlyList<string> names = data.Labels!.Names;
        ConfusionMatrix confusion = examples.Confusion();
        yield return ClassScores.Table(
            "Precision, recall and F1 by class", "class", ClassScores.Of(confusion, names));
        foreach (ReportBlock block in ConfusionFigure.Of(confusion, names))
        {
            yield return block;
        }

        yield return new HeadingBlock(3, "Calibration");
        foreach (ReportBlock block in ReliabilityFigure.Of(examples.ToReliability(), "predictions"))
        {
            yield return block;
        }

        yield return new HeadingBlock(3, "Surest mistakes");
        int[] predictions = examples.Predictions(), labels = examples.Labels.ToArray();
        double[] sure = examples.Confidences();
        IEnumerable<int> wrong = Enumerable.Range(0, labels.Length)
            .Where(i => predictions[i] != labels[i]).OrderByDescending(i => sure[i]);
        foreach (ReportBlock block in MistakeTable.Of(
            "Wrong predictions, the most probable first", data,
            [("label", true), ("prediction", true), ("probability", false)],
            wrong.Select(i => (i, (string[])
                [names[labels[i]], names[predictions[i]], ReportFigures.Fixed(sure[i], 4)]))))
        {
            yield return block;
        }
    }
}
