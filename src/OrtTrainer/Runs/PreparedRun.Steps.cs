using OrtTrainer.Artifacts;
using OrtTrainer.Distributed;
using OrtTrainer.Methods;
using OrtTrainer.Models;
using OrtTrainer.OnDevice;
using OrtTrainer.Options;
using OrtTrainer.Training;
using OrtTrainer.Training.Averaging;
using OrtTrainer.Training.Batches;
using OrtTrainer.Training.Buckets;
using OrtTrainer.Training.Schedules;

namespace OrtTrainer.Runs;

/// <content>What takes the steps: this program, or a training session of ONNX Runtime.</content>
internal sealed partial class PreparedRun
{
    private ITrainer TrainerOf(
        TrainingGraph graph, TrainerOptions settings, TrainingObjective objective, AveragingPlan? averaging)
    {
        LearningRateSchedule schedule = RunSchedule.Of(Options, TotalSteps);
        if (Library is null)
        {
            return Stages.Count > 0 ? new StagedTrainer(State, Stages, GraphOf, OwnTrainer) : OwnTrainer(graph);
        }

        // The loss is in the session's files: labels come as they are.
        TrainingObjective labels = new TrainingObjective(
            Data.Task.Distribution, new ExampleTargets(Data.Train.Targets)).With(Data.Draw);
        return new OnDeviceTrainer(
            settings, Data.Train.Inputs, labels, State, schedule, averaging, Library, ToArtifacts);

        TrainingGraph GraphOf(TrainingStage stage)
        {
            if (stage.Layers is not { } layers)
            {
                return graph;
            }

            TrainingGraph part = TrainingGraph.Build(
                Model.Architecture, Data.Head, objective, precision: settings.Execution.Products,
                recompute: Options.Recompute, batchStatistics: !Options.FrozenBatchNorm,
                plan: LastLayers.Of(Model.Architecture, layers), keepsLayout: true);
            part.Layout.RequireStartOf(graph.Layout);
            return part;
        }

        ITrainer OwnTrainer(TrainingGraph graph)
        {
            GradientContext context = new(graph.Layout, State, _updates, Options.Seed);
            IGradientSource gradients = Ranks is null
                ? RunParts.Wrap(Options, new GradientAccumulator(graph, settings, objective, State), context)
                : OfRanks(new BatchPasses(graph, settings, objective, State), context);
            Trainer trainer = new(settings, Data.Train.Inputs, gradients, State, schedule, averaging, _updates);
            return Ranks is { IsFirst: true } ? new LeadingTrainer(trainer, Ranks) : trainer;
        }
    }

    // The stages of gradual unfreezing; none where the same is trained from first to last.
    private static IReadOnlyList<TrainingStage> StagesOf(
        FineTuneOptions options, Architecture architecture, (long PerEpoch, long Total) steps)
    {
        if (options.UnfreezeEvery is not { } epochs)
        {
            return [];
        }

        int first = options.LayersTrainable ?? 0;
        _ = LastLayers.Of(architecture, first);
        return TrainingStage.Unfreezing(epochs, first, architecture.Shape.Layers, steps.PerEpoch, steps.Total);
    }

    // What is trained of the model; null for all of it, if in the end alone, or where another engine decides.
    private static ITrainingPlan? PlanOf(FineTuneOptions options, PretrainedModel model, ModelHead head)
    {
        LastLayers? last = options is { Engine: null, UnfreezeEvery: null, LayersTrainable: { } count }
            ? LastLayers.Of(model.Architecture, count)
            : null;
        return options.Adapters is { } adapters ? adapters.PlanOf(model, head, last?.FrozenLayers)
            : options is { Engine: null, Freeze: { } names } ? FrozenParameters.Of(
                model.Architecture, head, NamedParameters.Parse(names), last, options.FrozenBatchNorm)
            : last;
    }

    /// <summary>How passes are recorded and played back; null where they are not.</summary>
    private RunRecording? RecordingOf(
        TrainingGraph graph, TrainerOptions settings, TrainingObjective objective, IProgress<RunEvent>? events)
    {
        IReadOnlyList<TokenizedExample> examples = Data.Train.Inputs;
        return RunRecording.Of(
            Options.CudaGraphs, graph, objective, settings, examples, TotalSteps,
            message => events?.Report(new RunEvent.Noted(message)));
    }

    private IGradientSource OfRanks(BatchPasses passes, GradientContext context)
    {
        RankGradients gradients = new(
            passes, State.Layout, State.Device, Ranks!, _updates.Share.PartsOf(State.Layout));
        IGradientSource wrapped = RunParts.Wrap(Options, gradients, context);
        gradients.IsWhole = wrapped != gradients || !State.Optimizer.UpdatesShare;
        return wrapped;
    }

    /// <summary>What the files of <see cref="Library"/> are made of, with the weights of now.</summary>
    private ArtifactOptions ToArtifacts() => new()
    {
        Architecture = Model.Architecture,
        Task = Data.Task,
        Labels = Data.Labels?.Names ?? Data.Task.OutputNames(Data.Outputs),
        Layout = Layout,
        Weights = State.Parameters,
        Method = OnDeviceEngine.MethodOf(Options),
        Trainable = OnDeviceEngine.TrainableOf(Options),
        Optimizer = OnDeviceEngine.OptimizerOf(Options),
        ScalesLoss = Options.Accumulation > 1,
    };
}
