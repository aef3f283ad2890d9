using OrtTrainer.Graph;
using OrtTrainer.Models;
using OrtTrainer.Models.Building;

namespace OrtTrainer.Training.Loss;

/// <summary>
/// Where the terms of a loss are built: the logits of R rows, one per sequence or per token, and what terms share.
/// Labels and probabilities become part of the graph where a term asks for them. What a batch tells is an input of the
/// graph; a graph that has other inputs makes it of those.
/// </summary>
/// <param name="builder">The builder of the whole training graph.</param>
/// <param name="distribution">What a row of the logits stands for.</param>
/// <param name="logits">z, [R, K].</param>
/// <param name="model">The model that the logits come from, for terms that read its layers; null where there is
/// none.</param>
internal class LossGraph(
    GraphBuilder builder, OutputDistribution distribution, Value logits, PackedModelBuilder? model = null)
{
    private (Value Logarithms, Value Values)? _probabilities;

    public GraphBuilder Builder => builder;

    /// <summary>The parameters that stay as they are; none unless adapters are trained.</summary>
    public IReadOnlySet<Value> Frozen { get; init; } = new HashSet<Value>();

    /// <summary>What a row of the logits stands for.</summary>
    public OutputDistribution Distribution => distribution;

    /// <summary>z, [R, K].</summary>
    public Value Logits => logits;

    /// <summary>The model that the logits come from.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public PackedModelBuilder Model =>
        model ?? throw new InvalidOperationException("The loss reads layers of a model, but there is none.");

    /// <summary>Whether the model has dropout with a probability of 0 everywhere.</summary>
    public bool LacksDropout => model?.LacksDropout == true;

    /// <summary>What the sum of the rows' losses is multiplied with, a float scalar.</summary>
    public virtual Value Scale => field ??= builder.Input(PackedInputs.LossScale, TensorType.Float());

    /// <summary>What each row counts, [R].</summary>
    public virtual Value Weights => field ??= builder.Input(PackedInputs.ExampleWeights, RowType(ElementType.Float));

    /// <summary>What the rows are trained towards, [R, K].</summary>
    public virtual Value Labels => field ??= builder.Input(PackedInputs.Targets, logits.Type);

    /// <summary>The classes that the rows are trained towards, [R, 1], where targets are ids.</summary>
    public virtual Value LabelIds => field ??= builder.Input(
        PackedInputs.TargetIds, new TensorType(ElementType.Int64, new Shape(logits.Type.Shape[0], 1)));

    /// <summary>The logarithms of the probabilities, as a rule log softmax(z), [R, K].</summary>
    public Value LogProbabilities => Softmax.Logarithms;

    /// <summary>The probabilities, as a rule softmax(z), [R, K].</summary>
    public Value Probabilities => Softmax.Values;

    // Built together, so that the order in which gradients are added does not depend on which is asked for first.
    private (Value Logarithms, Value Values) Softmax
    {
        get
        {
            if (_probabilities is not { } built)
            {
                Value logarithms = distribution.LogProbabilities(this);
                _probabilities = built = (logarithms, builder.Exp(logarithms));
            }

            return built;
        }
    }

    /// <summary>The type of one value for every row of the logits.</summary>
    public TensorType RowType(ElementType element) => new(element, new Shape(logits.Type.Shape[0]));

    /// <summary>A number of the loss, a float scalar.</summary>
    public virtual Value Coefficient(LossCoefficient coefficient) =>
        builder.Input(coefficient.Name, TensorType.Float());

    /// <summary>x^2, element by element.</summary>
    public Value Square(Value x) => builder.Mul(x, x);

    /// <summary>What the rows have at their labels, [R], where targets are ids.</summary>
    public Value OfLabels(Value x) =>
        Sum(builder.Node("GatherElements", [x, LabelIds], AttributeList.Empty.With("axis", 1)));

    /// <summary>The sum over the outputs, [R].</summary>
    public Value Sum(Value x) => builder.ReduceSum(x, [1], keepAxes: false);

    /// <summary>The mean over the outputs, [R].</summary>
    public Value Mean(Value x) => builder.ReduceMean(x, [1], keepAxes: false);
}
