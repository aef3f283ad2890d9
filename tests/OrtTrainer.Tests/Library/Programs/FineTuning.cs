using OrtTrainer;
using OrtTrainer.Methods;
using OrtTrainer.Options;
using OrtTrainer.Runs;
using OrtTrainer.Tasks;

namespace Examples;

/// <summary>Fine-tunes with label smoothing and weight averaging. Arguments: MODEL TRAIN OUTPUT.</summary>
public static class FineTuning
{
    public static void Main(string[] args)
    {
        FineTuneOptions options = new()
        {
            Model = args[0],
            Data = new DataOptions { Train = args[1], EvalFraction = 0.2 },
            Output = args[2],
            Method = FineTuneMethod.Of(new LabelSmoothing { Epsilon = 0.05 }, new Swa { Start = 0.25 }),
            LearningRate = 5e-4,
            MaxSteps = 12,
        };

        RunSummary summary = FineTuner.Run(options, new LossLines(Console.Out));

        Console.WriteLine($"{summary.Metric}: live {summary.Live:0.000}, averaged {summary.Averaged:0.000}");
        Console.WriteLine($"The {summary.Exported} weights are in {options.Output}.");
    }

    /// <summary>Events come one at a time on the run's own thread, so nothing here needs a lock.</summary>
    private sealed class LossLines(TextWriter output) : IProgress<RunEvent>
    {
        public void Report(RunEvent value)
        {
            switch (value)
            {
                case RunEvent.Started facts:
                    output.WriteLine($"{facts.TrainExamples} examples, {facts.TotalSteps} steps");
                    break;
                case RunEvent.Stepped { Report: { } step } when step.Step % 4 == 0:
                    output.WriteLine($"step {step.Step}: loss {step.Loss:0.000}");
                    break;
                case RunEvent.Noted { Message: { } message }:
                    output.WriteLine(message);
                    break;
            }
        }
    }
}
