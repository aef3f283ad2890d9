namespace OrtTrainer.Data;

/// <summary>The fields of one record, before they are matched with columns.</summary>
/// <param name="Line">The 1-based line the record starts on.</param>
/// <param name="Fields">The fields, unquoted.</param>
internal readonly record struct TableRecord(int Line, string[] Fields);
