namespace OrtTrainer.Reports.Documents;

/// <summary>A heading below the report's title.</summary>
/// <param name="Level">2 for a section, 3 for a part of one.</param>
/// <param name="Text">The words.</param>
internal sealed record HeadingBlock(int Level, string Text) : ReportBlock;
