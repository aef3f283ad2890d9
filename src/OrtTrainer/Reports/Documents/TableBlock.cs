namespace OrtTrainer.Reports.Documents;

/// <summary>A table.</summary>
internal sealed record TableBlock(ReportTable Table) : ReportBlock;
