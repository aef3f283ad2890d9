using OrtTrainer.Benchmarks;
using OrtTrainer.Cli;

using Interruption interruption = new();
return await BenchmarkProgram.Instance.RunAsync(args, Terminal.OfProcess(), interruption.Token);
