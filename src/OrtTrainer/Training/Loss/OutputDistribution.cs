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

    /// <summary>Whether a row is one distribution over classes that exclude each other.</summary>
    public virtual bool IsExclusive => false;

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
    /// A teacher's outputs as targets at a temperature, and what makes the cross-entropy with them a divergence.
    /// </summary>
    /// <param name="logits">The teacher's, [R, K].</param>
    /// <param name="outputs">K.</param>
    /// <param name="temperature">Divides the logits; above 0.</param>
    /// <param name="divergence">Whether the entropy of the targets is taken off.</param>
    /// <returns>Probabilities [R, K], and what is added per row [R]; null for 0.</returns>
    /// <exception cref="NotSupportedException">The outputs are no logits of probabilities.</exception>
    internal abstract (float[] Targets, float[]? Offsets) Soften(
        float[] logits, int outputs, double temperature, bool divergence);

    /// <summary>The logarithms of the probabilities that logits stand for, [R, K].</summary>
    internal virtual Value LogProbabilities(LossGraph g) => g.Builder.LogSoftmax(g.Logits, -1);

    /// <summary>The loss against the labels, [R].</summary>
    internal abstract Value LabelLoss(LossGraph g);

    /// <summary>The cross-entropy with soft targets, [R].</summary>
    /// <param name="g">The logits.</param>
    /// <param name="targets">Probabilities, [R, K].</param>
    /// <param name="offsets">Added to each row, [R]; null for 0.</param>
    /// <param name="inverseTemperature">Multiplies the logits, a scalar.</param>
    /// <exception cref="NotSupportedException">The outputs are no logits of probabilities.</exception>
    internal abstract Value SoftLoss(LossGraph g, Value targets, Value? offsets, Value inverseTemperature);

    /// <summary>The squares of errors [R, K] as a part of the loss, [R]: with <see cref="Divisor"/>, their
    /// mean.</summary>
    internal virtual Value SquaredError(LossGraph g, Value error) => g.Sum(g.Square(error));
}
