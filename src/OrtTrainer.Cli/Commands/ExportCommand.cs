using OrtTrainer.Checkpoints;
using OrtTrainer.Cli.Arguments;
using OrtTrainer.Cli.Parsing;
using OrtTrainer.Cli.Rendering;
using OrtTrainer.Common;
using OrtTrainer.Export;
using OrtTrainer.Prediction;

namespace OrtTrainer.Cli.Commands;

/// <summary>
/// <c>export</c>: other weights of a run, or a Hugging Face model with a task's head, as a folder with onnx/model.onnx.
/// </summary>
internal static class ExportCommand
{
    public static Task<int> RunAsync(ExportArguments arguments, Terminal terminal, CancellationToken interruption)
    {
        string output = arguments.OutputFolder;
        if (arguments.Run is null == arguments.Model is null)
        {
            throw new UsageException(
                "give either --run DIR, a finished run, or --model DIR, a fine-tuned model in Hugging Face layout.");
        }

        if (arguments.Weights is not null && arguments.Run is null)
        {
            throw new UsageException("--weights chooses among those of a run; a model has one set.");
        }

        if (arguments.Adapter is not null && arguments.Model is null)
        {
            throw new UsageException("--adapter is added to a model (--model); the weights of a run have its own.");
        }

        RunWeights weights = Words.Parse<RunWeights>("--weights", arguments.Weights) ?? RunWeights.Averaged;
        Quantization quantization = Words.Parse<Quantization>("--quantize", arguments.Quantize) ?? Quantization.None;
        _ = arguments.Table; // A wrong option is told before a model is opened.
        RequireNew(output);
        using ExportSource source = arguments.Run is { } run
            ? RunExport.Open(run, weights)
            : ModelExport.Open(ModelFolder.Require(arguments.Model!), arguments.Adapter);
        using ScoredExport? scored = arguments.Eval is { } file
            ? new ScoredExport(file, arguments, source, terminal.Note, interruption)
            : null;
        using ExportProbe probe = new(source.Model);
        ExportResult result = ModelExporter.Export(
            output, source.Model, source.Provenance, probe.Reference, interruption, quantization,
            arguments.Fuse);
        ExportComparison comparison = result.Comparison!;
        terminal.WriteLines(
        [
            $"Exported {source.Description} to {ShownPath.Of(Path.GetFullPath(output))}.",
            FormattableString.Invariant(
                $"checked: on {comparison.Examples} random inputs the ONNX model's logits differ ") +
            FormattableString.Invariant($"from the training graph's by {comparison.MaxAbsolute:0.0e+0} at most"),
            .. arguments.Fuse
                ? ["fused: attention is ONNX Runtime's own operator; no other software runs this model's graph"]
                : Array.Empty<string>(),
            .. result.Quantized is { } quantized ? [QuantizedLine(output, quantized)] : Array.Empty<string>(),
            .. scored?.Lines(output, interruption) ?? [],
        ]);
        return Task.FromResult(ExitCode.Done);
    }

    private static string QuantizedLine(string output, ExportComparison comparison)
    {
        double megabytes = new FileInfo(OnnxModelFolder.QuantizedGraph(output)).Length / 1e6;
        return FormattableString.Invariant(
            $"{OnnxModelFolder.QuantizedName}: {megabytes:0.0} MB; on the same inputs its logits differ by ") +
            FormattableString.Invariant(
                $"{comparison.MaxAbsolute:0.0e+0} at most, {comparison.MaxRelative:0.0%} of an input's largest, ") +
            $"which is the same for {comparison.SameLargest} of {comparison.Examples}";
    }

    private static void RequireNew(string output)
    {
        if (File.Exists(output) || (Directory.Exists(output) && Directory.EnumerateFileSystemEntries(output).Any()))
        {
            throw new RunException(
                $"{Path.GetFullPath(output)}: the output folder is not empty. Choose another --out, or remove it.");
        }
    }
}
