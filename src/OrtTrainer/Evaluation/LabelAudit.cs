namespace OrtTrainer.Evaluation;

/// <summary>How a teacher does on one label.</summary>
/// <param name="Label">Its name.</param>
/// <param name="Rows">Rows that have the label.</param>
/// <param name="Predicted">Rows the teacher would give it.</param>
/// <param name="Agreement">
/// Classification: the share of the label's rows that the teacher gives it too, null where there are none.
/// Multi-label: the share of all rows where teacher and data agree on whether it applies.
/// </param>
internal sealed record LabelAudit(string Label, int Rows, int Predicted, double? Agreement)
{
    /// <summary>That of a class.</summary>
    public static LabelAudit Of(ConfusionMatrix confusion, string name, int label)
    {
        int[] classes = [.. Enumerable.Range(0, confusion.Classes)];
        int rows = (int)classes.Sum(other => confusion[label, other]);
        int predicted = (int)classes.Sum(other => confusion[other, label]);
        return new LabelAudit(name, rows, predicted, rows > 0 ? (double)confusion[label, label] / rows : null);
    }
}
