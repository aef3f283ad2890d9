using OrtTrainer;
using OrtTrainer.Data;
using OrtTrainer.Runs;

FineTuneOptions o = new()
{
    Model = args[0], Output = args[3],
    Data = new DataOptions { Train = args[1], Eval = args[2], TextColumn = "text", LabelColumn = "label" },
    Epochs = double.Parse(args[4]), Kernels = args[5] == "1", Seed = 1,
};
RunSummary s = await FineTuner.RunAsync(o, new P());
Console.WriteLine(System.Text.Json.JsonSerializer.Serialize(s, RunJson.Indented));
return 0;

sealed class P : IProgress<RunEvent>
{
    public void Report(RunEvent e)
    {
        if (e is RunEvent.Stepped s && s.Report.Step % 10 == 0) Console.WriteLine($"{s.Report.Step} loss {s.Report.Loss:F3} lr {s.Report.LearningRate:G3} {s.TokensPerSecond:F0} tok/s {s.Remaining}");
        else if (e is not RunEvent.Stepped) Console.WriteLine(e);
    }
}
