using OrtTrainer.Common;
using OrtTrainer.Data;
using OrtTrainer.Graph;
using OrtTrainer.Graph.Differentiation;
using OrtTrainer.Graph.Import;
using OrtTrainer.Graph.Onnx;
using OrtTrainer.Methods;
using OrtTrainer.Models;
using OrtTrainer.Models.Building;
using OrtTrainer.Training.Batches;
using OrtTrainer.Training.Loss;

namespace OrtTrainer.Artifacts;

/// <summary>
/// A padded model with its loss in standard operators, its parameters inputs of the graph that have the names and
/// shapes of weight files. Without dropout.
/// </summary>
/// <param name="Model">The graph; of its inputs those that users give come first, then <paramref name="Tensors"/> in
/// their order, then what the runtime gives.</param>
/// <param name="Tensors">The tensors that are parameters, each with one that it holds.</param>
/// <param name="Inputs">The names of the inputs that users give, in their order.</param>
internal sealed record ArtifactGraph(
    ModelProto Model, IReadOnlyList<(string Name, ParameterSpec Parameter)> Tensors, IReadOnlyList<string> Inputs)
{
    // The newest that the training builds of ONNX Runtime read.
    private const long NewestOpset = 21;
    private const long NewestIrVersion = 10;

    /// <summary>Forward pass and loss: <see cref="ArtifactInputs.Loss"/> out, then what the head exports.</summary>
    public static ArtifactGraph Evaluation(
        Architecture architecture, ModelHead head, OutputDistribution distribution, LossMethod? method) =>
        Build(architecture, head, distribution, method, trained: null, isScaled: false);

    /// <summary>
    /// Forward and backward pass: <see cref="ArtifactInputs.Loss"/> out, and the gradients added up in buffers.
    /// </summary>
    /// <param name="architecture">The encoder.</param>
    /// <param name="head">What stands on it.</param>
    /// <param name="distribution">What its outputs stand for.</param>
    /// <param name="method">What the loss is; null for that of labels alone.</param>
    /// <param name="trained">The tensors that have gradients; those that the loss does not depend on have none.</param>
    /// <param name="isScaled">Whether <see cref="ArtifactInputs.LossScale"/> is an input.</param>
    /// <exception cref="RunException">The loss or the task cannot be part of such a graph.</exception>
    public static ArtifactGraph Training(
        Architecture architecture, ModelHead head, OutputDistribution distribution, LossMethod? method,
        IReadOnlySet<string> trained, bool isScaled = false) =>
        Build(architecture, head, distribution, method, trained, isScaled);

    /// <summary>The tensors that have a buffer for their gradients.</summary>
    public IReadOnlyList<string> Trained() =>
    [
        .. Tensors.Select(t => t.Name).Where(name =>
            Model.Graph.Input.Any(input => input.Name == ArtifactInputs.BufferOf(name))),
    ];

    private static ArtifactGraph Build(
        Architecture architecture, ModelHead head, OutputDistribution distribution, LossMethod? method,
        IReadOnlySet<string>? trained, bool isScaled)
    {
        GraphBuilder g = new(trained is null ? "evaluation" : "training");
        PaddedModelBuilder m = new(g, architecture.Shape, weights: null);
        Value hidden = architecture.Encode(m);
        Value logits = head.Build(m, architecture, hidden);
        HashSet<string> parameters = [.. m.Tensors.Select(t => t.Value.Name)];
        ArtifactRows rows = ArtifactRows.Of(m, head, distribution, logits);
        Value loss = TotalLoss.Build(
            new ArtifactLoss(g, rows, logits), Terms(rows, method, architecture.Shape.Layers)).Total;
        if (isScaled)
        {
            loss = g.Mul(loss, g.Input(ArtifactInputs.LossScale, new TensorType(ElementType.Float, new Shape())));
        }

        string[] given = [.. g.Inputs.Select(input => input.Name).Where(name => !parameters.Contains(name))];
        g.Output(loss, ArtifactInputs.Loss);
        if (trained is null)
        {
            foreach ((string name, Value value) in head.Exported(g, hidden, logits))
            {
                g.Output(value, name);
            }
        }
        else
        {
            Accumulate(g, loss, [.. m.Tensors.Select(t => t.Value).Where(t => trained.Contains(t.Name))]);
        }

        ModelProto model = g.ToModel().Inlined();
        Require(model);
        Arrange(model, given, parameters);
        return new(model, [.. m.Tensors.Select(t => (t.Value.Name, t.Parameter))], given);
    }

    /// <summary>The terms of a loss, made as for a run whose labels are not known yet.</summary>
    private static IReadOnlyList<LossTerm> Terms(ArtifactRows rows, LossMethod? method, int layers)
    {
        if (method is null)
        {
            return [new LabelLoss()];
        }

        if (!rows.HasFixedClasses && rows.Distribution.IsExclusive && !method.LearnsFromTeacher)
        {
            throw new RunException($"The loss of {method.Word} over the tokens of a text needs their number, which " +
                "the graphs of a device do not have. Leave --method out, or take a distillation.");
        }

        UnlabeledTargets none = new(0, rows.Outputs);
        return method.Objective(new LossContext(
            rows.Distribution, none, new ExampleTargets(none), TotalSteps: 1, StepsPerEpoch: 1, layers, Seed: 0,
            new TeacherKnowledge(new FedTeacher(hasErrors: rows.HasFixedClasses || !rows.Distribution.IsExclusive))))
            .Terms;
    }

    private static void Accumulate(GraphBuilder g, Value loss, IReadOnlyList<Value> candidates)
    {
        Value overwrites = g.Input(
            ArtifactInputs.LazyResetGradients, new TensorType(ElementType.Bool, new Shape(1)));
        IReadOnlyList<Value> trained = Autodiff.Parameters(g, loss, candidates);
        foreach ((Value parameter, Value gradient) in trained.Zip(Autodiff.Gradients(g, loss, trained)))
        {
            Value buffer = g.Input(ArtifactInputs.BufferOf(parameter.Name), parameter.Type);
            g.OutputAccumulated(buffer, gradient, overwrites, ArtifactInputs.AccumulatedOf(parameter.Name));
        }
    }

    private static void Require(ModelProto model)
    {
        long opset = model.OpsetImport.Single(import => import.Domain.Length == 0).Version;
        if (opset > NewestOpset || model.IrVersion > NewestIrVersion)
        {
            throw new RunException($"The graph needs ONNX operator set {opset} and version {model.IrVersion} of the " +
                $"file format; the training builds of ONNX Runtime read {NewestOpset} and {NewestIrVersion} at most, " +
                "so that this model cannot be trained by them.");
        }
    }

    /// <summary>The inputs in their usual order; that of parameters is the same in all graphs of a model.</summary>
    private static void Arrange(ModelProto model, string[] given, HashSet<string> parameters)
    {
        int KindOf(string name) => given.Contains(name) ? 0
            : parameters.Contains(name) ? 1
            : name == ArtifactInputs.LazyResetGradients ? 3
            : 2;
        ValueInfoProto[] ordered = [.. model.Graph.Input.OrderBy(input => KindOf(input.Name))];
        model.Graph.Input.Clear();
        model.Graph.Input.AddRange(ordered);
    }
}
