namespace OrtTrainer.Reports.Documents;

/// <summary>
/// A part of a report, without saying how it looks: a page in HTML and one in Markdown are made from it.
/// </summary>
internal abstract record ReportBlock;
