namespace OrtTrainer.Data;

/// <summary>How the rows of a data file are written.</summary>
public enum DataFormat
{
    /// <summary>
    /// By the file's extension: .csv, .tsv or .tab, .jsonl or .ndjson, .json, .conll, .bio, .iob or .iob2, and with .gz
    /// or .zst behind it; Parquet and Arrow files by their first bytes. Anything else is refused.
    /// </summary>
    Auto,

    /// <summary>
    /// Fields between commas, or between semicolons, tabs or bars where the first line has no commas or says so
    /// (<c>sep=;</c>), quoted as in RFC 4180; a quoted field may hold line breaks.
    /// </summary>
    Csv,

    /// <summary>
    /// Fields between tabs; quotes are ordinary characters unless <see cref="TableOptions.Quoted"/> is set.
    /// </summary>
    Tsv,

    /// <summary>One JSON object per line.</summary>
    JsonLines,

    /// <summary>An array of JSON objects, one object, or one per line; the file is held in memory.</summary>
    Json,

    /// <summary>A word with its tags per line, and an empty line after each sentence, as in the tasks of
    /// CoNLL.</summary>
    Conll,

    /// <summary>Every line is one text, in a single column named "text" unless another name is given.</summary>
    Lines,

    /// <summary>A Parquet file, read a group of rows at a time.</summary>
    Parquet,

    /// <summary>An Arrow file or stream, read a batch of rows at a time.</summary>
    Arrow,
}
