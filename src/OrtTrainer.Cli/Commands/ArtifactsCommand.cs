using System.Text.Json.Nodes;
using OrtTrainer.Artifacts;
using OrtTrainer.Checkpoints;
using OrtTrainer.Cli.Arguments;
using OrtTrainer.Cli.Parsing;
using OrtTrainer.Cli.Rendering;
using OrtTrainer.Methods;
using OrtTrainer.Models;
using OrtTrainer.Runs;
using OrtTrainer.Runtime;
using OrtTrainer.Tasks;

namespace OrtTrainer.Cli.Commands;

/// <summary><c>artifacts</c>: the files with which ONNX Runtime trains a model on a device.</summary>
internal static class ArtifactsCommand
{
    public static Task<int> RunAsync(
        ArtifactsArguments arguments, Terminal terminal, CancellationToken interruption)
    {
        string output = arguments.OutputFolder;
        ArtifactOptimizer optimizer = arguments.OptimizerOptions();
        TrainableParameters trainable = arguments.Trainable();
        FineTuneMethod method = MethodOf(arguments);
        if (arguments.NumLabels < 1)
        {
            throw new UsageException($"--num-labels is {arguments.NumLabels}; expected 1 or more.");
        }

        RunFolder.RequireFree(output);
        using PretrainedModel model = PretrainedModel.Open(ModelFolder.Require(arguments.ModelFolder));
        ModelTask task = TaskOf(arguments, model);
        IReadOnlyList<string> labels = LabelsOf(arguments, model, task, terminal, interruption);
        ParameterLayout layout = PackedGraph.Evaluation(model.Architecture, task.Head(labels.Count)).Layout;
        using WeightBuffer weights = new(Device.Default, layout.Length);
        IReadOnlyList<string> random = model.Load(
            layout, weights, arguments.Seed ?? 0, task.HasNamedOutputs ? labels : null);
        interruption.ThrowIfCancellationRequested();
        ArtifactManifest manifest = TrainingArtifacts.Write(output, new ArtifactOptions
        {
            Architecture = model.Architecture,
            Task = task,
            Labels = labels,
            Layout = layout,
            Weights = weights,
            Method = method,
            Trainable = trainable,
            Optimizer = optimizer,
        });
        terminal.WriteLines(Lines(manifest, output, random));
        return System.Threading.Tasks.Task.FromResult(ExitCode.Done);
    }

    private static IEnumerable<string> Lines(
        ArtifactManifest manifest, string output, IReadOnlyList<string> random)
    {
        long Count(bool trained) => manifest.Parameters.Where(p => p.Trainable == trained)
            .Sum(p => p.Shape.Aggregate(1L, (n, size) => n * size));
        yield return $"Written to {ShownPath.Of(Path.GetFullPath(output))}: " +
            $"{string.Join(", ", manifest.Files.Select(file => file.Name))}, {TrainingArtifacts.ManifestName}.";
        yield return FormattableString.Invariant($"parameters   {Count(true)} trained, {Count(false)} frozen");
        yield return $"inputs       {string.Join(", ", manifest.Inputs.Select(input => input.Name))}";
        if (random.Count > 0)
        {
            yield return $"at random    {string.Join(", ", random)}";
        }
    }

    private static ModelTask TaskOf(ArtifactsArguments arguments, PretrainedModel model)
    {
        ModelTask task = arguments.Task is { } word
            ? OptionErrors.Guard(typeof(ArtifactsArguments), () => ModelTask.Named(word)).For(model.Config)
            : ModelTask.Of(model.Config);
        task.RequireFit(model.Config);
        return task;
    }

    /// <summary>A name per output: of the data, of the model, or numbers.</summary>
    private static IReadOnlyList<string> LabelsOf(
        ArtifactsArguments arguments, PretrainedModel model, ModelTask task, Terminal terminal,
        CancellationToken interruption)
    {
        IReadOnlyList<string> own = task.OutputNames(model.Config);
        if (!task.HasNamedOutputs || (arguments.Train is null && arguments.NumLabels is null))
        {
            return task.HasNamedOutputs || arguments.NumLabels is null ? own : throw new UsageException(
                $"--num-labels is for tasks with labels; the outputs of {task} are the vocabulary. Leave it out.");
        }

        IReadOnlyList<string>? named = arguments.Train is { } file
            ? LabeledData.LoadTrain(
                arguments.DataOf(file, task), terminal.Note, interruption,
                model.OutputNames(task.Head(own.Count))).Labels?.Names
            : null;
        int count = arguments.NumLabels ?? named?.Count ?? own.Count;
        if (named is not null && named.Count != count)
        {
            throw new UsageException(
                $"--num-labels is {count}, but {arguments.Train} has {named.Count} labels. Leave either out.");
        }

        return named ?? (own.Count == count
            ? own
            : [.. Enumerable.Range(0, count).Select(i => FormattableString.Invariant($"LABEL_{i}"))]);
    }

    /// <summary>The method that is named, with its settings.</summary>
    private static FineTuneMethod MethodOf(ArtifactsArguments arguments) =>
        OptionErrors.Guard(typeof(ArtifactsArguments), () =>
        {
            FineTuneMethod method =
                arguments.Method is { } word ? FineTuneMethod.Parse(word) : FineTuneMethod.FineTune;
            JsonObject options = RunSettings.Given(
                ("model", "-"), ("output", "-"), ("data", RunSettings.Given(("train", "-"))),
                ("method", method.ToString()));
            RunSettings.Add(options, arguments.Settings, options);
            return RunSettings.Deserialize(options).Method;
        }, arguments.Given);
}
