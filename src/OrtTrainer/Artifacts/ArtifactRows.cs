using OrtTrainer.Common;
using OrtTrainer.Graph;
using OrtTrainer.Models;
using OrtTrainer.Models.Building;
using OrtTrainer.Training.Loss;

namespace OrtTrainer.Artifacts;

/// <summary>
/// Outputs of a padded model and its labels as the rows that terms of a loss are made for: tokens and sequences one
/// below the other, with a weight of 0 where the label says to ignore one.
/// </summary>
internal abstract class ArtifactRows
{
    // What is added to nothing and stands for it: a position that no answer has.
    private const float Hidden = -1e30f;

    private protected ArtifactRows(GraphBuilder graph) => Graph = graph;

    /// <summary>What a row stands for. Classes are given by their ids, whatever the task keeps them as.</summary>
    public abstract OutputDistribution Distribution { get; }

    /// <summary>Values per row that a mean is over too, K; 1 for classes.</summary>
    public int Divisor => Distribution.Divisor(Outputs);

    /// <summary>Values per row of the head, K.</summary>
    public int Outputs { get; private init; }

    /// <summary>Whether rows have classes of a fixed number, over which labels can be smoothed.</summary>
    public virtual bool HasFixedClasses => Distribution.IsExclusive;

    /// <summary>The classes of rows, int64 [R, 1]; 0 for those that are ignored.</summary>
    public virtual Value Ids => throw new InvalidOperationException("The labels are no ids.");

    /// <summary>What rows are trained towards, float [R, K].</summary>
    public virtual Value Values => throw new InvalidOperationException("The labels are ids.");

    /// <summary>What each row counts, [R].</summary>
    public abstract Value Weights { get; }

    protected GraphBuilder Graph { get; }

    /// <summary>Logits of the shape in which the model gives them as rows [R, K].</summary>
    public abstract Value Of(Value logits);

    /// <summary>The rows of a head's outputs; their labels become inputs of the graph.</summary>
    /// <param name="m">The model.</param>
    /// <param name="head">What stands on the encoder.</param>
    /// <param name="distribution">What its outputs stand for.</param>
    /// <param name="logits">What it gave.</param>
    /// <exception cref="RunException">There is no form of labels for such outputs.</exception>
    public static ArtifactRows Of(
        PaddedModelBuilder m, ModelHead head, OutputDistribution distribution, Value logits)
    {
        if (distribution == OutputDistribution.Vectors)
        {
            throw new RunException("A model of vectors learns from how those of a batch lie to each other, which the " +
                "graphs of a device do not hold. Choose another --task.");
        }

        return distribution == OutputDistribution.Positions
            ? new Spans(m, logits) { Outputs = 1 }
            : !distribution.IsExclusive
            ? new Sequences(m.Graph, distribution, logits) { Outputs = head.Outputs }
            : new Classes(m.Graph, head, logits) { Outputs = head.Outputs };
    }

    /// <summary>1 for rows whose label counts, [R].</summary>
    /// <param name="counts">Bool [R, 1].</param>
    private protected Value WeightsOf(Value counts) =>
        Graph.Squeeze(Graph.Cast(counts, ElementType.Float), 1);

    /// <summary>A class for every sequence or token.</summary>
    private sealed class Classes : ArtifactRows
    {
        private readonly Shape _rows;

        public Classes(GraphBuilder g, ModelHead head, Value logits)
            : base(g)
        {
            Value labels = g.Input(
                ArtifactInputs.Labels, new TensorType(ElementType.Int64, new Shape(logits.Shape.SkipLast(1))));
            if (head.WritesOn)
            {
                labels = Following(labels);
            }

            _rows = new Shape(logits.Shape.Rank == 2 ? logits.Shape[0] : Dimension.Of("rows"), logits.Shape[-1]);
            Value ids = g.WithShape(g.Reshape(labels, -1, 1), new Shape(_rows[0], 1));
            Value counts = g.Node("GreaterOrEqual", [ids, g.Constant(0L)]);
            Ids = g.Where(counts, ids, g.Constant(0L));
            Weights = WeightsOf(counts);
        }

