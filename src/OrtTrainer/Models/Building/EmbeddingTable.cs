using OrtTrainer.Graph;

namespace OrtTrainer.Models.Building;

/// <summary>A table of embeddings and which row of it each token has.</summary>
/// <param name="Name">What precedes <c>.weight</c> in the name of the parameter.</param>
/// <param name="Rows">Its rows.</param>
/// <param name="Ids">A row per token, [T] packed or [B, S] padded.</param>
internal readonly record struct EmbeddingTable(string Name, long Rows, Value Ids);
