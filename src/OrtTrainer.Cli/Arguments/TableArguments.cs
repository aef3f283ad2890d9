using CommandLine;
using OrtTrainer.Cli.Parsing;
using OrtTrainer.Data;

namespace OrtTrainer.Cli.Arguments;

/// <summary>How files of texts are read.</summary>
internal abstract class TableArguments : CommandArguments
{
    [Section("Columns and format")]
    [Option("text", MetaValue = "COL", HelpText = "column of the text (default: text)")]
    public string? TextColumn { get; set; }

    [Option("pair", MetaValue = "COL", HelpText = "column of the second text, for tasks on pairs")]
    public string? PairColumn { get; set; }

    [Option("columns", MetaValue = "A,B,C", HelpText = "names of the columns of files without a header line")]
    public string? Columns { get; set; }

    [Option("format", MetaValue = "FORMAT",
        HelpText = "csv, tsv, jsonl, lines or auto: by the file's extension (default: auto)")]
    public string? Format { get; set; }

    [Option("quoted", HelpText = "fields of TSV files may be enclosed in double quotes")]
    public bool Quoted { get; set; }

    /// <summary>The options as the library takes them.</summary>
    /// <exception cref="UsageException">A value is wrong.</exception>
    public TableOptions Table => OptionErrors.Guard(GetType(), () => new TableOptions
    {
        Format = Words.Parse<DataFormat>("--format", Format) ?? DataFormat.Auto,
        Columns = Columns?.Split(','),
        Quoted = Quoted ? true : null,
    });
}
