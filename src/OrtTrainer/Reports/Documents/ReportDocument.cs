namespace OrtTrainer.Reports.Documents;

/// <summary>A report from its title to its last block, in the order read.</summary>
internal sealed record ReportDocument(string Title, IReadOnlyList<ReportBlock> Blocks);
