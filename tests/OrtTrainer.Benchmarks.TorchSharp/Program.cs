using OrtTrainer.Benchmarks.TorchSharp;
using OrtTrainer.Cli;
using OrtTrainer.Cli.Parsing;

using Interruption interruption = new();
CommandProgram program = new(
    "benchmarks", "times training steps against TorchSharp",
    [
        Verb.Of<TorchArguments>("torchsharp", "time training steps against the same model in TorchSharp",
            TorchCommand.RunAsync,
            "torchsharp --model DIR --train F --text COL --label COL --batches N",
            "torchsharp --model DIR --full-length N --batches N"),
    ]);
return await program.RunAsync(args, Terminal.OfProcess(), interruption.Token);
