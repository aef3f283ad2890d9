using OrtTrainer.Cli.Arguments;

namespace OrtTrainer.Benchmarks.TorchSharp;

/// <summary>The options of <c>torchsharp</c>: those of training steps.</summary>
internal sealed class TorchArguments : StepArguments;
