using CommandLine;
using OrtTrainer.Cli.Parsing;
using OrtTrainer.Data;

namespace OrtTrainer.Cli.Arguments;

/// <summary>How files of texts are read.</summary>
internal abstract class TableArguments : CommandArguments
{
    [Section("Columns and format")]
    [Option("text", MetaValue = "COL",
        HelpText = "column of the text (default: by the task, such as text, prompt or source)")]
    public string? TextColumn { get; set; }

    [Option("pair", MetaValue = "COL", HelpText = "column of the second text, for tasks on pairs")]
    public string? PairColumn { get; set; }

    [Option("columns", MetaValue = "A,B,C", HelpText = "names of the columns of files without a header line")]
    public string? Columns { get; set; }

    [Option("format", MetaValue = "FORMAT",
        HelpText = "csv, tsv, jsonl, json, conll, lines, parquet, arrow or auto: by the file's extension, also " +
            "before .gz or .zst (default: auto)")]
    public string? Format { get; set; }

    [Option("delimiter", MetaValue = "CHAR",
        HelpText = "what separates the fields of CSV and TSV files; tab for a tab (default: by the first line)")]
    public string? Delimiter { get; set; }

    [Option("encoding", MetaValue = "NAME",
        HelpText = "encoding of the text, such as windows-1252, latin-1 or utf-16 (default: utf-8)")]
    public string? Encoding { get; set; }

    [Option("quoted", HelpText = "fields of TSV files may be enclosed in double quotes")]
    public bool Quoted { get; set; }

    /// <summary>The character that <see cref="Delimiter"/> names; null where it is not given.</summary>
    /// <exception cref="UsageException">It is not one character.</exception>
    public char? DelimiterCharacter => Delimiter switch
    {
        null => null,
        "tab" or "\\t" => '\t',
        [char single] => single,
        _ => throw new UsageException($"--delimiter is '{Delimiter}'; expected one character, or tab."),
    };

    /// <summary>The options as the library takes them.</summary>
    /// <exception cref="UsageException">A value is wrong.</exception>
    public TableOptions Table => OptionErrors.Guard(GetType(), () => new TableOptions
    {
        Format = Words.Parse<DataFormat>("--format", Format) ?? DataFormat.Auto,
        Columns = Columns?.Split(','),
        Delimiter = DelimiterCharacter,
        Encoding = Encoding,
        Quoted = Quoted ? true : null,
    });
}
