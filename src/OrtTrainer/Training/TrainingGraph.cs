using OrtTrainer.Graph;
using OrtTrainer.Graph.Differentiation;
using OrtTrainer.Graph.Functions;
using OrtTrainer.Models;
using OrtTrainer.Models.Building;
using OrtTrainer.Runtime;
using OrtTrainer.Training.Loss;

namespace OrtTrainer.Training;

/// <summary>The graph of a training step: packed model, the terms of a loss, and all gradients.</summary>
/// <param name="Packed">The graph; its parameters begin with those of <see cref="PackedGraph.Evaluation"/>, and those
/// of terms that train some of their own lie behind them.</param>
/// <param name="Parts">The outputs with the parts of the loss, as <see cref="LossPart"/> names them.</param>
/// <param name="Tables">The tables of which a batch picks the rows of its <see cref="PackedInputs.InputIds"/> and that
/// nothing else reads; in the layout they are sparse.</param>
/// <param name="SharedTables">The tables of which it picks them and that are weights of a layer too.</param>
internal sealed record TrainingGraph(
    PackedGraph Packed, IReadOnlySet<string> Parts, IReadOnlyList<ParameterView> Tables,
    IReadOnlyList<ParameterView> SharedTables)
{
    /// <summary>Whether the loss reads the logits of all rows; otherwise they are made and used up block by
    /// block.</summary>
    public bool ReadsLogits { get; init; } = true;

    /// <summary>The parameters that are trained, in the order of the graph's inputs.</summary>
    public ParameterLayout Layout => Packed.Layout;

    /// <summary>The parameters that stay as they are and lie elsewhere; none unless a plan trains a part of the model.
    /// </summary>
    public IReadOnlyList<ParameterView> Frozen { get; init; } = [];

    /// <summary>The parameters that stay as they are although they lie in <see cref="Layout"/>.</summary>
    public IReadOnlySet<ParameterView> Still { get; init; } = new HashSet<ParameterView>();

    /// <summary>The fused operators that look at where sequences begin: their function bodies have shapes that follow
    /// these.</summary>
    public IReadOnlySet<string> OverSequences { get; init; } = new HashSet<string>();

    /// <summary>The layers with an adapter.</summary>
    public IReadOnlyList<AdaptedLayer> Adapted { get; init; } = [];

    /// <summary>What the adapters' products are multiplied with.</summary>
    public float AdapterScale { get; init; }

    /// <summary>
    /// Forward and backward pass: a batch, coefficients of the loss and parameters in; <see cref="PackedInputs.Loss"/>
    /// and its parts, <see cref="PackedInputs.Logits"/> where the loss reads them, and a gradient per parameter view
    /// out: of <see cref="Tables"/> that of the picked rows, [T, columns], of others their own; and of
    /// <see cref="SharedTables"/> the picked rows under <see cref="PickedName"/>, which the other lacks.
    /// </summary>
    /// <param name="architecture">The encoder.</param>
    /// <param name="head">What stands on it.</param>
    /// <param name="objective">What is minimized; the graph holds its terms and no others.</param>
    /// <param name="dropout">Whether dropout acts, by the probabilities of the configuration.</param>
    /// <param name="precision">Of products, in the gradients too.</param>
    /// <param name="recompute">Whether layers are computed again for their gradients, and only what goes from one to
    /// the next is kept.</param>
    /// <param name="batchStatistics">Whether batch normalization goes by the batch; otherwise by the statistics that
    /// belong to the weights.</param>
    /// <param name="plan">Which part of the model is trained, or adapters in its place; null for all of it.</param>
    /// <param name="keepsLayout">Whether what stays as it is lies in the layout too, which is then that of a graph that
    /// trains all.</param>
    /// <param name="startsAtStates">Whether <see cref="PackedInputs.FrozenStates"/> stand for the layers of the plan
    /// that stay as they are, and for what the graph would make them of.</param>
    public static TrainingGraph Build(
        Architecture architecture, ModelHead head, TrainingObjective objective, bool dropout = true,
        ProductPrecision precision = default, bool recompute = false, bool batchStatistics = false,
        ITrainingPlan? plan = null, bool keepsLayout = false, bool startsAtStates = false)
    {
        GraphBuilder g = new("training");
        PackedModelBuilder m = new(g, dropout, precision)
        {
            UsesBatchStatistics = batchStatistics, Adapters = plan?.Adapters,
            FrozenLayers = plan?.FrozenLayers, FrozenNames = plan?.FrozenNames, StartsAtStates = startsAtStates,
        };
        Value ids = m.InputIds;
        Value logits = head.Build(m, architecture, architecture.Encode(m, head));
        HashSet<ParameterView> frozen = plan is null ? [] : [.. m.Views.Where(view => !plan.Trains(view, m))];
        LossGraph lossGraph = new(g, objective.Distribution, logits, m)
        {
            Frozen = m.Views.Zip(m.Parameters).Where(parameter => frozen.Contains(parameter.First))
                .Select(parameter => parameter.Second).ToHashSet(),
        };
        TotalLoss loss = TotalLoss.Build(lossGraph, objective.Terms);

        // The last layer's gradients come first: it would be computed twice in a row.
        int[] trained =
        [
            .. Enumerable.Range(0, m.Views.Count)
                .Where(i => !m.Views[i].IsStatistic && !frozen.Contains(m.Views[i])),
        ];
        IReadOnlyList<Value> gradients = Autodiff.Gradients(
            g, loss.Total, [.. trained.Select(i => m.Parameters[i])],
            recompute ? [.. m.LayerNodes.SkipLast(1)] : []);
        loss.AddOutputs(g);
        if (loss.ReadsLogits)
        {
            g.Output(logits, PackedInputs.Logits);
        }

        List<ParameterView> tables = [], shared = [];
        foreach ((int place, Value gradient) in trained.Zip(gradients))
        {
            PickedRows? picked = PickedRows.Of(g, gradient) is { } rows && rows.Rows == ids ? rows : null;
            ParameterView view = m.Views[place];
            if (picked?.Rest is { } rest)
            {
                shared.Add(view);
                g.Output(rest, view.GradientName);
                g.Output(picked.Gradients, PickedName(view));
                continue;
            }

            if (picked is not null)
            {
                tables.Add(view);
            }

            g.Output(picked?.Gradients ?? gradient, view.GradientName);
        }

        if (startsAtStates)
        {
            g.RemoveUnusedInputs();
        }

        HashSet<Value> inputs = [.. g.Inputs];
        return new(
            PackedGraph.From(g, m, tables, [.. m.Views.Where(view => keepsLayout || !frozen.Contains(view))])
                with { Rows = head.Rows },
            loss.Parts.Select(part => part.Part.Output).ToHashSet(), tables, shared)
        {
            ReadsLogits = loss.ReadsLogits,
            OverSequences = g.Nodes
                .Where(node => node.Operator.Domain == FunctionDefinition.Domain
                    && node.Inputs.Any(input => input?.Name == PackedInputs.Offsets))
                .Select(node => node.Operator.Type).ToHashSet(),
            Frozen = keepsLayout ? []
                : [.. m.Views.Where((view, i) => frozen.Contains(view) && inputs.Contains(m.Parameters[i]))],
            Still = keepsLayout ? frozen : new HashSet<ParameterView>(),
            Adapted = [.. m.AdaptedLayers],
            AdapterScale = plan?.Adapters?.Scale ?? 0,
        };
    }

    /// <summary>Whether a view of the layout has a gradient.</summary>
    public bool HasGradient(ParameterView view) => !view.IsStatistic && !Still.Contains(view);

    /// <summary>Rates with which an optimizer leaves alone what stays as it is.</summary>
    /// <param name="rates">Those of a run that trains all, laid out as this is.</param>
    public WeightLayout RatesOf(WeightLayout rates) => new(
    [
        .. rates.Segments.Zip(Layout.Views, (segment, view) =>
            Still.Contains(view) ? segment with { RateScale = 0, HasWeightDecay = false } : segment),
    ]);

    /// <summary>The output with the gradients of the rows that a batch picks of a table that is a weight too.</summary>
    public static string PickedName(ParameterView view) => view.Name + ".picked_gradient";
}