        public override OutputDistribution Distribution => OutputDistribution.Vocabulary;

        public override Value Ids { get; }

        public override Value Weights { get; }

        public override Value Of(Value logits) => logits.Shape.Rank == 2
            ? logits
            : Graph.WithShape(Graph.Reshape(logits, -1, logits.Shape[-1].Size), _rows);

        /// <summary>The label of the token behind each, [B, S]; none for the last.</summary>
        private Value Following(Value labels)
        {
            Value first = Graph.Slice(labels, 1, 0, 1);
            Value none = Graph.Sub(Graph.Mul(first, Graph.Constant(0L)), Graph.Constant(1L));
            return Graph.WithShape(Graph.Concat(1, Graph.Slice(labels, 1, 1, long.MaxValue), none), labels.Shape);
        }
    }

    /// <summary>A value per output, or a 0 or 1 per label, of every sequence.</summary>
    private sealed class Sequences : ArtifactRows
    {
        public Sequences(GraphBuilder g, OutputDistribution distribution, Value logits)
            : base(g)
        {
            Distribution = distribution;
            bool isNumber = distribution == OutputDistribution.Continuous && logits.Shape[1].Size == 1;
            Value labels = g.Input(
                ArtifactInputs.Labels,
                new TensorType(ElementType.Float, isNumber ? new Shape(logits.Shape[0]) : logits.Shape));
            Values = isNumber ? g.Unsqueeze(labels, 1) : labels;
            Value sequences = g.Slice(g.ShapeOf(logits), 0, 0, 1);
            Weights = g.WithShape(g.Node("Expand", [g.Constant(1f), sequences]), logits.Shape[0]);
        }

        public override OutputDistribution Distribution { get; }

        public override Value Values { get; }

        public override Value Weights { get; }

        public override Value Of(Value logits) => logits;
    }

    /// <summary>
    /// Where answers start, then where they end: rows whose classes are the tokens of a sequence, padding hidden.
    /// </summary>
    private sealed class Spans : ArtifactRows
    {
        private readonly Value _tokens;
        private readonly Shape _rows;

        public Spans(PaddedModelBuilder m, Value logits)
            : base(m.Graph)
        {
            GraphBuilder g = Graph;
            TensorType positions = new(ElementType.Int64, new Shape(logits.Shape[0]));
            Value start = g.Input(ArtifactInputs.StartPositions, positions);
            Value end = g.Input(ArtifactInputs.EndPositions, positions);
            _tokens = g.Cast(m.TokenMask, ElementType.Bool);
            _rows = new Shape(Dimension.Of("rows"), logits.Shape[1]);
            Value ids = g.WithShape(g.Unsqueeze(g.Concat(0, start, end), 1), new Shape(_rows[0], 1));
            Value length = g.Gather(g.ShapeOf(logits), g.Constant(1L));
            Value inRow = g.Node("And", [
                g.Node("GreaterOrEqual", [ids, g.Constant(0L)]), g.Node("Less", [ids, length])]);
            Ids = g.Where(inRow, ids, g.Constant(0L));
            Value isToken = g.Node(
                "GatherElements", [g.WithShape(g.Concat(0, m.TokenMask, m.TokenMask), _rows), Ids],
                AttributeList.Empty.With("axis", 1));
            Weights = WeightsOf(g.Node("And", [inRow, g.Cast(isToken, ElementType.Bool)]));
        }

        public override OutputDistribution Distribution => OutputDistribution.Vocabulary;

        public override bool HasFixedClasses => false;

        public override Value Ids { get; }

        public override Value Weights { get; }

        public override Value Of(Value logits)
        {
            Value Column(long k) => Graph.Where(
                _tokens, Graph.Squeeze(Graph.Slice(logits, 2, k, k + 1), 2), Graph.Constant(Hidden));
            return Graph.WithShape(Graph.Concat(0, Column(0), Column(1)), _rows);
        }
    }
}
