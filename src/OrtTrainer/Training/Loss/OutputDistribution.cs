using OrtTrainer.Data;
using OrtTrainer.Graph;

namespace OrtTrainer.Training.Loss;

/// <summary>
/// What a row of a head's output stands for, and with it the form of every loss: classes that exclude each other, a
/// probability per label, or values.
/// </summary>
internal abstract class OutputDistribution
{
    /// <summary>The softmax of a row is a distribution over classes.</summary>
    public static OutputDistribution Categorical { get; } = new CategoricalDistribution();

    /// <summary>The sigmoid of each output is the probability of a label, on its own.</summary>
    public static OutputDistribution Independent { get; } = new IndependentDistribution();

    /// <summary>As <see cref="Categorical"/> with very many classes, which targets give by their ids.</summary>
    public static OutputDistribution Vocabulary { get; } = new VocabularyDistribution();

    /// <summary>Each output is a value.</summary>
    public static OutputDistribution Continuous { get; } = new ContinuousDistribution();

    /// <summary>Each output is a distribution over the tokens of a sequence.</summary>
    public static OutputDistribution Positions { get; } = new PositionDistribution();

    /// <summary>A row is a vector, which means something beside others.</summary>
    public static OutputDistribution Vectors { get; } = new VectorDistribution();

    /// <summary>Whether outputs are distributions over what excludes each other: the classes of a row, or the tokens
    /// of a sequence.</summary>
    public virtual bool IsExclusive => false;

    /// <summary>Whether classes are the labels of the data.</summary>
    public virtual bool HasLabels => false;

    /// <summary>Whether targets are the ids of classes, not a value per output.</summary>
    public virtual bool TakesIds => false;

    /// <summary>Whether the losses of the rows of a sequence add up to one that is a mean over sequences, not over
    /// rows.</summary>
    public virtual bool IsAcrossRows => false;

    /// <summary>Whether outputs are logits of probabilities, which can be softened by a temperature.</summary>
    public virtual bool HasProbabilities => true;

    /// <summary>
    /// What the summed loss of a row is divided by in a mean, K being the outputs: K where the loss is a mean over
    /// them too.
    /// </summary>
    public virtual int Divisor(int outputs) => outputs;

    /// <summary>
    /// Smoothed labels as targets, and what makes the cross-entropy with them a divergence.
    /// </summary>
    /// <param name="targets">The labels.</param>
    /// <param name="smoothed">How they are smoothed.</param>
    /// <returns>Probabilities [R, K], all 0 where a row is ignored, and what is added per row [R].</returns>
    /// <exception cref="NotSupportedException">The outputs exclude nothing, or targets are ids.</exception>
    internal virtual (float[] Targets, float[] Offsets) Smooth(TaskTargets targets, SmoothedLabels smoothed) =>
        throw new NotSupportedException($"{GetType().Name} has no tables of smoothed labels.");

    /// <summary>
    /// A teacher's outputs as targets at a temperature, and what makes the cross-entropy with them a divergence.
    /// </summary>
    /// <param name="logits">The teacher's, [R, K].</param>
    /// <param name="targets">Those of the data set, which tell K and where sequences begin.</param>
    /// <param name="temperature">Divides the logits; above 0.</param>
    /// <param name="divergence">Whether the entropy of the targets is taken off.</param>
    /// <returns>Probabilities [R, K], and what is added per row [R]; null for 0.</returns>
    /// <exception cref="NotSupportedException">The outputs are no logits of probabilities.</exception>
    internal abstract (float[] Targets, float[]? Offsets) Soften(
        float[] logits, TaskTargets targets, double temperature, bool divergence);

    /// <summary>What the squared errors of each row count in their mean, [R]; null for 1.</summary>
    /// <param name="targets">Those of the data set, which tell where sequences begin.</param>
    internal virtual float[]? RowShares(TaskTargets targets) => null;

    /// <summary>The logarithms of the probabilities that logits stand for, [R, K].</summary>
    internal virtual Value LogProbabilities(LossGraph g) => g.Builder.LogSoftmax(g.Logits, -1);

    /// <summary>The loss against the labels, [R].</summary>
    internal abstract Value LabelLoss(LossGraph g);

    /// <summary>The loss against the labels with a factor at each, [R].</summary>
    /// <param name="g">The logits.</param>
    /// <param name="factor">Made of what the labels lack of a probability of 1.</param>
    /// <exception cref="NotSupportedException">The outputs exclude nothing.</exception>
    internal virtual Value LabelLoss(LossGraph g, Func<Value, Value> factor) =>
        throw new NotSupportedException($"{GetType().Name} has no probability of a label.");

    /// <summary>What the labels lack of a probability of 1, [R]: summed over the other classes, for 1 - p would have no
    /// digits left where p is near 1.</summary>
    internal virtual Value Miss(LossGraph g) =>
        g.Sum(g.Builder.Mul(g.Builder.Sub(g.Builder.Constant(1f), g.Labels), g.Probabilities));

    /// <summary>The cross-entropy with soft targets, [R].</summary>
    /// <param name="g">The logits.</param>
    /// <param name="targets">Probabilities, [R, K].</param>
    /// <param name="offsets">Added to each row, [R]; null for 0.</param>
    /// <param name="inverseTemperature">Multiplies the logits, a scalar.</param>
    /// <exception cref="NotSupportedException">The outputs are no logits of probabilities.</exception>
    internal abstract Value SoftLoss(LossGraph g, Value targets, Value? offsets, Value inverseTemperature);

    /// <summary>As <see cref="SoftLoss"/> where the softmax of a row is a distribution.</summary>
    private protected static Value SoftCrossEntropy(
        LossGraph g, Value targets, Value? offsets, Value inverseTemperature)
    {
        Value loss = g.Builder.SoftmaxCrossEntropy(g.Logits, targets, inverseTemperature);
        return offsets is null ? loss : g.Builder.Add(offsets, loss);
    }

    /// <summary>The squares of errors [R, K] as a part of the loss, [R]: with <see cref="Divisor"/>, their
    /// mean.</summary>
    internal virtual Value SquaredError(LossGraph g, Value error) => g.Sum(g.Square(error));
}
