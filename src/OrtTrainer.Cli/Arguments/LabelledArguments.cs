using System.Reflection;
using CommandLine;
using OrtTrainer.Cli.Parsing;
using OrtTrainer.Tasks;

namespace OrtTrainer.Cli.Arguments;

/// <summary>How files of labelled texts are read.</summary>
internal abstract class LabelledArguments : TableArguments
{
    [Option("label", MetaValue = "COL", HelpText = "column of the label (default: label)")]
    public string? LabelColumn { get; set; }

    [Option("label-separator", MetaValue = "TEXT",
        HelpText = "what stands between several labels of a row (default: |)")]
    public string? LabelSeparator { get; set; }

    /// <summary>Refuses options that say how rows are read, for a task that reads plain texts.</summary>
    /// <exception cref="UsageException">One is given.</exception>
    public void RequireNoColumns(ModelTask task)
    {
        string? unused = typeof(LabelledArguments).GetProperties()
            .Where(property => property.DeclaringType == typeof(LabelledArguments)
                || property.DeclaringType == typeof(TableArguments))
            .Select(property => property.GetCustomAttribute<OptionAttribute>()?.LongName).OfType<string>()
            .Select(name => $"--{name}").FirstOrDefault(Given.Contains);
        if (task.ReadsPlainTexts && unused is not null)
        {
            throw new UsageException(
                $"{unused} says how rows of a table are read; the task of this model is {task.Name}, which reads " +
                $"plain texts and knows no columns and labels. Leave {unused} out, or give a model that was " +
                "fine-tuned on labels.");
        }
    }

    /// <summary>A file and how to read it, as the library takes them.</summary>
    /// <param name="file">The file, which stands as <see cref="DataOptions.Train"/>.</param>
    /// <param name="task">What its labels are.</param>
    /// <exception cref="UsageException">A value is wrong.</exception>
    public DataOptions DataOf(string file, ModelTask task) => OptionErrors.Guard(GetType(), () => new DataOptions
    {
        Train = file,
        Task = task,
        TextColumn = TextColumn,
        PairColumn = PairColumn,
        LabelColumn = LabelColumn,
        LabelSeparator = LabelSeparator ?? "|",
        Table = Table,
    });
}
