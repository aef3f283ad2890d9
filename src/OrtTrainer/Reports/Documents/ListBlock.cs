namespace OrtTrainer.Reports.Documents;

/// <summary>Sentences in a list.</summary>
internal sealed record ListBlock(IReadOnlyList<string> Items) : ReportBlock;
