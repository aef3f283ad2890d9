namespace OrtTrainer.Reports.Documents;

/// <summary>A paragraph.</summary>
internal sealed record ParagraphBlock(string Text) : ReportBlock;
