namespace OrtTrainer.Reports.Documents;

/// <summary>A command to copy.</summary>
internal sealed record CodeBlock(string Text) : ReportBlock;
