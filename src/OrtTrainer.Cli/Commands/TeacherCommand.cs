using System.Text.Json;
using OrtTrainer.Cli.Arguments;
using OrtTrainer.Cli.Rendering;
using OrtTrainer.Common;
using OrtTrainer.Data;
using OrtTrainer.Tasks;
using OrtTrainer.Teachers;

namespace OrtTrainer.Cli.Commands;

/// <summary><c>teacher</c>: what a student would learn from a teacher, before it does.</summary>
internal static class TeacherCommand
{
    public static Task<int> RunAsync(TeacherArguments arguments, Terminal terminal, CancellationToken interruption)
    {
        TeacherOptions options = arguments.Teacher();
        string? output = arguments.OutputFile;
        DataOptions labeled = arguments.LabelledData();
        if (output is not null && labeled.Task.TeachesTokens)
        {
            throw new UsageException(
                $"--out writes a row per row of --data, but a teacher for {labeled.Task} answers for tokens; " +
                "what it gives is kept for finetune --teacher. Leave --out out.");
        }

        Dataset data = LabeledData.LoadTrain(labeled, terminal.Note, interruption);
        TeacherView view = new(terminal);
        TeacherLogits logits = TeacherLogits.Obtain(
            options, labeled.Task, data, arguments.Threads ?? Environment.ProcessorCount, arguments.Json ? null : view,
            interruption);
        if (output is not null)
        {
            TeacherLogitsFile.Write(output, logits, data);
        }

        if (arguments.Json)
        {
            terminal.Out.WriteLine(JsonSerializer.Serialize(logits.Report, RunJson.Options));
        }
        else
        {
            TeacherResult.Print(logits.Report, terminal);
            terminal.WriteLines(output is null ? [] : [$"written      {ShownPath.Of(Path.GetFullPath(output))}"]);
        }

        return Task.FromResult(ExitCode.Done);
    }
}
