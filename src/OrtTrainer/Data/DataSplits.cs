namespace OrtTrainer.Data;

/// <summary>The data of a run: what it learns from, what guides it, and what it is judged on at the end.</summary>
/// <param name="Train">The examples to learn from.</param>
/// <param name="Eval">The examples to choose weights by, never learnt from.</param>
/// <param name="Test">The examples to report on, never chosen by; null where no file was given.</param>
/// <param name="EvalOrigin">Where <paramref name="Eval"/> comes from, in words to print and save.</param>
internal sealed record DataSplits(Dataset Train, Dataset Eval, Dataset? Test, string EvalOrigin)
{
    /// <summary>The names of the labels; null for tasks without.</summary>
    public LabelMap? Labels => Train.Labels;
}
