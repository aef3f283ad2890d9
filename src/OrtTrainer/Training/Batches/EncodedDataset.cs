using OrtTrainer.Data;

namespace OrtTrainer.Training.Batches;

/// <summary>
/// A data set as token ids and targets. An example is one input of the model or, where it is longer than a model reads
/// and its task reads it in windows, several: training, batches and epochs count inputs, scores count examples.
/// </summary>
/// <param name="Source">The examples and labels it was made of, N of them.</param>
/// <param name="Inputs">What the model takes, example after example, M of them.</param>
/// <param name="Targets">What the inputs are trained towards, a row for every row of the head's output.</param>
/// <param name="MaxLength">The greatest length, in tokens.</param>
internal sealed record EncodedDataset(
    Dataset Source, IReadOnlyList<TokenizedExample> Inputs, TaskTargets Targets, int MaxLength)
{
    /// <summary>
    /// The place of each example's first input, and M: [N + 1]. By default every example is one input.
    /// </summary>
    public IReadOnlyList<int> FirstInputs { get; init; } = [.. Enumerable.Range(0, Inputs.Count + 1)];

    /// <summary>The examples, N; those of a corpus have no rows in <see cref="Source"/>.</summary>
    public int Count => FirstInputs.Count - 1;

    /// <summary>All tokens.</summary>
    public long Tokens => Inputs.Sum(e => (long)e.Tokens);

    /// <summary>How long the inputs would be without cutting.</summary>
    public LengthSummary Lengths => LengthSummary.Of([.. Inputs.Select(e => e.FullLength)], MaxLength);

    /// <summary>The inputs of an example, one or more.</summary>
    public IEnumerable<TokenizedExample> InputsOf(int example) =>
        PlacesOf(example).Select(input => Inputs[input]);

    /// <summary>The example that each input comes from, [M].</summary>
    public int[] ExamplesOfInputs() =>
        [.. Enumerable.Range(0, Count).SelectMany(example => PlacesOf(example).Select(_ => example))];

    /// <summary>How often each input is drawn, in proportion, [M]; null where every one comes once.</summary>
    public double[]? SampleWeights => Source.Examples.Any(example => example.SampleWeight is not null)
        ? [.. ExamplesOfInputs().Select(example => Source.Examples[example].SampleWeight ?? 1)]
        : null;

    /// <summary>What the loss of each row of targets is multiplied with, [R]; null where all are alike.</summary>
    /// <param name="others">Weights that these come on top of, [R]; null for those of the targets.</param>
    public float[]? LossWeights(float[]? others)
    {
        if (!Source.Examples.Any(example => example.LossWeight is not null))
        {
            return others;
        }

        int[] examples = ExamplesOfInputs();
        float[] weights = new float[Targets.FirstRow(examples.Length)];
        for (int input = 0; input < examples.Length; input++)
        {
            float weight = (float)(Source.Examples[examples[input]].LossWeight ?? 1);
            for (int row = Targets.FirstRow(input); row < Targets.FirstRow(input + 1); row++)
            {
                weights[row] = weight * (others?[row] ?? Targets.Weight(row));
            }
        }

        return weights;
    }

    /// <summary>The given examples, in the given order, with all of their inputs.</summary>
    public EncodedDataset Take(IReadOnlyList<int> examples)
    {
        int[] places = [.. examples.SelectMany(PlacesOf)];
        int[] first = new int[examples.Count + 1];
        for (int i = 0; i < examples.Count; i++)
        {
            first[i + 1] = first[i] + PlacesOf(examples[i]).Count();
        }

        return new(Source.Take(examples), [.. places.Select(place => Inputs[place])], Targets.Take(places), MaxLength)
        {
            FirstInputs = first,
        };
    }

    private IEnumerable<int> PlacesOf(int example) =>
        Enumerable.Range(FirstInputs[example], FirstInputs[example + 1] - FirstInputs[example]);
}
