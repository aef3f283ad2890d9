using OrtTrainer.Cli;

using Interruption interruption = new();
return await CliApp.RunAsync(args, Terminal.OfProcess(), interruption.Token);
