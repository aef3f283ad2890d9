namespace OrtTrainer.Text;

/// <summary>What training needs of a tokenized text or pair.</summary>
/// <param name="Ids">The token ids, special tokens included.</param>
/// <param name="TypeIds">The token types, one per id: as a rule 0, and 1 for the second text of a pair.</param>
public readonly record struct TokenIds(int[] Ids, int[] TypeIds);
