namespace OrtTrainer.Tests.Models.Plain;

/// <summary>Sequences of many lengths with their targets, the same for the same seed.</summary>
/// <param name="Sequences">Token ids with the token types.</param>
/// <param name="Targets">A row per sequence or, one sequence after the other, per token: one of K as 1, 0 or 1 each, or
/// values; all 0 for a token that counts for nothing. Of spans, 1 where they start and 1 where they end.</param>
internal sealed record PlainBatch((int[] Ids, int[] Types)[] Sequences, float[][] Targets)
{
    /// <summary>The task whose targets are those of tokens.</summary>
    public const string Tokens = "token-classification";

    /// <summary>The task whose targets are the tokens that were masked.</summary>
    public const string Masked = "masked-lm";

    /// <summary>The task whose targets are the next tokens, of all but the last of a sequence.</summary>
    public const string Causal = "causal-lm";

    /// <summary>The task whose targets are the first and last token of a span.</summary>
    public const string Spans = "question-answering";

    // The shortest and the longest there can be, and two between.
    private static readonly int[] SizesOfAny = [5, 1, 12, 3];

    // One token has none to be predicted.
    private static readonly int[] SizesOfCausal = [5, 2, 12, 3];

    // Ids below are special tokens, padding among them.
    private const int FirstWord = 4;

    /// <summary>The tokens of each sequence.</summary>
    public IEnumerable<int> Lengths => Sequences.Select(sequence => sequence.Ids.Length);

    /// <param name="task"><c>classification</c>, <c>multilabel</c>, <c>regression</c>,
    /// <c>token-classification</c>, <c>question-answering</c>, <c>masked-lm</c> or <c>causal-lm</c>.</param>
    /// <param name="shape">The sizes of the model it is for.</param>
    /// <param name="seed">Fixes ids and targets.</param>
    public static PlainBatch Random(string task, PlainShape shape, int seed)
    {
        Random random = new(seed);
        int[] sizes = task == Causal ? SizesOfCausal : SizesOfAny;
        int[] ends = [.. sizes.Select((_, i) => sizes.Take(i + 1).Sum() - 1)];
        (int[] Ids, int[] Types)[] sequences =
        [
            .. sizes.Select(length => (
                Enumerable.Range(0, length).Select(_ => random.Next(FirstWord, shape.Vocabulary)).ToArray(),
                Enumerable.Range(0, length).Select(i => shape.TokenTypes > 1 && i > length / 2 ? 1 : 0).ToArray())),
        ];
        return new(sequences, task == Spans
            ? [.. sizes.SelectMany(length => Span(length, random))]
            :
            [
                .. Enumerable.Range(0, IsPerToken(task) ? sizes.Sum() : sizes.Length)
                    .Select(row => IsPerToken(task) && (row % 4 == 2 || (task == Causal && ends.Contains(row)))
                    ? new float[shape.Outputs]
                    : Target(task, shape.Outputs, random)),
            ]);
    }

    /// <summary>Whether a task has a row of targets per token.</summary>
    public static bool IsPerToken(string task) => task is Tokens or Masked or Causal;

    private static IEnumerable<float[]> Span(int length, Random random)
    {
        int start = random.Next(length);
        int end = random.Next(start, length);
        return Enumerable.Range(0, length).Select(token => new[] { token == start ? 1f : 0, token == end ? 1f : 0 });
    }

    private static float[] Target(string task, int outputs, Random random)
    {
        int label = random.Next(outputs);
        return [.. Enumerable.Range(0, outputs).Select(k => task switch
        {
            "classification" or Tokens or Masked or Causal => k == label ? 1f : 0,
            "multilabel" => random.Next(2),
            _ => (float)((4 * random.NextDouble()) - 2),
        })];
    }
}
