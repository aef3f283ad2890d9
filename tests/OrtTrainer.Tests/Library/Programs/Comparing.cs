using OrtTrainer.Studies;
using OrtTrainer.Studies.Reports;

namespace Examples;

/// <summary>Runs a study and prints the mean score of each method. Arguments: STUDY OUTPUT.</summary>
public static class Comparing
{
    public static async Task Main(string[] args)
    {
        StudyOptions options = new() { File = args[0], Output = args[1] };
        StudyResults results = await Study.RunAsync(options, new RunLines(Console.Out));

        foreach (IGrouping<string, StudyRun> method in results.Runs.GroupBy(run => run.Method))
        {
            Console.WriteLine($"{method.Key}: {method.Average(run => run.Score):0.000} over {method.Count()} seeds");
        }

        // Tests of significance, tables and charts, to be read in a browser.
        StudyReport.Write(results, options.Output);
    }

    private sealed class RunLines(TextWriter output) : IProgress<StudyEvent>
    {
        public void Report(StudyEvent value)
        {
            if (value is StudyEvent.RunDone done)
            {
                output.WriteLine($"{done.Done}: {done.Label}, {done.Metric} {done.Live:0.000}");
            }
        }
    }
}
