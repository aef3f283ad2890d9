using System.Collections;

namespace OrtTrainer.Training.Batches;

/// <summary>A data set of which a step has drawn some examples: those alone are there, at their places.</summary>
/// <param name="count">The examples of the data set.</param>
/// <param name="drawn">Those that were drawn, by their place.</param>
internal sealed class DrawnExamples(int count, IReadOnlyDictionary<int, TokenizedExample> drawn)
    : IReadOnlyList<TokenizedExample>
{
    public int Count => count;

    public TokenizedExample this[int index] => drawn[index];

    public IEnumerator<TokenizedExample> GetEnumerator() =>
        Enumerable.Range(0, count).Select(index => this[index]).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
